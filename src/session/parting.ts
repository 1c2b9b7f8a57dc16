/** What a session still does for what was said, once it is to end. */
import type { Carrier } from './carrier.ts';
import type { Drain } from './drain.ts';
import type { ResolvedOptions } from './options.ts';
import { withPatience, withTimeout } from './timeout.ts';
import type { Subscribe } from './timeout.ts';
import type { ConnectionStatus } from '../../machines/connection.types.ts';

const GOODBYE_MS = 3_000;

const UP: readonly ConnectionStatus[] = ['active', 'connected'];

export class Parting {
  readonly #options: Pick<ResolvedOptions, 'candidates' | 'clock'>;
  readonly #drain: Drain;
  readonly #carrier: Carrier;
  readonly #withinMs: number;
  readonly #onResult: Subscribe;

  /**
   * @param withinMs how long it may take, or tell nothing; 0: nothing is waited for.
   * @param onResult tells of each result.
   */
  constructor(
    options: Pick<ResolvedOptions, 'candidates' | 'clock'>,
    drain: Drain,
    carrier: Carrier,
    withinMs: number,
    onResult: Subscribe,
  ) {
    this.#onResult = onResult;
    this.#options = options;
    this.#drain = drain;
    this.#carrier = carrier;
    this.#withinMs = withinMs;
  }

  /** A service keeps the audio: that it has all of it does not mean that it has told all that comes of it. */
  get isKept(): boolean {
    return this.#options.candidates.every(({ provider }) => provider.traits.keepsAudio === true);
  }

  /**
   * A service that keeps audio has all of it, and is asked for the rest of what it tells, through reconnections. There may be
   * much of it, and an outage in between: it is waited for as long as something comes.
   */
  finish(status: ConnectionStatus): Promise<boolean> {
    const canCome = UP.includes(status) || status === 'reconnecting';
    if (!this.isKept || !canCome || this.#withinMs === 0) return Promise.resolve(false);
    return withPatience(this.#options.clock, this.#withinMs, this.#onResult, (signal) =>
      this.#drain.finish(signal),
    );
  }

  /**
   * A standing link delivers what is left, and is told goodbye; nothing is dialled for it. A service that keeps audio has had its
   * time by then.
   */
  async deliver(status: ConnectionStatus): Promise<void> {
    if (!UP.includes(status) || this.#withinMs === 0) return;
    if (!this.isKept) await this.#delivered();
    await this.#carrier.link?.goodbye(GOODBYE_MS);
  }

  #delivered(): Promise<boolean> {
    return withTimeout(this.#options.clock, this.#withinMs, (signal) =>
      this.#drain.wait(signal, { linkOnly: true }),
    );
  }
}
