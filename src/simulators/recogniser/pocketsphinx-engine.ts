/**
 * The binding to libpocketsphinx (5prealpha). Its calls block: they belong on a worker thread.
 *
 * A segment is kept until it is over and then decoded whole: features are normalised over the utterance, so that what a
 * segment says depends on its own audio alone.
 */
import koffi from 'koffi';
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import type { EngineWord, SegmentEngine, SegmentText } from './segmenter.ts';

const POCKETSPHINX_RATE_HZ = 16_000;

const FRAMES_PER_SECOND = 100; // of its features (-frate)
const BASE_LIBRARY = 'libsphinxbase.so.3';

/** A segment ends at so much quiet after a sound, or when it is so long. */
const QUIET_SECONDS = 0.6;
const LONGEST_SECONDS = 20;
/** Quiet is less than this share of the loudest frame of the segment, both as mean squares; and never more than -26 dB. */
const QUIET_RATIO = 0.003;
const LOUD_MEAN_SQUARE = 0.0025;
/** Softer than this, a segment has no sound at all yet. */
const SOUND_MEAN_SQUARE = 0.00002;

type Handle = object;

interface Library {
  readonly startUtterance: (decoder: Handle) => number;
  readonly process: (
    decoder: Handle,
    samples: Int16Array,
    count: number,
    skipSearch: number,
    isWhole: number,
  ) => number;
  readonly endUtterance: (decoder: Handle) => number;
  readonly firstWord: (decoder: Handle, score: null) => Handle | null;
  readonly nextWord: (word: Handle) => Handle | null;
  readonly textOf: (word: Handle) => string | null;
  readonly framesOf: (word: Handle, from: number[], to: number[]) => void;
  readonly probabilityOf: (word: Handle, a: null, b: null, c: null) => number;
  readonly logMath: (decoder: Handle) => Handle;
  readonly exp: (logMath: Handle, value: number) => number;
  readonly free: (decoder: Handle) => number;
}

export interface PocketSphinxModel {
  openEngine(sampleRateHz: number): SegmentEngine;
  free(): void;
}

export function loadPocketSphinx(libraryPath: string, modelPath: string): PocketSphinxModel {
  const library = bind(libraryPath);
  const decoder = openDecoder(libraryPath, modelPath);
  return {
    openEngine: (sampleRateHz) => {
      if (sampleRateHz !== POCKETSPHINX_RATE_HZ) {
        throw new Error(`PocketSphinx hears ${POCKETSPHINX_RATE_HZ} Hz, not ${sampleRateHz} Hz`);
      }
      return new PocketSphinxEngine(library, decoder);
    },
    free: () => void library.free(decoder),
  };
}

class PocketSphinxEngine implements SegmentEngine {
  readonly #library: Library;
  readonly #decoder: Handle;
  readonly #frames: Uint8Array[] = [];
  #samples = 0;
  #loudest = 0;
  #quietSamples = 0;

  constructor(library: Library, decoder: Handle) {
    this.#library = library;
    this.#decoder = decoder;
  }

