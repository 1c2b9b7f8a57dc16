/** What the server says over plain HTTP when it does not open a socket. */
import type { HttpAnswer } from '../server/http-answer.ts';

export interface Refusal {
  readonly status: number;
  readonly errorCode: string;
  readonly message: string;
  /** Sent along, such as `retry-after`; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const INVALID_AUTH: Refusal = {
  status: 401,
  errorCode: 'INVALID_AUTH',
  message: 'Invalid credentials.',
};
export const TOO_MANY_REQUESTS: Refusal = {
  status: 429,
  errorCode: 'TOO_MANY_REQUESTS',
  message: 'Too many requests. Please try again later.',
};
export const NOT_FOUND: Refusal = {
  status: 404,
  errorCode: 'NOT_FOUND',
  message:
    'This server knows /v1/listen, /v2/listen and /v1/speak (WebSockets), POST /v1/speak and POST /v1/auth/grant.',
};
export const UPGRADE_REQUIRED: Refusal = {
  status: 426,
  errorCode: 'UPGRADE_REQUIRED',
  message: 'Open it as a WebSocket.',
};
export const badRequest = (message: string): Refusal => ({
  status: 400,
  errorCode: 'INVALID_QUERY_PARAMETER',
  message,
});

/** To an upgrade and to a plain request alike. */
export function answerOf(refusal: Refusal, requestId: string): HttpAnswer {
  const { status, errorCode, message } = refusal;
  const body = JSON.stringify({ err_code: errorCode, err_msg: message, request_id: requestId });
  const headers = {
    'content-length': String(Buffer.byteLength(body)),
    // The message may quote the query: nothing of it may end the header.
    'dg-error': message.replaceAll(/[^\x20-\x7e]/g, '?'),
    'dg-request-id': requestId,
    connection: 'close',
    ...refusal.headers,
  };
  return { status, headers, body };
}
