/**
 * Changes the sample rate of one channel of 16-bit audio, by Speex's resampler as WebAssembly.
 *
 * The filter's delay is taken out: silence goes in before the audio so that the delay is a whole number of output
 * samples, and these are dropped. What comes out is as long as what went in, to the sample, and in phase.
 */
import { createRequire } from 'node:module';

import type Speex from 'speex-resampler';

import { BYTES_PER_SAMPLE } from './format.ts';
import type { CreateResampler } from '../ports/resampler.ts';

/** Of 1 to 10. At 7 a tone keeps 90 dB, and an hour of audio takes a minute at most. */
const QUALITY = 7;
/** Length of the filter at that quality, in samples of the lower rate. */
const FILTER_SAMPLES = 128;
/** About how much goes through at a time. */
const BLOCK_SAMPLES = 65_536;

export interface Resampler {
  /** Takes any number of samples; `emit`'s view is valid only during the call. */
  push(samples: Int16Array, emit: (samples: Int16Array) => void): void;
  /** Emits what is still inside. The resampler is done after it. */
  flush(emit: (samples: Int16Array) => void): void;
}

export async function createResampler(
  fromHz: number,
  toHz: number,
  blockSamples = BLOCK_SAMPLES,
): Promise<Resampler> {
  const speex = await loadSpeex();
  return new SpeexResampler(fromHz, toHz, blockSamples, speex);
}

/** What is live waits for at most this many samples to come together: 5 ms at 16 kHz. */
const LIVE_BLOCK_SAMPLES = 80;

/** The same for live audio, piece by piece: see `ports/resampler.ts`. */
export const createLiveResampler: CreateResampler = async (fromHz, toHz) => {
  const resampler = await createResampler(fromHz, toHz, LIVE_BLOCK_SAMPLES);
  const collect = (run: (emit: (samples: Int16Array) => void) => void): Uint8Array => {
    const pieces: Uint8Array[] = [];
    run((samples) => {
      pieces.push(new Uint8Array(samples.slice().buffer));
    });
    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  };
  return {
    process: (bytes) => collect((emit) => resampler.push(samplesOf(bytes), emit)),
    free: () => {
      collect((emit) => resampler.flush(emit)); // the engine is given back empty
    },
  };
};

/** A view where the bytes lie so that one is possible. */
function samplesOf(bytes: Uint8Array): Int16Array {
  const { buffer, byteOffset, length } =
    bytes.byteOffset % BYTES_PER_SAMPLE === 0 ? bytes : Uint8Array.from(bytes);
  return new Int16Array(buffer, byteOffset, length / BYTES_PER_SAMPLE);
}

type SpeexClass = (typeof Speex)['default'];
type Engine = InstanceType<SpeexClass>;

/** An engine's memory is never given back, so one per pair of rates is kept for the next recording. */
const idleEngines = new Map<string, Engine>();

class SpeexResampler implements Resampler {
  readonly #engine: Engine;
  readonly #rates: string;
  readonly #ratio: { readonly from: number; readonly to: number };
  readonly #tailSamples: number;
  readonly #block: Int16Array;
  #filled = 0;
  #inSamples = 0;
  #outSamples = 0;
  #toDrop: number;

  constructor(fromHz: number, toHz: number, blockSamples: number, speex: SpeexClass) {
    const divisor = greatestCommonDivisor(fromHz, toHz);
    const from = fromHz / divisor;
    const to = toHz / divisor;
    const delaySamples = filterSamples(from, to) / 2;
    const leadSamples = Math.ceil(delaySamples / from) * from - delaySamples;
    this.#rates = `${fromHz} ${toHz}`;
    this.#engine = idleEngines.get(this.#rates) ?? new speex(1, fromHz, toHz, QUALITY);
    idleEngines.delete(this.#rates);
    this.#ratio = { from, to };
    // Blocks are whole periods of the two rates. Only then does the engine's output fit the room that it makes.
    this.#block = new Int16Array(Math.ceil(blockSamples / from) * from);
    this.#filled = leadSamples;
    this.#toDrop = ((delaySamples + leadSamples) / from) * to;
    // The whole filter's length: nothing of this recording is left in it when the next one comes.
    this.#tailSamples = 2 * delaySamples + from;
  }

  push(samples: Int16Array, emit: (samples: Int16Array) => void): void {
    this.#inSamples += samples.length;
    this.#feed(samples, emit);
  }

  flush(emit: (samples: Int16Array) => void): void {
    const { from, to } = this.#ratio;
    const wantedSamples = Math.round((this.#inSamples * to) / from);
    const emitWanted = (samples: Int16Array): void => {
      const missing = wantedSamples - this.#outSamples + samples.length;
      if (missing > 0) emit(samples.subarray(0, missing));
    };
    this.#feed(new Int16Array(this.#tailSamples), emitWanted);
    const wholeSamples = Math.ceil(this.#filled / from) * from;
    this.#block.fill(0, this.#filled, wholeSamples);
    this.#process(wholeSamples, emitWanted);
    idleEngines.set(this.#rates, this.#engine);
  }

  #feed(samples: Int16Array, emit: (samples: Int16Array) => void): void {
    let offset = 0;
    while (offset < samples.length) {
      const taken = Math.min(this.#block.length - this.#filled, samples.length - offset);
      this.#block.set(samples.subarray(offset, offset + taken), this.#filled);
      this.#filled += taken;
      offset += taken;
      if (this.#filled === this.#block.length) this.#process(this.#filled, emit);
    }
  }

  #process(count: number, emit: (samples: Int16Array) => void): void {
    this.#filled = 0;
    if (count === 0) return;
    const bytes = Buffer.from(this.#block.buffer, 0, count * BYTES_PER_SAMPLE);
    const out = this.#engine.processChunk(bytes);
    const samples = new Int16Array(out.buffer, out.byteOffset, out.length / BYTES_PER_SAMPLE);
    const dropped = Math.min(this.#toDrop, samples.length);
    this.#toDrop -= dropped;
    this.#outSamples += samples.length - dropped;
    emit(samples.subarray(dropped));
  }
}

/** Going down, the engine stretches its filter by the ratio, to a multiple of eight. */
function filterSamples(from: number, to: number): number {
  return Math.ceil(Math.floor((FILTER_SAMPLES * Math.max(from, to)) / to) / 8) * 8;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/**
 * Loads the package at the first need, and takes off the process what its Emscripten runtime puts on: handlers of
 * uncaught errors and rejections, which would hide everybody else's.
 */
async function loadSpeex(): Promise<SpeexClass> {
  const cleanUps = fatalEvents.map((event) => {
    const before = new Set(process.rawListeners(event));
    return (): void => {
      for (const listener of process.rawListeners(event)) {
        if (!before.has(listener)) process.off(event, listener as () => void);
      }
    };
  });
  const loaded = createRequire(import.meta.url)('speex-resampler') as typeof Speex;
  for (const cleanUp of cleanUps) cleanUp();
  await loaded.default.initPromise;
  return loaded.default;
}

const fatalEvents = ['uncaughtException', 'unhandledRejection'] as const;
