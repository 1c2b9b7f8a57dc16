/** Deepgram Flux as a script: it speaks first, tells turns, and answers a goodbye by closing. */
import type { ServiceScript } from '../../src/testing/conformance/provider-server.ts';

const SAMPLE_RATE_HZ = 16_000;

function said(errCode: string, errMsg: string): string {
  return JSON.stringify({ err_code: errCode, err_msg: errMsg, request_id: 'request-1' });
}

function turn(event: string, fields: object): string {
  return JSON.stringify({ type: 'TurnInfo', request_id: 'request-1', event, ...fields });
}

function failing(code: string): string {
  return JSON.stringify({ type: 'Error', code, description: 'It went wrong.' });
}

export const fluxService: ServiceScript = {
  answers: ['goodbye'],
  refusals: {
    auth: {
      status: 401,
      body: ({ headers }) => said('INVALID_AUTH', `Invalid: ${String(headers['authorization'])}`),
    },
    quota: { status: 402, body: said('ASR_PAYMENT_REQUIRED', 'Out of credit.') },
    config: { status: 400, body: said('Bad Request', 'No such model.') },
    rateLimited: {
      status: 429,
      headers: { 'retry-after': '7' },
      body: said('TOO_MANY_REQUESTS', 'Too many requests.'),
    },
    transient: [{ status: 503 }, { status: 429, body: said('TOO_MANY_REQUESTS', 'Too many.') }],
  },
  endings: {
    auth: { frame: failing('INVALID_AUTH'), code: 1_011, reason: 'INVALID_AUTH' },
    config: [{ frame: failing('UNPARSABLE_CLIENT_MESSAGE') }, { code: 1_008, reason: 'DATA-0000' }],
    transient: [
      { frame: failing('INTERNAL_SERVER_ERROR'), code: 1_011, reason: 'NET-0000' },
      { code: 1_000 },
    ],
  },
  greet: () => JSON.stringify({ type: 'Connected', request_id: 'request-1', sequence_id: 0 }),
  result: ({ from, to }, transcript) =>
    turn('EndOfTurn', {
      audio_window_start: from / SAMPLE_RATE_HZ,
      audio_window_end: to / SAMPLE_RATE_HZ,
      transcript,
      words: [],
      end_of_turn_confidence: 0.9,
    }),
  answer: () =>
    turn('StartOfTurn', { audio_window_start: 0, audio_window_end: 0, transcript: '', words: [] }),
  onFrame: (frame, client) => {
    if (frame !== '{"type":"CloseStream"}') return;
    client.settle();
    client.close(1_000);
  },
};
