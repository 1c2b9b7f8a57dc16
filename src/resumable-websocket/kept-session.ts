/** The session of a socket with a spool: what another process of this client needs to go on with it, and where the two meet. */
import type { LossFacts } from './events.types.ts';
import { MessageSession } from './message-session.ts';
import type { Footing } from './message-session.ts';
import type { Outbox } from './outbox.ts';
import type { Random } from '../ports/random.ts';
import type { WelcomeFrame } from '../protocol/types.ts';
import { Claim } from '../providers/gateway/claim.ts';
import type { Claimed } from '../providers/gateway/claim.ts';

class KeptClaim extends Claim {
  save(): Claimed {
    return this.claimed;
  }

  load(claimed: Claimed): void {
    this.claimed = claimed;
  }
}

export interface SavedSession {
  readonly claimed: Claimed;
  readonly base: number;
  readonly sentThrough: number;
  /** A socket was there: what was stored may all have been sent, and more. */
  readonly isSending: boolean;
  /** Messages from here on are of a life that no gateway has welcomed. */
  readonly seam: number | null;
  /** Messages that were taken before the seam, and not stored. */
  readonly unstored: number;
}

/** Who keeps it. */
export interface Keeper {
  /** Something changed. */
  touch(): void;
  readonly isHolding: boolean;
  /** All that is known now is stored before `go` is called, or storage has taken too long for that. */
  storeFirst(go: () => void): void;
}

export class KeptSession extends MessageSession {
  declare readonly claim: KeptClaim;
  readonly #keeper: Keeper;
  #isSending = false;
  /** What is unsure in another life is so until it is welcomed. */
  #wasSending = false;
  #seam: number | null = null;
  #unstored = 0;

  constructor(random: Random, outbox: Outbox, keeper: Keeper) {
    super(random, outbox, new KeptClaim(random));
    this.#keeper = keeper;
  }

  /** @param end of the messages that were stored. @param first the oldest of them. */
  load(saved: SavedSession, end: number): void {
    this.claim.load(saved.claimed);
    this.base = saved.base;
    this.sentThrough = saved.isSending ? (saved.seam ?? end) : saved.sentThrough;
    this.hasBegun = this.claim.isKnown;
    this.#wasSending = saved.isSending;
    this.#seam = saved.seam ?? end;
    this.#unstored = saved.unstored;
  }

  /** @param unstored messages of this life that are not stored. */
  save(unstored: number): SavedSession {
    return {
      claimed: this.claim.save(),
      base: this.base,
      sentThrough: this.sentThrough,
      isSending: this.#isSending || (this.#seam !== null && this.#wasSending),
      seam: this.#seam,
      unstored: this.#unstored + unstored,
    };
  }

  /** The gateway may have more of the life before than was stored: what was taken since follows there (PROTOCOL.md, P12.12). */
  override footing(frame: WelcomeFrame, outbox: Outbox, maxBytes: number): Footing {
    const { resumed, up, downFrom } = frame;
    if (resumed) this.claim.received = Math.max(this.claim.received, downFrom - 1);
    const losses = this.#seam === null ? [] : this.#meet(this.#seam, resumed ? up : null);
    const footing = super.footing(frame, outbox, maxBytes);
    return { ...footing, losses: [...losses, ...footing.losses] };
  }

  override changed(): void {
    this.#keeper.touch();
  }

  override get isHeld(): boolean {
    return this.#keeper.isHolding;
  }

  override attached(go: () => void): void {
    this.#isSending = true;
    this.#keeper.storeFirst(go);
  }

  override detached(epoch: number): void {
    if (epoch === 0 || epoch !== this.claim.epoch) return;
    this.#isSending = false;
    this.#keeper.touch();
  }

  /** What is left is for another life. */
  override leave(...given: Parameters<MessageSession['leave']>): readonly LossFacts[] {
    const [, , hasFinished] = given;
    return hasFinished ? super.leave(...given) : [];
  }

  /** @param up null where it has no such session. */
  #meet(seam: number, up: number | null): readonly LossFacts[] {
    const ahead = up === null ? 0 : Math.max(0, this.after(up) - seam);
    const messages = Math.max(0, this.#unstored - ahead);
    const isCertain = up !== null || !this.#wasSending;
    this.base -= ahead;
    if (up !== null) this.sentThrough = Math.max(this.sentThrough, this.after(up));
    this.#seam = null;
    this.#unstored = 0;
    return messages === 0 ? [] : [{ reason: 'notKept', messages, bytes: 0, isCertain }];
  }
}
