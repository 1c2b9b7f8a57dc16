/**
 * WebRTC's voice-activity detector (libfvad) as WebAssembly, loaded where a socket is first dialled.
 *
 * It knows 8, 16, 32 and 48 kHz and frames of 10, 20 and 30 ms (libfvad, include/fvad.h).
 */
import { installed } from './packages.ts';
import { TenutoError } from '../../ports/errors.ts';
import { checkOptions, invalid } from '../../ports/option-errors.ts';
import type {
  CreateVoiceActivityDetector,
  VoiceActivityDetector,
} from '../../ports/voice-activity.ts';

const FRAME_MS = 30;
const RATES_HZ: readonly number[] = [8_000, 16_000, 32_000, 48_000];

/** What we use of the package, which has no types of its own. */
interface FvadModule {
  readonly HEAP16: Int16Array;
  cwrap(name: string, returns: 'number', takes: readonly 'number'[]): NumberFunction;
}

type NumberFunction = (...numbers: readonly number[]) => number;

interface FvadLibrary {
  readonly module: FvadModule;
  readonly create: NumberFunction;
  readonly free: NumberFunction;
  readonly reset: NumberFunction;
  readonly setMode: NumberFunction;
  readonly setRate: NumberFunction;
  readonly process: NumberFunction;
  readonly allocate: NumberFunction;
  readonly release: NumberFunction;
}

export interface FvadOptions {
  /** 0 takes most for speech, 3 least. Default 3. */
  readonly mode?: 0 | 1 | 2 | 3;
}

let loading: Promise<FvadLibrary> | null = null;

/**
 * @returns what makes a detector. @throws TenutoError PACKAGE_MISSING when it is called and the package is not there.
 * @throws TenutoError OPTION_INVALID
 */
export function fvad(options: FvadOptions = {}): CreateVoiceActivityDetector {
  checkOptions('fvad', options, { mode: 0 } satisfies Record<keyof FvadOptions, 0>);
  const { mode = 3 } = options;
  if (![0, 1, 2, 3].includes(mode)) throw invalid(`mode is ${String(mode)}.`, 'Give 0, 1, 2 or 3.');
  return async ({ sampleRateHz }) => {
    if (!RATES_HZ.includes(sampleRateHz)) throw unknownRate(sampleRateHz);
    loading ??= load();
    return new Fvad(await loading, sampleRateHz, mode);
  };
}

/** A detector is a few hundred bytes of the module's memory: they are given back with the object. */
let memories: FinalizationRegistry<() => void> | null = null; // made late: phones have no such class, and no detector of this kind

class Fvad implements VoiceActivityDetector {
  readonly frameSamples: number;
  readonly #library: FvadLibrary;
  readonly #handle: number;
  readonly #frame: number;
  readonly #settings: { readonly mode: number; readonly sampleRateHz: number };

  constructor(library: FvadLibrary, sampleRateHz: number, mode: number) {
    this.frameSamples = (sampleRateHz * FRAME_MS) / 1_000;
    this.#library = library;
    this.#settings = { mode, sampleRateHz };
    const handle = library.create();
    const frame = library.allocate(2 * this.frameSamples);
    this.#handle = handle;
    this.#frame = frame;
    memories ??= new FinalizationRegistry((free) => {
      free();
    });
    memories.register(this, () => {
      library.free(handle);
      library.release(frame);
    });
    this.reset();
  }

  isSpeech(frame: Int16Array): boolean {
    // The heap is looked up each time: the module's memory may have moved.
    this.#library.module.HEAP16.set(frame, this.#frame >> 1);
    return this.#library.process(this.#handle, this.#frame, this.frameSamples) === 1;
  }

  /** The library forgets its settings as well. */
  reset(): void {
    this.#library.reset(this.#handle);
    this.#library.setMode(this.#handle, this.#settings.mode);
    this.#library.setRate(this.#handle, this.#settings.sampleRateHz);
  }
}

async function load(): Promise<FvadLibrary> {
  try {
    const module = await installed.loadFvad();
    const { default: create } = module as { readonly default: () => Promise<FvadModule> };
    return libraryOf(await create());
  } catch (cause) {
    loading = null;
    throw new TenutoError({
      code: 'PACKAGE_MISSING',
      message: 'The voice-activity detector @echogarden/fvad-wasm cannot be loaded.',
      remediation: 'Run: npm install @echogarden/fvad-wasm (or pass another detector as "vad").',
      cause,
    });
  }
}

function libraryOf(module: FvadModule): FvadLibrary {
  const wrap = (name: string, numbers: number): NumberFunction =>
    module.cwrap(name, 'number', Array<'number'>(numbers).fill('number'));
  return {
    module,
    create: wrap('fvad_new', 0),
    free: wrap('fvad_free', 1),
    reset: wrap('fvad_reset', 1),
    setMode: wrap('fvad_set_mode', 2),
    setRate: wrap('fvad_set_sample_rate', 2),
    process: wrap('fvad_process', 3),
    allocate: wrap('malloc', 1),
    release: wrap('free', 1),
  };
}

function unknownRate(sampleRateHz: number): TenutoError {
  return new TenutoError({
    code: 'AUDIO_FORMAT_UNSUPPORTED',
    message: `The voice-activity detector does not know ${sampleRateHz} Hz.`,
    remediation: `Use one of: ${RATES_HZ.join(', ')} Hz.`,
  });
}
