/** Deepgram listen v1 as a script: its frames, its closes and its refusals. */
import type { ServiceScript } from '../../src/testing/conformance/provider-server.ts';
import {
  CLOSE_BAD_TEXT,
  CLOSE_DONE,
  CLOSE_IDLE,
  CLOSE_NOT_AUDIO,
  metadataMessage,
  resultsMessage,
  speechStartedMessage,
} from '../../src/simulators/deepgram/wire.ts';

const SAMPLE_RATE_HZ = 16_000;

const QUERY = {
  sampleRateHz: SAMPLE_RATE_HZ,
  sendsInterims: true,
  marksSpeechFinal: true,
  sendsPunctuatedWords: false,
  sendsVadEvents: true,
  utteranceEndMs: null,
};

export const deepgramService: ServiceScript = {
  refusals: {
    // A careless gateway in front of the service may say what it was sent.
    auth: [
      {
        status: 401,
        body: ({ headers }) =>
          said('INVALID_AUTH', `Invalid credentials: ${String(headers['authorization'])}`),
      },
      { status: 403, body: said('INSUFFICIENT_PERMISSIONS', 'The key lacks a scope.') },
    ],
    quota: { status: 402, body: said('ASR_PAYMENT_REQUIRED', 'Out of credit.') },
    config: { status: 400, body: said('Bad Request', 'No such model.') },
    rateLimited: {
      status: 429,
      headers: { 'retry-after': '7' },
      body: said('TOO_MANY_REQUESTS', 'Too many requests. Please try again later.'),
    },
    transient: [
      { status: 503, headers: { 'dg-error': 'Service Unavailable' } },
      { status: 429, body: said('TOO_MANY_REQUESTS', 'Too many requests.') },
      { status: 502 },
    ],
  },
  endings: {
    transient: [
      { ...CLOSE_IDLE, frame: metadata(0) },
      { code: 1011, reason: 'The server did not produce results in time (NET-0000).' },
      CLOSE_DONE,
      { frame: JSON.stringify({ type: 'Error', description: 'Internal error', variant: 'x' }) },
    ],
    config: [CLOSE_NOT_AUDIO, CLOSE_BAD_TEXT],
  },
  result: ({ from, to }, text, answersFlush) => {
    const result = {
      kind: 'final',
      startSample: from,
      endSample: to,
      text,
      words: [{ text, startSample: from, endSample: to, confidence: 0.98 }],
      endsUtterance: true,
      coversAudio: true,
    } as const;
    return resultsMessage(result, QUERY, 'request-1', answersFlush);
  },
  answer: () => speechStartedMessage(0, SAMPLE_RATE_HZ),
  onFrame: (frame, client) => {
    if (frame === '{"type":"Finalize"}') client.settle({ answersFlush: true });
    if (frame !== '{"type":"CloseStream"}') return;
    client.settle();
    client.say(metadata(client.heardSamples));
    client.close(CLOSE_DONE.code);
  },
};

function said(errCode: string, errMsg: string): string {
  return JSON.stringify({ err_code: errCode, err_msg: errMsg, request_id: 'request-1' });
}

function metadata(samples: number): string {
  return metadataMessage({
    requestId: 'request-1',
    created: '2026-10-05T22:13:01.099Z',
    samples,
    sampleRateHz: SAMPLE_RATE_HZ,
    sha256: '0'.repeat(64),
  });
}
