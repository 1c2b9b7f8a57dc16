/** What is known of the session at the gateway, from one socket to the next: which number stands for which message. */
import type { LossFacts } from './events.ts';
import type { ResolvedSocketOptions } from './options.ts';
import type { Outbox } from './outbox.ts';
import type { Random } from '../ports/random.ts';
import type { WelcomeFrame } from '../protocol/types.ts';
import { Addresses } from '../providers/gateway/addresses.ts';
import { Claim } from '../providers/gateway/claim.ts';

/** Where a socket is to send on, and what was lost over it. */
export interface Footing {
  /** The message that is sent next. */
  readonly next: number;
  readonly losses: readonly LossFacts[];
  /** Seqs that will never come. */
  readonly gap: { readonly fromSeq: number; readonly toSeq: number } | null;
}

export class MessageSession {
  readonly claim: Claim;
  /** Null before the first dial. */
  places: Addresses | null = null;
  /** The message that has seq 1. */
  base: number;
  /** Messages before it were sent, on one socket or another. */
  sentThrough: number;

  constructor(random: Random, outbox: Outbox) {
    this.claim = new Claim(random);
    this.base = outbox.settled;
    this.sentThrough = outbox.settled;
  }

  /** Where its gateways are, as far as they may be: from `home`, which a function may give anew, and where they sent us. */
  placesFrom(
    home: string,
    { mayMoveTo, random }: Pick<ResolvedSocketOptions, 'mayMoveTo' | 'random'>,
  ): Addresses {
    if (this.places?.home !== home) this.places = new Addresses(home, mayMoveTo, random);
    return this.places;
  }

  seqOf(number: number): number {
    return number - this.base + 1;
  }

  /** The first message that is not among those through `seq`. */
  after(seq: number): number {
    return this.base + seq;
  }

  /** @param maxBytes longer messages cannot be carried. */
  footing({ resumed, up }: WelcomeFrame, outbox: Outbox, maxBytes: number): Footing {
    return resumed ? this.resume(outbox, up) : this.begin(outbox, maxBytes);
  }

  /**
   * Another session than before. What was sent in that one and not acknowledged may be anywhere: it is told, and not sent twice.
   *
   * @param maxBytes longer messages cannot be carried.
   */
  begin(outbox: Outbox, maxBytes: number): Footing {
    const unsure = outbox.settle(this.sentThrough, false);
    const tooLong = outbox.reject(outbox.settled, maxBytes);
    const losses: LossFacts[] = [
      { reason: 'sessionLost', ...unsure, isCertain: false },
      { reason: 'tooLarge', ...tooLong, isCertain: true },
    ];
    this.base = outbox.settled;
    this.sentThrough = outbox.settled;
    const told = losses.filter(({ messages }) => messages > 0);
    return { next: outbox.settled, losses: told, gap: null };
  }

  /** The log decides what was committed, also where that is less than we were told before (PROTOCOL.md, P12.8). */
  resume(outbox: Outbox, up: number): Footing {
    const through = this.#sentAmong(up);
    if (through >= outbox.settled) {
      outbox.settle(through, true);
      return { next: through, losses: [], gap: null };
    }
    const next = outbox.reopen(through);
    if (next === through) return { next, losses: [], gap: null };
    const gap = { fromSeq: this.seqOf(through), toSeq: this.seqOf(next) - 1 };
    const facts = { messages: next - through, bytes: 0, isCertain: true };
    return { next, losses: [{ reason: 'storeLoss', ...facts }], gap };
  }

  /** The session is over, and was committed through `up`: the rest was not, for certain. */
  endedAt(outbox: Outbox, up: number): void {
    outbox.settle(this.#sentAmong(up), false);
    this.sentThrough = outbox.settled;
  }

  /** Nobody can have what was never sent. */
  #sentAmong(seq: number): number {
    return Math.min(this.after(seq), this.sentThrough);
  }
}
