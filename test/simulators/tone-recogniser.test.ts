/** What the voice says is understood, from its audio alone, whatever becomes of the audio. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createResampler } from '../../src/audio/resample.node.ts';
import { Cutter } from '../../src/providers/whisper/cutter.ts';
import { fvad } from '../../src/providers/whisper/fvad.ts';
import { ALPHABET, speak } from '../../src/simulators/persona/voice.ts';
import type { RecogniserStream } from '../../src/simulators/recogniser/recogniser.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';
import { transcribe } from '../../src/simulators/whisper/transcriber.ts';
import {
  RATE_HZ,
  bytesOf,
  expectTiles,
  expectWords,
  fail,
  finalsOf,
  hear,
  joined,
  listen,
  saidOf,
  silence,
  wordsOf,
} from './tone-support.ts';

const RATES_HZ = [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000] as const;
const PITCH_OF_I_HZ = 20_000 / 65;
const PANGRAM = 'the quick brown fox jumps over the lazy dog 0123456789 hello zzz 999 a i';

describe('tone recogniser', () => {
  it.each(RATES_HZ)('gives words back with their times, at %i Hz', (rateHz) => {
    const words = wordsOf(hear(speak(PANGRAM, rateHz), { rateHz }));

    expectWords(words, saidOf(PANGRAM), rateHz);
  });

  it('gives any sentence back, at any rate, however it is chunked', () => {
    fc.assert(
      fc.property(sentences, fc.constantFrom(...RATES_HZ), chunkings, (said, rateHz, chunks) => {
        const words = wordsOf(hear(speak(said, rateHz), { rateHz, chunks }));

        expectWords(words, saidOf(said), rateHz, 10);
      }),
      { numRuns: 60 },
    );
  });

  it('says exactly the same of the same audio, however it is chunked', () => {
    const audio = joined(speak('hello there', RATE_HZ), silence(900), speak('who is it', RATE_HZ));
    const whole = hear(audio);

    fc.assert(
      fc.property(chunkings, (chunks) => {
        expect(hear(audio, { chunks })).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    [16_000, 24_000],
    [24_000, 16_000],
    [48_000, 8_000],
    [8_000, 48_000],
  ])('understands what was resampled from %i to %i Hz', async (fromHz, toHz) => {
    const audio = await resampled(speak(PANGRAM, fromHz), fromHz, toHz);

    const words = wordsOf(hear(audio, { rateHz: toHz }));

    expectWords(words, saidOf(PANGRAM), toHz);
  });

  it('understands a telephone line', () => {
    const samples = new Int16Array(speak(PANGRAM, 8_000).buffer);

    const words = wordsOf(hear(bytesOf(samples.map(throughMuLaw)), { rateHz: 8_000 }));

    expectWords(words, saidOf(PANGRAM), 8_000);
  });

  it.each(RATES_HZ)('is not misled by noise at -40 dB, at %i Hz', (rateHz) => {
    const quiet = bytesOf(new Int16Array(5 * rateHz));
    const audio = joined(quiet, speak(PANGRAM, rateHz), quiet);
    const noisy = withNoise(audio, 0.01);

    const words = wordsOf(hear(noisy, { rateHz }));

    const from = (quiet.length / 2 / rateHz) * 1_000;
    expectWords(words, saidOf(PANGRAM, from), rateHz, 10);
  });

  it('hears what is a tenth as loud', () => {
    const samples = new Int16Array(speak(PANGRAM, RATE_HZ).buffer);

    const words = wordsOf(hear(bytesOf(samples.map((sample) => sample / 10))));

    expectWords(words, saidOf(PANGRAM), RATE_HZ, 10);
  });

  it('does not take a tone that lasts for words, nor lose one that follows it', () => {
    const sine = (amplitude: number): Uint8Array =>
      bytesOf(
        Int16Array.from({ length: 3 * RATE_HZ }, (_none, at) =>
          Math.round(amplitude * Math.sin((2 * Math.PI * PITCH_OF_I_HZ * at) / RATE_HZ)),
        ),
      );

    const texts = [8_000, 1_500].map((amplitude) =>
      wordsOf(hear(joined(sine(amplitude), speak('i am', RATE_HZ)))).map(({ text }) => text),
    );

    expect(texts).toEqual([
      ['i', 'am'],
      ['i', 'am'],
    ]);
  });

  it('never throws, whatever the bytes are, and tiles them all the same', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 9_000 }), { maxLength: 8 }),
        fc.integer({ min: 8_000, max: 48_000 }),
        (chunks, rateHz) => {
          const audio = joined(...chunks);

          const finals = finalsOf(hear(audio, { rateHz, chunks: chunks.map((one) => one.length) }));

          expectTiles(finals, Math.floor(audio.length / 2));
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a stream of the tone recogniser', () => {
  it('answers each flush while it is asked, with its token and what was written', () => {
    const { stream, results } = listen();

    stream.flush(1);
    stream.write(speak('so', RATE_HZ));
    stream.flush(2);
    stream.flush(3);

    expect(finalsOf(results)).toMatchObject([
      { flushToken: 1, text: '', startSample: 0, endSample: 0, coversAudio: false },
      { flushToken: 2, text: 'so', startSample: 0, endSample: 2_080, coversAudio: true },
      { flushToken: 3, text: '', startSample: 2_080, endSample: 2_080, coversAudio: false },
    ]);
  });

  it('may be written to and flushed from a result, with bytes that are reused', () => {
    const shared = speak('again', RATE_HZ);
    const texts: string[] = [];
    const stream: RecogniserStream = createToneRecogniser().open({
      sampleRateHz: RATE_HZ,
      onResult: ({ kind, text, flushToken }) => {
        if (kind === 'interim') return;
        texts.push(text);
        if (flushToken === 1) {
          stream.write(shared);
          stream.flush(2);
          shared.fill(0);
        }
      },
      onError: fail,
    });

    stream.write(speak('first', RATE_HZ));
    stream.flush(1);

    expect(texts).toEqual(['first', 'again']);
  });

  it('answers however many flushes that are asked from results', () => {
    let answers = 0;
    const stream: RecogniserStream = createToneRecogniser().open({
      sampleRateHz: RATE_HZ,
      onResult: ({ flushToken = 0 }) => {
        answers += 1;
        if (flushToken < 20_000) stream.flush(flushToken + 1);
      },
      onError: fail,
    });

    stream.flush(1);

    expect(answers).toBe(20_000);
  });

  it('says nothing after it is closed, from within a result either', () => {
    let results = 0;
    const stream: RecogniserStream = createToneRecogniser().open({
      sampleRateHz: RATE_HZ,
      onResult: () => {
        results += 1;
        stream.close();
      },
      onError: fail,
    });

    stream.write(speak('a long sentence that has many interims', RATE_HZ));
    stream.flush(1);

    expect(results).toBe(1);
  });

  it('fails once when the recogniser is closed, and none is opened after that', async () => {
    const recogniser = createToneRecogniser();
    const codes: string[] = [];
    const options = {
      sampleRateHz: RATE_HZ,
      onResult: fail,
      onError: ({ code }: { readonly code: string }) => codes.push(code),
    };
    const stream = recogniser.open(options);
    recogniser.open(options).close();

    await recogniser.close();
    stream.flush(1);

    expect(codes).toEqual(['RECOGNISER_FAILED']);
    expect(() => recogniser.open(options)).toThrow(/closed/);
  });

  it('does not fail where another that fails has closed it', async () => {
    const recogniser = createToneRecogniser();
    const failed: number[] = [];
    const streams = [0, 1].map((index) =>
      recogniser.open({
        sampleRateHz: RATE_HZ,
        onResult: fail,
        onError: () => {
          failed.push(index);
          streams.forEach((stream) => stream.close());
        },
      }),
    );

    await recogniser.close();

    expect(failed).toEqual([0]);
  });

  it('is refused at a rate that no stream has', () => {
    expect(() => listen({ rateHz: 7_999 })).toThrow(/7999 Hz/);
  });

  it('understands utterances that a detector of voices cut out', async () => {
    const said = ['how is the weather', 'and the 2nd question'];
    const audio = said.flatMap((text) => [silence(777), speak(text, RATE_HZ), silence(1_000)]);
    const settings = { minSilenceMs: 500, maxUtteranceMs: 9_000, preRollMs: 200, minSpeechMs: 90 };
    const texts: string[] = [];
    const cutter = new Cutter(
      await fvad()({ sampleRateHz: RATE_HZ }),
      { sampleRateHz: RATE_HZ, ...settings },
      (event) => {
        if (event.kind !== 'utterance') return;
        texts.push(
          wordsOf(hear(event.pcm))
            .map(({ text }) => text)
            .join(' '),
        );
      },
    );

    cutter.push(joined(...audio));
    cutter.flush();

    expect(texts).toEqual(said);
  });

  it('serves a transcriber of whole files', async () => {
    const audio = joined(speak('one two', RATE_HZ), silence(25_000), speak('three', RATE_HZ));

    const segments = await transcribe(createToneRecogniser(), audio, RATE_HZ);

    expect(segments.map(({ text }) => text)).toEqual(['one two', 'three']);
  });
});

const sentences = fc
  .array(
    fc.string({ unit: fc.constantFrom(...Array.from(ALPHABET)), minLength: 1, maxLength: 8 }),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((words) => words.join(' '));

/** Lengths of chunks in bytes, odd ones too. */
const chunkings = fc.array(fc.integer({ min: 1, max: 9_999 }), { minLength: 1, maxLength: 5 });

/** White and Gaussian, of this share of full scale, the same each time. */
function withNoise(audio: Uint8Array, rms: number): Uint8Array {
  let seed = 1;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const noise = (): number =>
    Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()) * rms * 32_768;
  return bytesOf(new Int16Array(audio.slice().buffer).map((sample) => sample + noise()));
}

/** There and back by G.711 in its continuous form: 255 steps, closer together where it is quiet. */
function throughMuLaw(sample: number): number {
  const size = Math.log1p((255 * Math.abs(sample)) / 32_768) / Math.log1p(255);
  const coded = Math.round(size * 127) / 127;
  return Math.sign(sample) * Math.round((32_768 * (256 ** coded - 1)) / 255);
}

async function resampled(audio: Uint8Array, fromHz: number, toHz: number): Promise<Uint8Array> {
  const resampler = await createResampler(fromHz, toHz);
  const pieces: Uint8Array[] = [];
  const keep = (samples: Int16Array): void => void pieces.push(bytesOf(samples.slice()));
  resampler.push(new Int16Array(audio.buffer), keep);
  resampler.flush(keep);
  return joined(...pieces);
}
