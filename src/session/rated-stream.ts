/** The stream of a service that counts otherwise than the session: at another sample rate, or with nothing to tell of silence. */
import { GuardedStream } from './guarded-stream.ts';
import type { StreamOptions } from './guarded-stream.ts';
import { countsOtherwise } from './parts.ts';
import type { Pings } from './pings.ts';
import { textOf } from './provider-faults.ts';
import { Rates } from './rates.ts';
import { arrivedThrough } from './silence.ts';
import type { SilenceFacts } from './silence.ts';
import type { Failure } from '../../machines/failure.ts';
import type { Frame } from '../ports/socket.ts';
import type { ProviderEvent } from '../providers/contract.ts';

type OnFaulty = (failure: Failure) => void;

/** Most services count as the session does, and need no more than their stream. */
export function streamFor(options: StreamOptions, onFaulty: OnFaulty): GuardedStream {
  const { candidate, format } = options;
  return countsOtherwise(candidate.provider.traits, format.sampleRateHz)
    ? new RatedStream(options, onFaulty)
    : new GuardedStream(options, onFaulty);
}

class RatedStream extends GuardedStream {
  readonly #options: StreamOptions;
  readonly #rates: Rates;
  /** Of the frames that carried audio. */
  #audioBytes = 0;

  constructor(options: StreamOptions, onFaulty: OnFaulty) {
    const { candidate, format } = options;
    const { inputRateHz = format.sampleRateHz, silenceSettlesAfterMs = null } =
      candidate.provider.traits;
    super({ ...options, format: { ...format, sampleRateHz: inputRateHz } }, onFaulty);
    this.#options = options;
    this.#rates = new Rates(
      { ours: format.sampleRateHz, theirs: inputRateHz },
      silenceSettlesAfterMs,
    );
  }

  override async prepare(): Promise<Failure | null> {
    try {
      await this.#rates.prepare(this.#options.createResampler);
      return null;
    } catch (error) {
      return { kind: 'config', code: 'resampler', detail: textOf(error) };
    }
  }

  override get sentSamples(): number {
    return this.#rates.sentSamples;
  }

  override get tellsNothingOfSilence(): boolean {
    return this.#rates.tellsNothingOfSilence;
  }

  override encodeAudio(
    bytes: Uint8Array,
    atMs: number,
    position: number,
    capturedAtMs: number,
  ): Frame | null {
    const frame = super.encodeAudio(bytes, atMs, position, capturedAtMs);
    this.#audioBytes += frame?.length ?? 0;
    return frame;
  }

  override settleSilence(
    facts: SilenceFacts,
    isQuiet: boolean,
    prove: () => void,
  ): readonly ProviderEvent[] {
    const { through, needsProof } = arrivedThrough(this.#rates, this.provider.traits, facts);
    if (needsProof) prove();
    if (through === null) return [];
    return this.ours(this.ask((stream) => stream.settleSilence?.(through, isQuiet) ?? null) ?? []);
  }

  override free(): void {
    this.#rates.free();
  }

  protected override theirs(bytes: Uint8Array, atMs: number): Uint8Array {
    return this.#rates.toTheirs(bytes, atMs);
  }

  protected override ours(events: readonly ProviderEvent[]): readonly ProviderEvent[] {
    return this.#rates.toOurs(events);
  }

  /** A ping alone tells nothing: it may be its answer that is slow. */
  protected override arrivedAtMost({ arrivedAtMost }: Pings, bufferedBytes: number): number {
    if (bufferedBytes === 0 || this.#audioBytes === 0) return Infinity;
    const leftRatio = Math.max(0, 1 - bufferedBytes / this.#audioBytes);
    return Math.min(this.sentSamples * leftRatio, arrivedAtMost);
  }
}
