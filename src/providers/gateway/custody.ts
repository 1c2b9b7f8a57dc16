/** What a client knows of its session at the gateway, from one socket to the next. Holds secrets: nobody inspects it. */
import type { Addresses } from './addresses.ts';
import { Claim } from './claim.ts';
import type { ClaimFacts } from './claim.ts';
import { Numbers } from './numbers.ts';
import { checkedCustody } from './saved-custody.ts';
import type { SavedCustody } from './saved-custody.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { Keepable } from '../../ports/spool.ts';
import type { HelloFrame, WelcomeFrame } from '../../protocol/types.ts';

export interface CustodyOptions extends ClaimFacts {
  /** Brings a new bearer before the one in use expires. Default: nobody does. */
  readonly renew?: () => string | Promise<string>;
}

export class Custody extends Claim implements Keepable {
  numbers = new Numbers(0);
  /** Finals cover the audio through this sample. */
  fin = 0;
  /** The `lastSeq` of FIN, once it was said. */
  goodbyeAt: number | null = null;
  /** When the first audio that is sent was captured. */
  #startedAtMs: number | null = null;
  readonly addresses: Addresses;
  readonly clock: Pick<Clock, 'nowMs'>;

  constructor(random: Random, addresses: Addresses, clock: Pick<Clock, 'nowMs'>) {
    super(random);
    this.addresses = addresses;
    this.clock = clock;
  }

  /** Milliseconds since the first audio. */
  sinceStartMs(capturedAtMs: number): number {
    this.#startedAtMs ??= capturedAtMs;
    return Math.max(0, Math.round(capturedAtMs - this.#startedAtMs));
  }

  hello(options: CustodyOptions, wallMs: number): HelloFrame {
    return this.ask(options, this.numbers.last + 1, this.fin, wallMs);
  }

  save(laterMs: number): SavedCustody {
    const { numbers, fin, addresses } = this;
    const startedAtMs = this.#startedAtMs === null ? null : this.#startedAtMs - laterMs;
    return { ...this.claimed, numbers: numbers.save(), fin, startedAtMs, address: addresses.first };
  }

  /** @throws TenutoError SPOOL_CORRUPT. */
  load(given: unknown, throughSample: number, laterMs: number): void {
    const saved = checkedCustody(given);
    this.claimed = saved;
    this.numbers = Numbers.of(saved.numbers, throughSample);
    this.fin = saved.fin;
    this.#startedAtMs = saved.startedAtMs === null ? null : saved.startedAtMs + laterMs;
    this.addresses.sentTo([saved.address]);
  }

  /**
   * The sample through which the gateway has the audio; null for a welcome that comes too late to be one. Of a session that is
   * gone, what has no final yet goes into the next one, as far as it is held.
   *
   * @param fin as HELLO said it: the next one begins there.
   */
  welcomed(frame: WelcomeFrame, fin: number): number | null {
    const outcome = this.take(frame);
    if (outcome === 'stale') return null;
    if (outcome === 'begun') this.numbers = new Numbers(fin);
    else if (frame.position !== undefined) this.numbers.learn(frame.up, frame.position);
    else if (frame.up > this.numbers.last) {
      this.forget(); // where that ends nobody can say. P12.12
      return null;
    }
    return this.numbers.endOf(frame.up);
  }
}
