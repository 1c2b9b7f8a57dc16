/**
 * One microphone at a time, and what it heard before anybody took it.
 *
 * Of a recording in a container nothing can be played without its beginning, nor after a piece that is missing: where one is, the
 * rest of that recording goes as well, and another begins as soon as there is room.
 */
import type { CaptureStopped } from './client.types.ts';
import type { CutRecording } from './sent-pieces.ts';
import type { CaptureEvent, CaptureSource } from '../capture/capture.types.ts';
import type { Clock } from '../ports/clock.ts';
import type { TenutoError } from '../ports/errors.ts';
import { internal } from '../session/door.ts';

interface Timed {
  readonly capturedAtMs: number;
  readonly durationMs: number;
  /** Of a container's: false where it is of use only after the one before it. */
  readonly isHeader?: boolean;
}

interface Source<Chunk> extends CaptureSource<Chunk> {
  /** Of recordings: another begins. */
  renew?(): void;
}

/** Where chunks go. */
interface Sink<Chunk> {
  /** False where it was not taken. */
  write(chunk: Chunk): boolean;
  readonly hasRoom: boolean;
}

type Tell = (event: CaptureEvent | CaptureStopped) => void;

export class CaptureRun<Chunk extends Timed> {
  readonly #clock: Clock;
  readonly #capacityMs: number;
  readonly #tell: Tell;
  #source: Source<Chunk> | null = null;
  #starting: Promise<void> | null = null;
  #sink: Sink<Chunk> | null = null;
  /** At most `capacityMs`; then the oldest goes, and is told as a hole. */
  #waiting: Chunk[] = [];
  #waitingMs = 0;
  /** Of what waits, the newest recording's. */
  #recordingMs = 0;
  #isRenewing = false;
  /** Whoever takes it lacks what came before in the recording that comes. */
  #isCut = false;
  /** The recording that comes cannot be played any further. */
  #missing: { readonly fromMs: number; readonly toMs: number } | null = null;

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
  flowTo(sink: Sink<Chunk>): void {
    this.#sink = sink;
    const waiting = this.#waiting;
    const missing = this.#missing; // it came after all that waits
    this.#missing = null;
    this.#waiting = [];
    this.#waitingMs = 0;
    for (const chunk of waiting) this.#take(chunk);
    if (missing !== null) this.#miss(missing.fromMs, missing.toMs);
  }

  /** Called again while it runs it does nothing. */
  async start(make: () => Source<Chunk>): Promise<void> {
    if (this.#source !== null) return this.#starting ?? undefined;
    const source = make();
    this.#source = source;
    this.#isRenewing = false;
    const isCurrent = (): boolean => this.#source === source;
    this.#starting = source.start({
      onChunk: (chunk) => this.#take(chunk),
      onEvent: (event) => {
        if (event.type === 'failed') this.#tellMissing();
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
    this.#tellMissing();
    this.#tell({ type: 'stopped', error: error ?? trouble, atMs: this.#clock.nowMs() });
  }

  /** Who took it lost what came before: what nobody can play goes, and another recording begins. */
  cut({ lost, goesOn }: CutRecording): void {
    if (lost !== null) this.#miss(lost.fromMs, lost.toMs);
    if (!goesOn || this.#source === null) {
      this.#tellMissing();
      return;
    }
    this.#isCut = true;
    if (this.#sink?.hasRoom !== false) this.#renew();
  }

  #take(chunk: Chunk): void {
    if (chunk.isHeader === true) {
      this.#tellMissing();
      this.#isRenewing = false;
      this.#isCut = false;
      this.#recordingMs = 0;
    }
    const isUseless = (this.#isCut || this.#missing !== null) && chunk.isHeader === false;
    if (isUseless) this.#missed(chunk);
    else if (this.#sink === null) this.#keep(chunk);
    else if (!this.#sink.write(chunk)) this.#missed(chunk);
  }

  #keep(chunk: Chunk): void {
    this.#waiting.push(chunk);
    this.#waitingMs += chunk.durationMs;
    this.#recordingMs += chunk.durationMs;
    while (this.#waitingMs > this.#capacityMs) this.#drop();
    if (this.#recordingMs > this.#capacityMs / 2) this.#renew(); // so that no more than half goes at once
  }

  /** The oldest chunk, or recording: all that waits of it. */
  #drop(): void {
    const next = this.#waiting.findIndex(({ isHeader }, at) => at > 0 && isHeader !== false);
    const gone = this.#waiting.splice(0, next === -1 ? this.#waiting.length : next);
    const [first] = gone;
    const last = gone.at(-1);
    if (first === undefined || last === undefined) return;
    this.#waitingMs = this.#waiting.reduce((sum, { durationMs }) => sum + durationMs, 0);
    this.#miss(first.capturedAtMs, endOf(last));
    if (next !== -1 || first.isHeader === undefined) this.#tellMissing();
    else this.#renew(); // it is not over yet
  }

  #missed(chunk: Chunk): void {
    this.#miss(chunk.capturedAtMs, endOf(chunk));
    if (this.#sink?.hasRoom !== false) this.#renew();
  }

  #miss(fromMs: number, toMs: number): void {
    this.#missing = { fromMs: this.#missing?.fromMs ?? fromMs, toMs };
  }

  #tellMissing(): void {
    if (this.#missing === null) return;
    const { fromMs, toMs } = this.#missing;
    this.#missing = null;
    this.#tell({ type: 'hole', fromMs, toMs, durationMs: toMs - fromMs, reason: 'notConnected' });
  }

  #renew(): void {
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    this.#source?.renew?.();
  }
}

function endOf({ capturedAtMs, durationMs }: Timed): number {
  return capturedAtMs + durationMs;
}
