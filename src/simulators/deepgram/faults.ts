/** What the stand-in can be told to do wrong, and the closes and refusals that the service documents. */
import type { Refusal } from './refusal.ts';
import type { Close } from './close.ts';

export type DeepgramServiceName = 'listen' | 'flux' | 'speak';

/** What befalls a socket that stands. */
export type DeepgramFault =
  /** A close of the tables by its name, or any other. */
  | { readonly kind: 'close'; readonly as: DocumentedClose | Close }
  /** Gone without a handshake: 1006. */
  | { readonly kind: 'cut' }
  /** Any frame: an unknown type, an unknown field, garbage. */
  | { readonly kind: 'say'; readonly frame: string | Uint8Array }
  /** An `Error` frame, and then a close (Flux). */
  | { readonly kind: 'error'; readonly code: string; readonly description: string }
  /** From now on `Finalize` is answered so late; 0 ends it (listen). */
  | { readonly kind: 'lateFinalize'; readonly delayMs: number }
  /** So many messages are lost on the way, as the numbers of the later ones show (Flux). */
  | { readonly kind: 'loseMessages'; readonly count: number };

export type DocumentedClose =
  | 'NET-0000'
  | 'NET-0001'
  | 'NET-0002'
  | 'NET-0003'
  | 'DATA-0000'
  | 'DATA-0001'
  | 'BIG-0000'
  | 'BIG-0001'
  | 'MESSAGE-0000';

const close = (code: number, name: string, what: string): Close => ({
  code,
  reason: `${what} See https://dpgr.am/${name.replace('-', '').toLowerCase()}`,
});

/** Codes and meanings: Deepgram, "Recovering From Connection Errors" and "Real-Time TTS with WebSockets: errors". */
export const DOCUMENTED_CLOSES: Readonly<Record<DocumentedClose, Close>> = {
  'NET-0000': close(1011, 'NET-0000', 'The service has not transmitted a frame in time.'),
  'NET-0001': close(
    1011,
    'NET-0001',
    'Deepgram did not receive audio data or a text message within the timeout window.',
  ),
  'NET-0002': close(1011, 'NET-0002', 'The service could not send to the client.'),
  'NET-0003': close(1011, 'NET-0003', 'The time limit of the session was reached.'),
  'DATA-0000': close(1008, 'DATA-0000', 'The message is none that this service knows.'),
  'DATA-0001': close(1008, 'DATA-0001', 'Too many characters in the last minute.'),
  'BIG-0000': close(1009, 'BIG-0000', 'The text is longer than 2000 characters.'),
  'BIG-0001': close(1009, 'BIG-0001', 'The frame is too large.'),
  'MESSAGE-0000': close(1003, 'MESSAGE-0000', 'The service takes no binary frames.'),
};

export type DocumentedRefusal = 400 | 401 | 402 | 403 | 408 | 413 | 429 | 500 | 503;

const refusal = (status: number, errorCode: string, message: string): Refusal => ({
  status,
  errorCode,
  message,
});

export const DOCUMENTED_REFUSALS: Readonly<Record<DocumentedRefusal, Refusal>> = {
  400: refusal(400, 'Bad Request', 'No such model/language/tier combination found.'),
  401: refusal(401, 'INVALID_AUTH', 'Invalid credentials.'),
  402: refusal(402, 'ASR_PAYMENT_REQUIRED', 'Project does not have enough credits.'),
  403: refusal(403, 'INSUFFICIENT_PERMISSIONS', 'The key lacks a scope.'),
  408: refusal(408, 'REQUEST_TIMEOUT', 'The request took too long.'),
  413: refusal(413, 'Payload Too Large', 'Input text exceeds maximum character limit of 2400.'),
  429: refusal(429, 'Too Many Requests', 'Please try again later.'),
  500: refusal(500, 'INTERNAL_SERVER_ERROR', 'An unexpected error occurred.'),
  503: refusal(503, 'SERVICE_UNAVAILABLE', 'The service is not available.'),
};
