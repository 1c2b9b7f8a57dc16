/** A stand-in for Whisper's servers with a recogniser that hears little, and those who ask it. */
import OpenAI, { toFile } from 'openai';

import { wavOf } from '../../src/providers/whisper/wav.ts';
import type { Recogniser, RecogniserStream } from '../../src/simulators/recogniser/recogniser.ts';
import { startWhisperSimulator } from '../../src/simulators/whisper/simulator.ts';
import type {
  WhisperSimulator,
  WhisperSimulatorOptions,
} from '../../src/simulators/whisper/simulator.ts';

/** Says `one two` of whatever is not silence. */
export const twoWords: Recogniser = {
  open: ({ sampleRateHz, onResult }): RecogniserStream => {
    let bytes = 0;
    let isLoud = false;
    return {
      write: (pcm) => {
        bytes += pcm.length;
        isLoud ||= pcm.some((byte) => byte !== 0);
      },
      flush: (flushToken) => {
        const endSample = bytes / 2;
        const half = Math.floor(endSample / 2);
        const words = [
          { text: 'one', startSample: 0, endSample: half, confidence: 0.9 },
          {
            text: 'two',
            startSample: half,
            endSample: Math.min(endSample, sampleRateHz),
            confidence: 0.8,
          },
        ];
        onResult({
          kind: 'final',
          startSample: 0,
          endSample,
          text: isLoud ? 'one two' : '',
          words: isLoud ? words : [],
          endsUtterance: false,
          coversAudio: true,
          flushToken,
        });
      },
      close: () => undefined,
    };
  },
  close: () => Promise.resolve(),
};

const SECOND = wavOf(new Uint8Array(32_000).fill(7), 16_000);
export const SILENCE = wavOf(new Uint8Array(32_000), 16_000);
const open: WhisperSimulator[] = [];

export async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
}

export async function start(
  options: Partial<WhisperSimulatorOptions> = {},
): Promise<WhisperSimulator> {
  const simulator = await startWhisperSimulator({ recogniser: twoWords, ...options });
  open.push(simulator);
  return simulator;
}

export const clientOf = ({ url }: WhisperSimulator, apiKey = 'local'): OpenAI =>
  new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 });

export const clip = (bytes = SECOND): ReturnType<typeof toFile> =>
  toFile(bytes, 'a.wav', { type: 'audio/wav' });

export async function post(
  { url }: WhisperSimulator,
  fields: Readonly<Record<string, string>> = {},
  path = '/inference',
  bytes: Uint8Array = SECOND,
): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([Buffer.from(bytes)]), 'a.wav');
  return fetch(url + path, { method: 'POST', body: form });
}
