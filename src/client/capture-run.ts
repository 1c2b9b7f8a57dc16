/** One microphone at a time, and what it heard before anybody took it. */
import type { CaptureStopped } from './client.types.ts';
import type { CaptureEvent, CaptureSource } from '../capture/capture.types.ts';
import type { Clock } from '../ports/clock.ts';
import type { TenutoError } from '../ports/errors.ts';
import { internal } from '../session/door.ts';

interface Timed {
  readonly capturedAtMs: number;
  readonly durationMs: number;
}

type Tell = (event: CaptureEvent | CaptureStopped) => void;

export class CaptureRun<Chunk extends Timed> {
  readonly #clock: Clock;
  readonly #capacityMs: number;
  readonly #tell: Tell;
  #source: CaptureSource<Chunk> | null = null;
  #starting: Promise<void> | null = null;
  #sink: ((chunk: Chunk) => void) | null = null;
  /** At most `capacityMs`; then the oldest goes, and is told as a hole. */
  #waiting: Chunk[] = [];
  #waitingMs = 0;

  constructor(clock: Clock, capacityMs: number, tell: Tell) {
    this.#clock = clock;
    this.#capacityMs = capacityMs;
    this.#tell = tell;
  }

  get isRunning(): boolean {
    return this.#source !== null;
  }

  get waiting(): { readonly chunks: number; readonly ms: number } {
    return { chunks: this.#waiting.length, ms: this.#waitingMs };
  }

  /** From now on chunks go there, those that wait first. */
  flowTo(sink: (chunk: Chunk) => void): void {
    this.#sink = sink;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingMs = 0;
    for (const chunk of waiting) sink(chunk);
  }

  /** Called again while it runs it does nothing. */
  async start(make: () => CaptureSource<Chunk>): Promise<void> {
    if (this.#source !== null) return this.#starting ?? undefined;
    const source = make();
    this.#source = source;
    const isCurrent = (): boolean => this.#source === source;
    this.#starting = source.start({
      onChunk: (chunk) => this.#take(chunk),
      onEvent: (event) => {
        if (event.type === 'failed' && isCurrent()) this.#source = null;
        this.#tell(event);
      },
    });
    try {
      await this.#starting;
    } catch (error) {
      if (isCurrent()) this.#source = null;
      throw error;
    }
  }

  /** @param error why, where nobody asked for it. */
  async stop(error: TenutoError | null): Promise<void> {
    const source = this.#source;
    if (source === null) return;
    this.#source = null;
    const trouble = await source.stop().then(() => null, internal); // of a source of the app's: the session ends all the same
    this.#tell({ type: 'stopped', error: error ?? trouble, atMs: this.#clock.nowMs() });
  }

  #take(chunk: Chunk): void {
    if (this.#sink !== null) {
      this.#sink(chunk);
      return;
    }
    this.#waiting.push(chunk);
    this.#waitingMs += chunk.durationMs;
    while (this.#waitingMs > this.#capacityMs) this.#drop();
  }

  #drop(): void {
    const oldest = this.#waiting.shift();
    if (oldest === undefined) return;
    const { capturedAtMs: fromMs, durationMs } = oldest;
    this.#waitingMs -= durationMs;
    const toMs = fromMs + durationMs;
    this.#tell({ type: 'hole', fromMs, toMs, durationMs, reason: 'notConnected' });
  }
}