  accept(frame: Uint8Array): boolean {
    this.#frames.push(frame.slice());
    const samples = frame.length / BYTES_PER_SAMPLE;
    const meanSquare = meanSquareOf(frame);
    this.#samples += samples;
    this.#loudest = Math.max(this.#loudest, meanSquare);
    const quiet = Math.min(LOUD_MEAN_SQUARE, QUIET_RATIO * this.#loudest);
    this.#quietSamples = meanSquare < quiet ? this.#quietSamples + samples : 0;
    const hasSound = this.#loudest > SOUND_MEAN_SQUARE;
    const isPause = this.#quietSamples >= QUIET_SECONDS * POCKETSPHINX_RATE_HZ;
    return (hasSound && isPause) || this.#samples >= LONGEST_SECONDS * POCKETSPHINX_RATE_HZ;
  }

  interimText(): string {
    return '';
  }

  finish(): SegmentText {
    const audio = new Int16Array(this.#samples);
    const bytes = new Uint8Array(audio.buffer);
    let at = 0;
    for (const frame of this.#frames) {
      bytes.set(frame, at);
      at += frame.length;
    }
    return this.#decode(audio);
  }

  free(): void {
    this.#frames.length = 0;
  }

  #decode(audio: Int16Array): SegmentText {
    const decoder = this.#decoder;
    if (this.#library.startUtterance(decoder) < 0) throw new Error('no utterance could be begun');
    const outcome = this.#library.process(decoder, audio, audio.length, 0, 1);
    const ended = this.#library.endUtterance(decoder);
    if (outcome < 0 || ended < 0) throw new Error('PocketSphinx could not read a segment');
    const words = this.#words();
    return { text: words.map(({ text }) => text).join(' '), words };
  }

  /** Its silences and noises have names in brackets; other pronunciations of a word a number: `the(2)`. */
  #words(): readonly EngineWord[] {
    const library = this.#library;
    const logMath = library.logMath(this.#decoder);
    const words: EngineWord[] = [];
    let word = library.firstWord(this.#decoder, null);
    for (; word !== null; word = library.nextWord(word)) {
      const name = library.textOf(word) ?? '';
      const from = [0];
      const to = [0];
      library.framesOf(word, from, to);
      const logProbability = library.probabilityOf(word, null, null, null);
      if (name === '' || /^[<[+]/.test(name)) continue;
      words.push({
        text: name.replace(/\(\d+\)$/, ''),
        startSeconds: (from[0] ?? 0) / FRAMES_PER_SECOND,
        endSeconds: ((to[0] ?? 0) + 1) / FRAMES_PER_SECOND,
        confidence: Math.min(1, Math.max(0, library.exp(logMath, logProbability))),
      });
    }
    return words;
  }
}

function bind(libraryPath: string): Library {
  const sphinx = koffi.load(libraryPath);
  const base = koffi.load(BASE_LIBRARY);
  const of = (signature: string): unknown => sphinx.func(signature);
  return {
    startUtterance: of('int ps_start_utt(void*)') as Library['startUtterance'],
    process: of(
      'int ps_process_raw(void*, const int16_t*, size_t, int, int)',
    ) as Library['process'],
    endUtterance: of('int ps_end_utt(void*)') as Library['endUtterance'],
    firstWord: of('void* ps_seg_iter(void*, void*)') as Library['firstWord'],
    nextWord: of('void* ps_seg_next(void*)') as Library['nextWord'],
    textOf: of('const char* ps_seg_word(void*)') as Library['textOf'],
    framesOf: of('void ps_seg_frames(void*, _Out_ int*, _Out_ int*)') as Library['framesOf'],
    probabilityOf: of(
      'int32_t ps_seg_prob(void*, void*, void*, void*)',
    ) as Library['probabilityOf'],
    logMath: of('void* ps_get_logmath(void*)') as Library['logMath'],
    exp: base.func('double logmath_exp(void*, int)') as Library['exp'],
    free: of('int ps_free(void*)') as Library['free'],
  };
}

function openDecoder(libraryPath: string, modelPath: string): Handle {
  const sphinx = koffi.load(libraryPath);
  const base = koffi.load(BASE_LIBRARY);
  const argsOf = sphinx.func('void* ps_args()') as () => Handle;
  const parse = base.func('void* cmd_ln_parse_r(void*, void*, int32_t, const char**, int32_t)') as (
    into: null,
    known: Handle,
    count: number,
    values: readonly string[],
    isStrict: number,
  ) => Handle | null;
  const init = sphinx.func('void* ps_init(void*)') as (config: Handle) => Handle | null;
  const logTo = base.func('void err_set_logfp(void*)') as (file: null) => void;
  logTo(null);
  const settings = {
    hmm: `${modelPath}/en-us`,
    lm: `${modelPath}/en-us.lm.bin`,
    dict: `${modelPath}/cmudict-en-us.dict`,
    samprate: String(POCKETSPHINX_RATE_HZ),
    remove_silence: 'no', // word times would no longer count from the segment's start
    logfn: '/dev/null',
  };
  const values = Object.entries(settings).flatMap(([name, value]) => [`-${name}`, value]);
  const config = parse(null, argsOf(), values.length, values, 1);
  const decoder = config === null ? null : init(config);
  if (decoder === null) throw new Error(`PocketSphinx could not load the model in ${modelPath}`);
  return decoder;
}

/** Full scale is 1. */
function meanSquareOf(frame: Uint8Array): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  let sum = 0;
  for (let at = 0; at + 1 < frame.length; at += 2) sum += view.getInt16(at, true) ** 2;
  return sum / Math.max(1, frame.length / 2) / 32_768 ** 2;
}
