/** What is known of the session at the gateway, from one socket to the next: which number stands for which message. */
import type { LossFacts } from './events.types.ts';
import type { Outbox } from './outbox.ts';
import type { Random } from '../ports/random.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import type { SetAside } from '../protocol/set-aside.ts';
import type { RefusedFrame, WelcomeFrame } from '../protocol/types.ts';
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
  protected hasBegun = false;

  constructor(random: Random, outbox: Outbox, claim: Claim = new Claim(random)) {
    this.claim = claim;
    this.base = outbox.settled;
    this.sentThrough = outbox.settled;
  }

  /** Where its gateways are, as far as they may be: from `home`, which a function may give anew, and where they sent us. */
  placesFrom(
    home: string,
    { mayMoveTo, random }: { readonly mayMoveTo: readonly string[]; readonly random: Random },
  ): Addresses {
    if (this.places?.home !== home) this.places = new Addresses(home, mayMoveTo, random);
    return this.places;
  }

  /** Of what was never sent. */
  get nextSeq(): number {
    return this.seqOf(Math.max(this.sentThrough, this.base));
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
    // Also where nothing waits: what was acknowledged there may have led to nothing, and what was said there may not have come.
    const isAnother = this.hasBegun;
    this.hasBegun = true;
    const told = losses.filter(({ messages, reason }) => {
      return messages > 0 || (isAnother && reason === 'sessionLost');
    });
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

  /** The gateway's application failed on it again and again: it arrived, and led to nothing. */
  lossIn(setAside: SetAside | null): LossFacts | null {
    if (setAside === null) return null;
    const { seq, bytes } = setAside;
    const index = this.after(seq) - 1;
    return { reason: 'setAside', messages: 1, bytes, isCertain: true, index };
  }

  /**
   * Of a session that is over: what was not committed of it was not, for certain.
   *
   * @returns what was committed, and led to nothing (P24.5).
   */
  refused(outbox: Outbox, { code, why, up, unhandled = 0 }: RefusedFrame): readonly LossFacts[] {
    const isOver = code === CLOSE.graceExpired || why === 'app-failed';
    if (!isOver || up === undefined) return [];
    outbox.settle(this.#sentAmong(up), false);
    this.sentThrough = outbox.settled;
    if (unhandled === 0) return [];
    return [{ reason: 'setAside', messages: unhandled, bytes: 0, isCertain: false }];
  }

  /** The gateway has the messages through `seq`. */
  acknowledged(outbox: Outbox, seq: number): void {
    this.claim.acked = seq;
    this.claim.blame.progressed();
    outbox.settle(this.after(seq), true);
    this.changed();
  }

  /** A message of the gateway's. @returns how far it is ahead of what is here: 1 for the next, which then is. */
  admit(seq: number): number {
    const ahead = this.claim.admit(seq);
    if (ahead === 1) this.changed();
    return ahead;
  }

  /** There is no socket any more, and nothing of it all is sent. */
  leave(outbox: Outbox, isGateway: boolean, _hasFinished: boolean): readonly LossFacts[] {
    const unsure = outbox.settle(isGateway ? this.sentThrough : 0, false);
    const unsent = outbox.settle(outbox.end, false);
    const losses: LossFacts[] = [
      { reason: 'closed', ...unsure, isCertain: false },
      { reason: 'closed', ...unsent, isCertain: true },
    ];
    return losses.filter(({ messages }) => messages > 0);
  }

  /** Nothing may be sent just now. */
  get isHeld(): boolean {
    return false;
  }

  /** Messages came, or something is known that was not. */
  changed(): void {}

  /** A socket carries them from now on. @param go to be called when they are not held any more. */
  attached(_go: () => void): void {}

  /** One does not, whose epoch is given. */
  detached(_epoch: number): void {}

  /** Nobody can have what was never sent. */
  #sentAmong(seq: number): number {
    return Math.min(this.after(seq), this.sentThrough);
  }
}
