/** Deepgram speak v1 as scripts: a socket that speaks first, and posts that are answered by their sound. */
import type { SpeechScript } from '../../src/testing/conformance/provider-server.ts';
import type { RequestScript } from '../../src/testing/conformance/request-script.ts';
import { metadataMessage, sequenceMessage } from '../../src/simulators/deepgram/speak-wire.ts';
import { objectIn, stringAt } from '../../src/providers/wire/json.ts';

function said(errCode: string, errMsg: string): string {
  return JSON.stringify({ err_code: errCode, err_msg: errMsg, request_id: 'request-1' });
}

const refusals: SpeechScript['refusals'] = {
  auth: {
    status: 401,
    body: ({ headers }) => said('INVALID_AUTH', `Invalid: ${String(headers['authorization'])}`),
  },
  quota: { status: 402, body: said('ASR_PAYMENT_REQUIRED', 'Out of credit.') },
  config: { status: 400, body: said('Bad Request', 'No such voice.') },
  rateLimited: {
    status: 429,
    headers: { 'retry-after': '7' },
    body: said('TOO_MANY_REQUESTS', 'Too many requests.'),
  },
  transient: [{ status: 503 }, { status: 429, body: said('TOO_MANY_REQUESTS', 'Too many.') }],
};

/** As the service documents them (July 2025). */
const limits = { maxCharsPerMessage: 2_000, maxCharsPerMinute: 2_400, maxFlushesPerMinute: 20 };

export const speakService: SpeechScript = {
  refusals,
  endings: {
    planned: { code: 1_008, reason: 'NET-0003: the session has reached its maximum duration.' },
    rateLimited: { code: 1_008, reason: 'DATA-0001: too many characters in the last minute.' },
    config: [
      { code: 1_003, reason: 'MESSAGE-0000: binary messages are not taken.' },
      { code: 1_009, reason: 'BIG-0000: the text is too long.' },
    ],
    transient: [
      { code: 1_011, reason: 'NET-0000' },
      { code: 1_000 },
      { frame: JSON.stringify({ type: 'Error', err_code: 'X', err_msg: 'It went wrong.' }) },
    ],
  },
  retryHints: [],
  limits,
  greet: () => metadataMessage('request-1', 'aura-2-thalia-en'),
  textIn: (frame) => {
    const message = objectIn(frame);
    return stringAt(message, 'type') === 'Speak' ? stringAt(message, 'text') : null;
  },
  spoken: () => sequenceMessage('Flushed', 0),
  onFrame: (frame, client) => {
    if (frame === '{"type":"Clear"}') {
      client.hush?.();
      client.say(sequenceMessage('Cleared', 0));
    }
    if (frame !== '{"type":"Close"}') return;
    client.settle();
    client.close(1_000);
  },
};

export const speakPosts: RequestScript = {
  refusals: {},
  endings: { ...refusals, config: { status: 413, body: said('BIG', 'The text is too long.') } },
  speaks: {
    textIn: ({ body }) => stringAt(objectIn(Buffer.from(body).toString('utf8')), 'text'),
    limits: { ...limits, maxCharsPerMinute: Infinity, maxFlushesPerMinute: Infinity },
  },
};
