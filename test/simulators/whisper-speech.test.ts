/** Human speech through the adapter, over HTTP, to a recogniser: with services that fail, and without. */
import { readFileSync } from 'node:fs';
import { toFile } from 'openai';
import type OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { clientOf, closeAll, start } from './whisper-support.ts';
import type { Provider, ProviderEvent } from '../../src/providers/contract.ts';
import { whisper } from '../../src/providers/whisper/whisper.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { SocketEnd } from '../../src/ports/socket.ts';
import type { Recogniser } from '../../src/simulators/recogniser/recogniser.ts';
import { createVoskRecogniser } from '../../src/simulators/recogniser/vosk-recogniser.ts';
import { httpOver } from '../../src/transports/http.ts';

type Final = Extract<ProviderEvent, { kind: 'transcript' }>;

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;

/** Sends what no final covers yet on a socket, and ends with it. */
async function socketful(
  provider: Provider,
  audio: Uint8Array,
): Promise<{ finals: Final[]; end: SocketEnd }> {
  const request = await provider.dial(FORMAT, 'connect');
  const stream = provider.openStream(FORMAT);
  const finals: Final[] = [];
  const http = httpOver(fetch);
  const platform = {
    dial: (): never => {
      throw new Error('nobody dials a socket here');
    },
    http,
  };
  return new Promise((resolve) => {
    const socket = provider.over!({ transport: platform, clock: systemClock }).dial(request, {
      onOpen: () => {
        for (let at = 0; at < audio.length; at += 3_200) {
          socket.send(stream.encodeAudio(audio.subarray(at, at + 3_200)));
        }
        socket.send(stream.encodeGoodbye()!);
      },
      onFrame: (frame) => {
        for (const event of stream.decode(frame)) {
          if (event.kind === 'transcript' && event.isFinal) finals.push(event);
        }
      },
      onPong: () => undefined,
      onDrain: () => undefined,
      onEnd: (end) => resolve({ finals, end }),
    });
  });
}

/** Socket after socket, each from where the finals end, until everything is covered. */
async function transcribed(provider: Provider, audio: Uint8Array) {
  const finals: Final[] = [];
  let settled = 0;
  let sockets = 0;
  for (; sockets < 10; sockets += 1) {
    const from = settled;
    const { finals: more, end } = await socketful(provider, audio.subarray(2 * from));
    for (const final of more) {
      const { startSample, endSample } = final;
      finals.push({ ...final, startSample: startSample + from, endSample: endSample + from });
      settled = endSample + from;
    }
    if (end.code === 1_000) return { finals, sockets: sockets + 1 };
  }
  throw new Error('it never got through');
}

const wav = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/speech/${name}`, import.meta.url));
const speech = (name: string): Uint8Array => new Uint8Array(wav(name).subarray(44));

const textOf = (finals: readonly Final[]): string =>
  finals
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .join(' ');

function expectTiles(finals: readonly Final[], samples: number): void {
  const ends = finals.map(({ endSample }) => endSample);
  expect(finals.map(({ startSample }) => startSample)).toEqual([0, ...ends.slice(0, -1)]);
  expect(ends.at(-1)).toBe(samples);
}

describe('whisper over HTTP, with human speech', () => {
  let recogniser: Recogniser;

  beforeAll(() => {
    recogniser = createVoskRecogniser({ maxThreads: 1 });
  });
  afterEach(closeAll);
  afterAll(() => recogniser.close());

  it('reaches a recogniser from the client that OpenAI publishes', async () => {
    const simulator = await start({ recogniser });

    const answer = await clientOf(simulator).audio.transcriptions.create({
      file: await toFile(wav('sentence.wav'), 'sentence.wav'),
      model: 'whisper-1',
      response_format: 'verbose_json',
      timestamp_granularities: ['word'],
    } satisfies OpenAI.Audio.TranscriptionCreateParamsNonStreaming<'verbose_json'>);

    expect(answer.text).toContain('john dashwood had then leisure to consider how much');
    expect(answer.words?.map(({ word }) => word).join(' ')).toBe(answer.text);
    expect(answer.segments).toBeUndefined();
  });

  it.each([
    ['openai', 'local', 'two-sentences.wav'],
    ['whisper.cpp', undefined, 'sentence.wav'],
  ] as const)(
    'tells every word once over %s, whatever fails on the way',
    async (flavour, apiKey, name) => {
      const audio = speech(name);
      const simulator = await start({ recogniser });
      const provider = (): Provider =>
        whisper({
          flavour,
          baseUrl: simulator.url,
          ...(apiKey === undefined ? {} : { apiKey }),
        });
      const whole = await transcribed(provider(), audio);
      const posts = simulator.requests.length;
      simulator.failNext(
        { kind: 'cut' },
        { kind: 'serverError', status: 503 },
        { kind: 'cutBody' },
      );

      const broken = await transcribed(provider(), audio);

      expect(whole.sockets).toBe(1);
      expect(broken.sockets).toBeGreaterThan(1);
      expectTiles(whole.finals, audio.length / 2);
      expectTiles(broken.finals, audio.length / 2);
      expect(textOf(whole.finals)).toContain('john dashwood had then leisure to consider how much');
      expect(textOf(broken.finals)).toBe(textOf(whole.finals));
      // A clip that was lost came again with the key that it had.
      const keys = simulator.requests.slice(posts).map(({ idempotencyKey }) => idempotencyKey);
      expect(new Set(keys).size).toBe(posts);
      expect(keys.length).toBeGreaterThan(posts);
    },
  );
});
