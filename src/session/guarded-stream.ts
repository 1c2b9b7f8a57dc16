/**
 * A provider's stream as a link sees it: counted at the session's rate, and what it throws made a failure. Providers are
 * written by others, and their faults are never the application's to catch.
 */
import type { ResolvedCandidate } from './candidates.ts';
import type { LinkOptions } from './link.types.ts';
import type { Lateness } from './lateness.ts';
import type { Pings } from './pings.ts';
import { faulty, textOf } from './provider-faults.ts';
import type { RatesPart } from './rates-part.ts';
import type { Rates } from './rates.ts';
import type { Arrived, SilenceFacts } from './silence.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { Failure } from '../../machines/failure.ts';
import type { Frame, SocketEnd } from '../ports/socket.ts';
import type { Provider, ProviderEvent, ProviderStream } from '../providers/contract.ts';

type StreamOptions = Pick<LinkOptions<never>, 'format' | 'memory' | 'createResampler' | 'rates'> & {
  readonly candidate: Pick<ResolvedCandidate, 'provider'>;
};

const NOTHING_ARRIVED: Arrived = { through: null, needsProof: false };

/** What is known of when things arrive. */
interface LinkTiming {
  readonly pings: Pings;
  readonly lateness: Lateness;
}

export class GuardedStream {
  readonly #options: StreamOptions;
  readonly #onFaulty: (failure: Failure) => void;
  readonly #provider: Provider;
  readonly #stream: ProviderStream;
  readonly #part: RatesPart | null;
  /** Null where the service counts as the session does. */
  readonly #rates: Rates | null;
  /** Where the audio ends that was sent last. */
  #endsAt = -1;
  /** Of the frames that carried audio. */
  #audioBytes = 0;

  /** @param onFaulty is told where a question is answered by throwing. */
  constructor(options: StreamOptions, onFaulty: (failure: Failure) => void) {
    const { candidate, format, memory } = options;
    const { provider } = candidate;
    const { inputRateHz = format.sampleRateHz } = provider.traits;
    this.#options = options;
    this.#onFaulty = onFaulty;
    this.#provider = provider;
    this.#part = options.rates;
    this.#rates = options.rates?.ratesFor(provider.traits, format.sampleRateHz) ?? null;
    this.#stream = provider.openStream({ ...format, sampleRateHz: inputRateHz }, memory);
  }

  /** To be awaited before audio goes out: why none can, or null. */
  async prepare(): Promise<Failure | null> {
    try {
      await this.#rates?.prepare(this.#options.createResampler);
      return null;
    } catch (error) {
      return { kind: 'config', code: 'resampler', detail: textOf(error) };
    }
  }

  /** Of the service's; Infinity where nobody counts them. */
  get sentSamples(): number {
    return this.#rates?.sentSamples ?? Infinity;
  }

  get tellsNothingOfSilence(): boolean {
    return this.#rates?.tellsNothingOfSilence === true;
  }

  /** What the provider answers; null where it throws. */
  ask<T>(question: (stream: ProviderStream) => T | null): T | null {
    try {
      return question(this.#stream);
    } catch (error) {
      this.#onFaulty(faulty(error));
      return null;
    }
  }

  /** What brings a new credential; null where there is nobody to ask. Rejects with whatever whoever was asked threw. */
  async renewCredential(): Promise<Frame | null> {
    return (await this.#stream.renewCredential?.()) ?? null;
  }

  /** False while the service has granted no more. */
  get hasCredit(): boolean {
    return this.#stream.hasCredit ?? true;
  }

  /**
   * What says that nothing between the last piece and `position` will ever be sent; null where nothing has to, or nobody listens.
   * @throws what the provider does.
   */
  encodeLost(position: number, capturedAtMs: number): Frame | null {
    if (position === this.#endsAt) return null;
    this.#endsAt = position;
    return this.#stream.encodeLost?.(position / BYTES_PER_SAMPLE, capturedAtMs) ?? null;
  }

  /**
   * Null where the piece is too short to make a sample of. @throws what the provider does.
   * @param position of its first byte in the session.
   */
  encodeAudio(
    bytes: Uint8Array,
    atMs: number,
    position: number,
    capturedAtMs: number,
  ): Frame | null {
    const theirs = this.#rates?.toTheirs(bytes, atMs) ?? bytes;
    if (theirs.length === 0) return null;
    this.#endsAt = position + bytes.length;
    const frame = this.#stream.encodeAudio(theirs, {
      sample: position / BYTES_PER_SAMPLE,
      capturedAtMs,
    });
    this.#audioBytes += frame.length;
    return frame;
  }

  /**
   * One frame that its provider stumbles over is told, and does not cost the link.
   * @param bufferedBytes of what was sent so much has not left.
   */
  eventsOf(
    frame: Frame,
    { pings, lateness }: LinkTiming,
    bufferedBytes: number,
  ): readonly ProviderEvent[] {
    const isLate = lateness.mayBeLate(pings);
    const atMostSample = this.#arrivedAtMost(pings, bufferedBytes);
    try {
      return this.#ours(this.#stream.decode(frame, { isLate, atMostSample }));
    } catch (error) {
      return [{ kind: 'failed', failure: { ...faulty(error), kind: 'perRequest' } }];
    }
  }

  /** What the end of a socket itself tells; null where it tells nothing by nature. */
  endEventsOf(end: SocketEnd): readonly ProviderEvent[] | null {
    if (this.#stream.decodeEnd === undefined) return null;
    try {
      return this.#ours(this.#stream.decodeEnd(end));
    } catch {
      return []; // what the end means is asked next, and a fault told there
    }
  }

  /** The stream knows best, where it has anything to say. */
  failureOf(end: SocketEnd): Failure {
    try {
      return this.#stream.classifyEnd?.(end) ?? this.#provider.classifyEnd(end);
    } catch (error) {
      return { ...faulty(error), kind: 'transient' };
    }
  }

  /** Up to where what was sent is silence, if anything new is known of that. */
  arrivedThrough(facts: Omit<SilenceFacts, 'rates' | 'traits'>): Arrived {
    const rates = this.#rates;
    if (rates === null || this.#part === null) return NOTHING_ARRIVED;
    return this.#part.arrivedThrough({ ...facts, rates, traits: this.#provider.traits });
  }

  /** What that settles. @param through in samples of the service's. @param isQuiet here no speech was heard either. */
  settleSilence(through: number, isQuiet: boolean): readonly ProviderEvent[] {
    return this.#ours(this.ask((stream) => stream.settleSilence?.(through, isQuiet) ?? null) ?? []);
  }

  free(): void {
    this.#rates?.free();
  }

  /** A ping alone tells nothing: it may be its answer that is slow. */
  #arrivedAtMost({ arrivedAtMost }: Pings, bufferedBytes: number): number {
    if (bufferedBytes === 0 || this.#audioBytes === 0) return Infinity;
    const leftRatio = Math.max(0, 1 - bufferedBytes / this.#audioBytes);
    return Math.min(this.sentSamples * leftRatio, arrivedAtMost);
  }

  #ours(events: readonly ProviderEvent[]): readonly ProviderEvent[] {
    return this.#rates?.toOurs(events) ?? events;
  }
}
