/**
 * A provider's stream as a link sees it: what it throws is made a failure. Providers are written by others, and their faults are
 * never the application's to catch.
 */
import type { ResolvedCandidate } from './candidates.ts';
import type { Lateness } from './lateness.ts';
import type { Pings } from './pings.ts';
import { faulty } from './provider-faults.ts';
import type { SilenceFacts } from './silence.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { Failure } from '../../machines/failure.ts';
import type { AudioFormat } from '../ports/audio-format.ts';
import type { CreateResampler } from '../ports/resampler.ts';
import type { Frame, SocketEnd } from '../ports/socket.ts';
import type {
  Provider,
  ProviderEvent,
  ProviderStream,
  StreamMemory,
} from '../providers/contract.ts';

export interface StreamOptions {
  readonly candidate: Pick<ResolvedCandidate, 'provider'>;
  readonly format: AudioFormat;
  readonly memory?: StreamMemory;
  readonly createResampler: CreateResampler | null;
}

/** What is known of when things arrive. */
interface LinkTiming {
  readonly pings: Pings;
  readonly lateness: Lateness;
}

export class GuardedStream {
  readonly #onFaulty: (failure: Failure) => void;
  protected readonly provider: Provider;
  readonly #stream: ProviderStream;
  /** Where the audio ends that was sent last. */
  #endsAt = -1;

  /** @param onFaulty is told where a question is answered by throwing. */
  constructor(options: StreamOptions, onFaulty: (failure: Failure) => void) {
    const { candidate, format, memory } = options;
    const { provider } = candidate;
    this.#onFaulty = onFaulty;
    this.provider = provider;
    this.#stream = provider.openStream(format, memory);
  }

  /** Of the service's; Infinity where nobody counts them. */
  get sentSamples(): number {
    return Infinity;
  }

  get tellsNothingOfSilence(): boolean {
    return false;
  }

  /** To be awaited before audio goes out: why none can, or null. */
  prepare(): Promise<Failure | null> {
    return Promise.resolve(null);
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
    const theirs = this.theirs(bytes, atMs);
    if (theirs.length === 0) return null;
    this.#endsAt = position + bytes.length;
    return this.#stream.encodeAudio(theirs, { sample: position / BYTES_PER_SAMPLE, capturedAtMs });
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
    const atMostSample = this.arrivedAtMost(pings, bufferedBytes);
    try {
      return this.ours(this.#stream.decode(frame, { isLate, atMostSample }));
    } catch (error) {
      return [{ kind: 'failed', failure: { ...faulty(error), kind: 'perRequest' } }];
    }
  }

  /** What the end of a socket itself tells; null where it tells nothing by nature. */
  endEventsOf(end: SocketEnd): readonly ProviderEvent[] | null {
    if (this.#stream.decodeEnd === undefined) return null;
    try {
      return this.ours(this.#stream.decodeEnd(end));
    } catch {
      return []; // what the end means is asked next, and a fault told there
    }
  }

  /** The stream knows best, where it has anything to say. */
  failureOf(end: SocketEnd): Failure {
    try {
      return this.#stream.classifyEnd?.(end) ?? this.provider.classifyEnd(end);
    } catch (error) {
      return { ...faulty(error), kind: 'transient' };
    }
  }

  /**
   * What was sent long ago and led to nothing was silence, if it arrived: what that settles.
   * @param isQuiet here no speech was heard either. @param prove asks the service for a sign of life.
   */
  settleSilence(
    _facts: SilenceFacts,
    _isQuiet: boolean,
    _prove: () => void,
  ): readonly ProviderEvent[] {
    return [];
  }

  free(): void {
    // There is nothing to be freed.
  }

  /** What the service is sent; empty where the piece is too short to make a sample of. */
  protected theirs(bytes: Uint8Array, _atMs: number): Uint8Array {
    return bytes;
  }

  /** Counted as the session does. */
  protected ours(events: readonly ProviderEvent[]): readonly ProviderEvent[] {
    return events;
  }

  /** Of the service's samples. */
  protected arrivedAtMost(_pings: Pings, _bufferedBytes: number): number {
    return Infinity;
  }
}
