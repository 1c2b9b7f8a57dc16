/** OpenAI's transcriptions and whisper.cpp's server as scripts: clips in forms, texts as verbose JSON, and refusals. */
import type {
  RequestScript,
  ServiceRequest,
} from '../../src/testing/conformance/request-script.ts';
import type { CreateVoiceActivityDetector } from '../../src/ports/voice-activity.ts';

const SAMPLE_RATE_HZ = 16_000;

/** Whatever is not digital silence is speech. */
export const everySoundIsSpeech: CreateVoiceActivityDetector = () =>
  Promise.resolve({
    frameSamples: 160,
    isSpeech: (frame) => frame.some((sample) => sample !== 0),
    reset: () => undefined,
  });

function said(code: string | null, message: string, type = 'invalid_request_error'): string {
  return JSON.stringify({ error: { type, code, message, param: null } });
}

/** The samples of the WAV file in a form. */
function clipIn({ body }: ServiceRequest): Uint8Array | null {
  const form = Buffer.from(body);
  const wav = form.indexOf('RIFF');
  if (wav < 0) return null;
  const from = wav + 44;
  return body.slice(from, from + form.readUInt32LE(wav + 40));
}

const failures = {
  auth: {
    status: 401,
    body: ({ headers }: Pick<ServiceRequest, 'headers'>) =>
      said('invalid_api_key', `Incorrect API key: ${String(headers['authorization'])}`),
  },
  quota: { status: 429, body: said('insufficient_quota', 'You exceeded your current quota.') },
  config: { status: 404, body: said('model_not_found', 'No such model.') },
  rateLimited: { status: 429, body: said('rate_limit_exceeded', 'Too many requests.') },
  transient: [
    { status: 503, body: said(null, 'The server is overloaded.', 'server_error') },
    { status: 200, body: 'no transcription at all' },
  ],
};

export const openaiTranscriptions: RequestScript = {
  refusals: {},
  endings: failures,
  retryHints: ['retry-after', 'retry-after-ms', 'body'],
  declines: { status: 400, body: said(null, 'The audio file could not be decoded.') },
  hears: {
    clipIn,
    result: (text, { samples }) => {
      const end = samples / SAMPLE_RATE_HZ;
      const words = text.split(' ').map((word) => ({ word, start: 0, end }));
      const segment = { id: 0, start: 0, end, text, no_speech_prob: 0.01, avg_logprob: -0.2 };
      const body = JSON.stringify({ task: 'transcribe', text, segments: [segment], words });
      return { headers: { 'content-type': 'application/json' }, body };
    },
  },
};

/** It is asked on every dial whether its model is loaded. */
export const whisperCppServer: RequestScript = {
  ...openaiTranscriptions,
  isDial: ({ method, url }) => method === 'GET' && url === '/health',
  welcome: { body: '{"status":"ok"}' },
  refusals: {
    auth: { status: 401, body: '{"error":"no key"}' },
    config: { status: 400, body: '{"error":"bad request"}' },
    rateLimited: { status: 429, body: '{"error":"busy"}' },
    transient: { status: 503, body: '{"status":"loading model"}' },
  },
};
