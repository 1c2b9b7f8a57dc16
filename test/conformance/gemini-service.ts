/** Gemini Live as a script: setup, handles, turns without times, and closes that only their reason tells apart. */
import type { ServiceScript } from '../../src/testing/conformance/provider-server.ts';
import { booleanAt, objectAt, objectIn, stringAt } from '../../src/providers/wire/json.ts';

const encoder = new TextEncoder();

/** In bytes, as well as in text. */
const bytes = (message: object): Uint8Array => encoder.encode(JSON.stringify(message));

function said(code: number, status: string, message: string, details: readonly object[] = []) {
  return JSON.stringify({ error: { code, status, message, details } });
}

/** A limit per minute, and no credit, are told alike: a minute is waited for. */
const QUOTA_WAIT_MS = 60_000;

export const geminiService: ServiceScript = {
  answers: ['flush'],
  places: 'guessed',
  credential: { in: 'query' },
  refusals: {
    auth: {
      status: 400,
      body: ({ url }) => said(400, 'INVALID_ARGUMENT', `API key not valid: ${url}`),
    },
    quota: { status: 402, body: said(402, 'FAILED_PRECONDITION', 'Out of credit.') },
    config: { status: 404, body: said(404, 'NOT_FOUND', 'No such model.') },
    rateLimited: {
      status: 429,
      body: said(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', [
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '28s' },
      ]),
    },
    transient: { status: 503, body: said(503, 'UNAVAILABLE', 'Try later.') },
  },
  endings: {
    auth: { code: 1_008, reason: 'API key not valid. Please pass a valid API key.' },
    config: {
      code: 1_008,
      reason: 'Operation is not implemented, or supported, or enabled.',
    },
    rateLimited: {
      code: 1_011,
      reason: 'Resource has been exhausted (e.g. check quota).',
      retryAfterMs: QUOTA_WAIT_MS,
    },
    staleHandle: { code: 1_008, reason: 'BidiGenerateContent session not found' },
    transient: [
      { code: 1_011, reason: 'Internal error occurred.' },
      { code: 1_008, reason: 'The operation was aborted.' },
      { code: 1_000 },
    ],
  },
  result: (_range, text) => [
    bytes({ serverContent: { inputTranscription: { text } } }),
    JSON.stringify({ serverContent: { turnComplete: true }, usageMetadata: {} }),
  ],
  answer: () => JSON.stringify({ serverContent: { interimInputTranscription: { text: 'one' } } }),
  announceEnd: (inMs) => JSON.stringify({ goAway: { timeLeft: `${inMs / 1_000}s` } }),
  audioIn: (sent) => {
    const audio = objectAt(objectAt(objectIn(sent), 'realtimeInput'), 'audio');
    const data = stringAt(audio, 'data');
    return data === null ? null : Buffer.from(data, 'base64');
  },
  onFrame: (sent, client) => {
    const message = objectIn(sent);
    if (objectAt(message, 'setup') !== null) {
      client.say(bytes({ setupComplete: {} }));
      client.say(
        JSON.stringify({ sessionResumptionUpdate: { newHandle: 'handle-1', resumable: true } }),
      );
    }
    const isEnd = booleanAt(objectAt(message, 'realtimeInput'), 'audioStreamEnd') === true;
    if (isEnd) client.settle({ answersFlush: true });
  },
};
