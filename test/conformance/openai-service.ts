/** OpenAI Realtime as a script: greeting, configuration, items that are given back, results, closes and refusals. */
import type { ServiceScript } from '../../src/testing/conformance/provider-server.ts';
import { objectAt, objectIn, stringAt } from '../../src/providers/wire/json.ts';

const SAMPLES_PER_MS = 24;

const frame = (type: string, fields: object = {}): string =>
  JSON.stringify({ type, event_id: 'event_1', ...fields });

function said(code: string | null, message: string, type = 'invalid_request_error'): string {
  return JSON.stringify({ error: { type, code, message, param: null } });
}

function failing(code: string, message: string): string {
  return frame('error', {
    error: { type: 'invalid_request_error', code, message, param: null, event_id: null },
  });
}

export const openaiService: ServiceScript = {
  sampleRateHz: 24_000,
  answers: ['flush'],
  refusals: {
    auth: {
      status: 401,
      body: ({ headers }) => said('invalid_api_key', `Bad: ${String(headers['authorization'])}`),
    },
    quota: { status: 429, body: said('insufficient_quota', 'You exceeded your current quota.') },
    config: { status: 400, body: said('model_not_found', 'No such model.') },
    rateLimited: { status: 429, body: said('rate_limit_exceeded', 'Too many requests.') },
    transient: { status: 503 },
  },
  retryHints: ['retry-after', 'retry-after-ms', 'body'],
  endings: {
    auth: {
      frame: failing('invalid_api_key', 'Incorrect API key provided.'),
      code: 3_000,
      reason: 'invalid_request_error.invalid_api_key',
    },
    quota: { frame: failing('insufficient_quota', 'You exceeded your current quota.') },
    config: [
      { code: 4_000, reason: 'invalid_request_error.invalid_model' },
      { code: 4_004, reason: 'invalid_request_error.model_not_found' },
    ],
    planned: [
      { code: 1_001, reason: 'Your session hit the maximum duration of 60 minutes.' },
      { frame: failing('session_expired', 'Your session hit the maximum duration.') },
    ],
    transient: [
      { code: 1_011, reason: 'internal error' },
      { frame: frame('error', { error: { type: 'server_error', code: null, message: 'Oops.' } }) },
    ],
  },
  greet: () => frame('session.created', { session: { id: 'sess_1', model: 'gpt-realtime' } }),
  result: ({ from, to }, text, answersFlush) => {
    const item = { item_id: `item_${text}` };
    const [startMs, endMs] = [from / SAMPLES_PER_MS, to / SAMPLES_PER_MS];
    return [
      ...(answersFlush
        ? []
        : [
            frame('input_audio_buffer.speech_started', { ...item, audio_start_ms: startMs }),
            frame('input_audio_buffer.speech_stopped', { ...item, audio_end_ms: endMs }),
          ]),
      frame('input_audio_buffer.committed', item),
      frame('conversation.item.input_audio_transcription.completed', { ...item, transcript: text }),
    ];
  },
  answer: () => frame('response.created', { response: { id: 'resp_1', status: 'in_progress' } }),
  audioIn: (sent) => {
    const message = objectIn(sent);
    const audio = stringAt(message, 'audio');
    return audio === null ? null : Buffer.from(audio, 'base64');
  },
  onFrame: (sent, client) => {
    const message = objectIn(sent);
    switch (stringAt(message, 'type')) {
      case 'session.update':
        client.say(frame('session.updated', { session: objectAt(message, 'session') }));
        return;
      case 'conversation.item.create':
        client.say(frame('conversation.item.added', { item: objectAt(message, 'item') }));
        client.say(frame('conversation.item.done', { item: objectAt(message, 'item') }));
        return;
      case 'input_audio_buffer.commit':
        client.settle({ answersFlush: true });
    }
  },
};
