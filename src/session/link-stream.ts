/**
 * A provider's stream on one link, in the session's own samples: what goes out is brought to the rate that the provider
 * takes, and what comes back is counted at the session's.
 */
import { eventsOf } from './provider-faults.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { AudioFormat } from '../ports/audio-format.ts';
import type { Resampler } from '../ports/resampler.ts';
import type { Frame } from '../ports/socket.ts';
import type { Provider, ProviderStream, StreamMemory } from '../providers/contract.ts';
import type { ProviderEvent } from '../providers/events.ts';

/** How finely it is remembered what was sent when. */
const MARK_EVERY_MS = 250;

interface Mark {
  readonly atMs: number;
  readonly samples: number;
}

export class LinkStream {
  readonly #stream: ProviderStream;
  readonly #ratio: number; // the session's samples for one of the provider's
  readonly #settlesAfterMs: number | null;
  readonly #marks: Mark[] = [];
  #resampler: Resampler | null = null;
  #sentSamples = 0;

  constructor(provider: Provider, format: AudioFormat, memory: StreamMemory) {
    const { inputRateHz = format.sampleRateHz, silenceSettlesAfterMs = null } = provider.traits;
    this.#ratio = format.sampleRateHz / inputRateHz;
    this.#settlesAfterMs = silenceSettlesAfterMs;
    this.#stream = provider.openStream({ ...format, sampleRateHz: inputRateHz }, memory);
  }

  /** Null where audio has to be resampled, and nothing does it yet. */
  get needsResampler(): boolean {
    return this.#ratio !== 1 && this.#resampler === null;
  }

  takeResampler(resampler: Resampler): void {
    this.#resampler = resampler;
  }

  /** Null where the piece is too short to make a sample of. */
  encodeAudio(bytes: Uint8Array, atMs: number): Frame | null {
    const samples = this.#resampler?.process(bytes) ?? bytes;
    if (samples.length === 0) return null;
    this.#sentSamples += samples.length / BYTES_PER_SAMPLE;
    if (this.#settlesAfterMs !== null) this.#mark(atMs);
    return this.#stream.encodeAudio(samples);
  }

  decode(frame: Frame): readonly ProviderEvent[] {
    return this.#inOurSamples(eventsOf(this.#stream, frame));
  }

  /** What was sent long enough ago, and led to nothing, was silence: events that say so. */
  settleSilence(nowMs: number): readonly ProviderEvent[] {
    if (this.#settlesAfterMs === null || this.#stream.settleSilence === undefined) return [];
    let through: number | null = null;
    while (nowMs - (this.#marks[0]?.atMs ?? nowMs) >= this.#settlesAfterMs) {
      through = this.#marks.shift()?.samples ?? through;
    }
    return through === null ? [] : this.#inOurSamples(this.#stream.settleSilence(through));
  }

  /** What a control frame is made of; a function, so that whoever calls it meets what the provider throws. */
  get control(): ProviderStream {
    return this.#stream;
  }

  release(): void {
    this.#resampler?.free();
    this.#resampler = null;
    this.#marks.length = 0;
  }

  #mark(atMs: number): void {
    const last = this.#marks.at(-1);
    if (last === undefined || atMs - last.atMs >= MARK_EVERY_MS) {
      this.#marks.push({ atMs, samples: this.#sentSamples });
    }
  }

  #inOurSamples(events: readonly ProviderEvent[]): readonly ProviderEvent[] {
    return this.#ratio === 1 ? events : events.map((event) => scaled(event, this.#ratio));
  }
}

const SAMPLE_FIELDS = ['startSample', 'endSample', 'atSample', 'samples'] as const;

function scaled(event: ProviderEvent, ratio: number): ProviderEvent {
  const changes: Record<string, unknown> = scaledFields(event, ratio);
  if (event.kind === 'transcript') {
    changes['words'] = event.words.map((word) => ({ ...word, ...scaledFields(word, ratio) }));
  }
  return { ...event, ...changes };
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
