/** The embedded recogniser: Vosk on a pool of worker threads, started as streams need them. */
import { availableParallelism } from 'node:os';
import type { Logger } from '../../ports/logger.ts';
import { silentLogger } from '../../ports/logger.ts';
import { TenutoError } from '../../ports/errors.ts';
import type { Recogniser, RecogniserStream, RecogniserStreamOptions } from './recogniser.ts';
import { findVoskPackages } from './vosk-packages.ts';
import { VoskThread } from './vosk-thread.ts';

export interface VoskRecogniserOptions {
  /** Worker threads at most; each holds a model of about 130 MB. Default: two, or one on a single core. */
  readonly maxThreads?: number;
  readonly logger?: Logger;
}

/** Throws RECOGNISER_UNAVAILABLE where a package is missing or has no library for this platform. */
export function createVoskRecogniser(options: VoskRecogniserOptions = {}): Recogniser {
  const packages = findVoskPackages();
  const maxThreads = options.maxThreads ?? Math.min(2, availableParallelism());
  return new VoskPool(() => new VoskThread(packages, options.logger ?? silentLogger), maxThreads);
}

/** Gives each stream to the thread that has the fewest. */
export class VoskPool implements Recogniser {
  readonly #startThread: () => VoskThread;
  readonly #maxThreads: number;
  #threads: VoskThread[] = [];
  #isClosed = false;

  constructor(startThread: () => VoskThread, maxThreads: number) {
    this.#startThread = startThread;
    this.#maxThreads = maxThreads;
  }

  open(options: RecogniserStreamOptions): RecogniserStream {
    if (this.#isClosed) {
      throw new TenutoError({
        code: 'RECOGNISER_FAILED',
        message: 'The recogniser is closed.',
        remediation: 'Open streams before closing the recogniser, or make a new one.',
      });
    }
    return this.#leastLoaded().open(options);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const threads = this.#threads;
    this.#threads = [];
    await Promise.all(threads.map((thread) => thread.stop()));
  }

  /** A thread that is busy costs others more than a new one does, up to the limit. Dead threads are replaced here. */
  #leastLoaded(): VoskThread {
    this.#threads = this.#threads.filter((thread) => thread.isAlive);
    const [first, ...others] = this.#threads;
    const best = others.reduce<VoskThread | undefined>(
      (least, thread) => (least && least.streamCount <= thread.streamCount ? least : thread),
      first,
    );
    if (best && (best.streamCount === 0 || this.#threads.length >= this.#maxThreads)) return best;
    const started = this.#startThread();
    this.#threads.push(started);
    return started;
  }
}
