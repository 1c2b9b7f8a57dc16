/** One direction of a proxied connection: bytes in at one socket, out at the other, in order, none held back
 * without pausing the sender. */
import type { Socket } from 'node:net';

import type { Clock } from '../../ports/clock.ts';

export interface PipeOptions {
  readonly source: Socket;
  readonly sink: Socket;
  readonly clock: Clock;
}

interface QueuedBytes {
  /** Null is the end of the stream. */
  readonly bytes: Buffer | null;
  readonly dueAtMs: number;
}

/** Enough for a delay of a second at 8 Mbit/s; a fuller queue pauses its source. */
const MOST_DELAYED_BYTES = 1_048_576;
/** Without a delay the queue only holds what a slow reader or a throttle has not taken yet. */
const MOST_WAITING_BYTES = 65_536;
const PACE_SLICE_MS = 20;
/** A late timer may be made up for, but not as a burst. */
const MOST_CATCH_UP_MS = 100;

export class Pipe {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #clock: Clock;
  readonly #queue: QueuedBytes[] = [];
  #queuedBytes = 0;
  #isHeld = false;
  #isSilent = false;
  #isSinkFull = false;
  #isDisposed = false;
  #latencyMs = 0;
  #bytesPerSecond: number | null = null;
  #paceAtMs = 0;
  #timer: unknown = null;

  constructor(options: PipeOptions) {
    this.#source = options.source;
    this.#sink = options.sink;
    this.#clock = options.clock;
    this.#sink.on('drain', () => {
      this.#isSinkFull = false;
      this.#pump();
    });
  }

  get isSilent(): boolean {
    return this.#isSilent;
  }

  push(bytes: Buffer): void {
    if (this.#isSilent || this.#isDisposed) return;
    this.#queue.push({ bytes, dueAtMs: this.#clock.nowMs() + this.#latencyMs });
    this.#queuedBytes += bytes.length;
    this.#pump();
  }

  /** The source ends its stream: so will the sink's, once everything before has gone out. */
  end(): void {
    if (this.#isSilent || this.#isDisposed) return;
    this.#queue.push({ bytes: null, dueAtMs: this.#clock.nowMs() + this.#latencyMs });
    this.#pump();
  }

  /** Nothing passes and nothing is read, until it is let go. */
  setHeld(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#pump();
  }

  setLatency(latencyMs: number): void {
    this.#latencyMs = latencyMs;
    this.#pump();
  }

  setRate(bytesPerSecond: number | null): void {
    this.#bytesPerSecond = bytesPerSecond;
    this.#paceAtMs = this.#clock.nowMs();
    this.#pump();
  }

  /** From now on everything is read and dropped, so that the sender's end looks alive. */
  silence(): void {
    this.#isSilent = true;
    this.#drop();
    this.#pump();
  }

  /** Sends what is queued and these last bytes at once, then calls back when they have left the process. */
  finishWith(bytes: Buffer, onSent: () => void): void {
    const waiting = this.#queue.flatMap((item) => (item.bytes === null ? [] : [item.bytes]));
    this.silence();
    this.#sink.write(Buffer.concat([...waiting, bytes]), () => onSent());
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#drop();
    this.#clearTimer();
  }

  #pump(): void {
    this.#clearTimer();
    if (this.#isDisposed) return;
    while (!this.#isHeld && !this.#isSinkFull) {
      const [next] = this.#queue;
      if (next === undefined) break;
      const nowMs = this.#clock.nowMs();
      const paceAtMs = this.#bytesPerSecond === null ? nowMs : this.#paceAtMs;
      const waitMs = Math.max(next.dueAtMs, paceAtMs) - nowMs;
      if (waitMs > 0) {
        this.#timer = this.#clock.setTimeout(() => this.#pump(), waitMs);
        break;
      }
      this.#send(next, nowMs);
    }
    this.#regulate();
  }

  #send(next: QueuedBytes, nowMs: number): void {
    this.#queue.shift();
    if (next.bytes === null) {
      this.#sink.end();
      return;
    }
    const bytes = this.#paced(next, next.bytes, nowMs);
    this.#queuedBytes -= bytes.length;
    if (this.#sink.writable) this.#isSinkFull = !this.#sink.write(bytes);
  }

  /** As much as the rate allows for one slice of time; the rest goes back to the queue's head. */
  #paced(next: QueuedBytes, bytes: Buffer, nowMs: number): Buffer {
    if (this.#bytesPerSecond === null) return bytes;
    const sliceBytes = Math.ceil((this.#bytesPerSecond * PACE_SLICE_MS) / 1_000);
    const slice = bytes.subarray(0, sliceBytes);
    if (slice.length < bytes.length) {
      this.#queue.unshift({ bytes: bytes.subarray(slice.length), dueAtMs: next.dueAtMs });
    }
    const fromMs = Math.max(this.#paceAtMs, nowMs - MOST_CATCH_UP_MS);
    this.#paceAtMs = fromMs + (slice.length * 1_000) / this.#bytesPerSecond;
    return slice;
  }

  #regulate(): void {
    const isDelayed = this.#latencyMs > 0 && this.#bytesPerSecond === null;
    const isFull =
      this.#queuedBytes >= (isDelayed ? MOST_DELAYED_BYTES : MOST_WAITING_BYTES) ||
      this.#isSinkFull;
    const shouldPause = !this.#isSilent && (this.#isHeld || isFull);
    if (shouldPause === this.#source.isPaused()) return;
    if (shouldPause) this.#source.pause();
    else this.#source.resume();
  }

  #drop(): void {
    this.#queue.length = 0;
    this.#queuedBytes = 0;
  }

  #clearTimer(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
