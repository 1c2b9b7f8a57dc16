/** Gives each chunk its time, and finds where nothing was heard between two. */
import type { CapturedChunk, FilledEvent, HoleEvent, HoleReason } from './capture.types.ts';
import { ClockMap } from './clock-map.ts';
import type { Break } from '../worklets/capture.types.ts';

export interface StamperOptions {
  readonly contextHz: number;
  readonly sampleRateHz: number;
  /** From the air to the audio context. */
  readonly latencyMs: number;
}

export interface HeardChunk {
  readonly samples: Int16Array;
  readonly frame: number;
  readonly after: Break | null;
  readonly silentFrames: number;
}

const REASONS: Readonly<Record<Break, HoleReason>> = { noInput: 'device', overrun: 'overrun' };
/** A break of less is a device that was changed for another without a word being lost. */
const LEAST_HOLE_MS = 1;

export class Stamper {
  readonly #options: StamperOptions;
  readonly #map = new ClockMap();
  /** Where the last chunk ended, by the context; null before the first. */
  #endFrame: number | null = null;
  /** When it began. */
  #startMs = -Infinity;
  #stoodMs = 0;

  constructor(options: StamperOptions) {
    this.#options = options;
  }

  /** The context stood still, or is about to: the next reading is believed at once. */
  stoodStill(): void {
    this.#map.expectLeap();
  }

  /** At `clockMs` the context was at `audioMs`. */
  observe(audioMs: number, clockMs: number): void {
    this.#stoodMs += this.#map.observe(audioMs, clockMs);
  }

  stamp({ samples, frame, after, silentFrames }: HeardChunk): {
    readonly chunk: CapturedChunk;
    readonly hole: HoleEvent | null;
    readonly filled: FilledEvent | null;
  } {
    const { contextHz, sampleRateHz, latencyMs } = this.#options;
    const durationMs = (samples.length * 1_000) / sampleRateHz;
    const mappedMs = (this.#map.clockMsAt((frame * 1_000) / contextHz) ?? 0) - latencyMs;
    const atMs = Math.max(mappedMs, this.#startMs);
    const hole = this.#holeBefore(frame, atMs, after);
    this.#startMs = atMs;
    this.#endFrame = frame + (samples.length * contextHz) / sampleRateHz;
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    const filledMs = (silentFrames * 1_000) / contextHz;
    const filled =
      silentFrames === 0 ? null : ({ type: 'filled', atMs, durationMs: filledMs } as const);
    return { chunk: { bytes, capturedAtMs: atMs, durationMs }, hole, filled };
  }

  #holeBefore(frame: number, atMs: number, after: Break | null): HoleEvent | null {
    const { contextHz } = this.#options;
    const missedMs = this.#endFrame === null ? 0 : ((frame - this.#endFrame) * 1_000) / contextHz;
    const durationMs = Math.max(0, missedMs) + this.#stoodMs;
    const reason = this.#stoodMs > missedMs ? 'suspended' : REASONS[after ?? 'noInput'];
    this.#stoodMs = 0;
    if (this.#endFrame === null || durationMs < LEAST_HOLE_MS) return null;
    return { type: 'hole', fromMs: atMs - durationMs, toMs: atMs, durationMs, reason };
  }
}
