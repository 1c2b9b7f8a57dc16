/**
 * A link whose service takes another rate than the session's, or tells nothing of silence: what goes out is brought to
 * its rate, what comes back is counted at the session's, and what was sent when is remembered.
 */
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { Proof } from './pings.ts';
import type { CreateResampler, Resampler } from '../ports/resampler.ts';
import type { ProviderEvent } from '../providers/events.ts';

/** How finely it is remembered what was sent when. */
const MARK_EVERY_MS = 250;

/** What was sent this long ago is worth a proof that it arrived. */
const PROVEN_AFTER_MS = 1_000;

interface RatesHz {
  readonly ours: number;
  readonly theirs: number;
}

interface Mark {
  readonly atMs: number;
  readonly samples: number;
  /** Null: nothing tells yet that it has arrived. */
  arrivedByMs: number | null;
}

export class Rates {
  readonly #ratesHz: RatesHz;
  readonly #ratio: number; // the session's samples for one of the service's
  readonly #settlesAfterMs: number | null;
  readonly #marks: Mark[] = [];
  /** How many of these have arrived. */
  #arrived = 0;
  #resampler: Resampler | null = null;
  #sentSamples = 0;
  #isFree = false;

  constructor(ratesHz: RatesHz, settlesAfterMs: number | null) {
    this.#ratesHz = ratesHz;
    this.#ratio = ratesHz.ours / ratesHz.theirs;
    this.#settlesAfterMs = settlesAfterMs;
  }

  /** @throws whatever the platform's resampler does, or where it has none. */
  async prepare(createResampler: CreateResampler | null): Promise<void> {
    if (this.#ratio === 1 || this.#resampler !== null) return;
    const { ours, theirs } = this.#ratesHz;
    const resampler = await createResampler?.(ours, theirs);
    if (resampler === undefined) throw new TypeError(`${ours} Hz is not taken`);
    if (this.#isFree) resampler.free();
    else this.#resampler = resampler;
  }

  get tellsNothingOfSilence(): boolean {
    return this.#settlesAfterMs !== null;
  }

  /** What the service is sent; empty where the piece is too short to make a sample of. */
  toTheirs(bytes: Uint8Array, atMs: number): Uint8Array {
    const theirs = this.#resampler?.process(bytes) ?? bytes;
    this.#sentSamples += theirs.length / BYTES_PER_SAMPLE;
    if (this.#settlesAfterMs !== null) this.#mark(atMs);
    return theirs;
  }

  toOurs(events: readonly ProviderEvent[]): readonly ProviderEvent[] {
    return this.#ratio === 1 ? events : events.map((event) => scaled(event, this.#ratio));
  }

  /** Everything that was sent: a final of all of it was asked for, and came to nothing in its time. */
  get sentSamples(): number {
    return this.#sentSamples;
  }

  /** Some of it may not have arrived, or may be silence by now. */
  needsProof(nowMs: number): boolean {
    const first = this.#marks[0];
    const next = this.#marks[this.#arrived];
    const isDue = first !== undefined && nowMs - first.atMs >= (this.#settlesAfterMs ?? Infinity);
    return isDue || (next !== undefined && nowMs - next.atMs >= PROVEN_AFTER_MS);
  }

  /**
   * How much had arrived so long before that the service would have told, had it been speech. Null: no more than before. A line
   * may be slow: when something was sent does not tell when it came.
   */
  settledSilence({ sentAtMs, atMs }: Proof): number | null {
    for (let next = this.#marks[this.#arrived]; next !== undefined && next.atMs <= sentAtMs;) {
      next.arrivedByMs = atMs;
      this.#arrived += 1;
      next = this.#marks[this.#arrived];
    }
    let through: number | null = null;
    for (let first = this.#marks[0]; first !== undefined; first = this.#marks[0]) {
      const arrivedByMs = first.arrivedByMs ?? Infinity;
      if (sentAtMs - arrivedByMs < (this.#settlesAfterMs ?? Infinity)) break;
      through = first.samples;
      this.#marks.shift();
      this.#arrived -= 1;
    }
    return through;
  }

  free(): void {
    this.#isFree = true;
    this.#resampler?.free();
    this.#resampler = null;
    this.#marks.length = 0;
  }

  #mark(atMs: number): void {
    const last = this.#marks.at(-1);
    if (last !== undefined && atMs - last.atMs < MARK_EVERY_MS) return;
    this.#marks.push({ atMs, samples: this.#sentSamples, arrivedByMs: null });
  }
}

const SAMPLE_FIELDS = ['startSample', 'endSample', 'atSample', 'samples'] as const;

function scaled(event: ProviderEvent, ratio: number): ProviderEvent {
  const changes = scaledFields(event, ratio);
  if (event.kind !== 'transcript') return { ...event, ...changes };
  const words = event.words.map((word) => ({ ...word, ...scaledFields(word, ratio) }));
  return { ...event, ...changes, words };
}

function scaledFields(of: object, ratio: number): Record<string, number> {
  const fields = of as Readonly<Record<string, unknown>>;
  const changes: Record<string, number> = {};
  for (const name of SAMPLE_FIELDS) {
    const value = fields[name];
    if (typeof value === 'number') changes[name] = Math.round(value * ratio);
  }
  return changes;
}
