/** How long an attachment's bearer is believed, and the new ones that its client brings in mid-session (PROTOCOL.md, P12.11). */
import type { Principal } from './auth/principal.ts';
import type { Refusal } from './refusal.ts';
import type { WallClock } from '../ports/clock.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import type { CloseCode } from '../protocol/close-codes.ts';
import { encodeFrame } from '../protocol/frames.ts';

/** New bearers that wait to be looked at. */
const MAX_RENEWALS = 3;

const DONE = Promise.resolve();

/** The attachment. */
export interface BearerTermEnd {
  /** Who a new bearer was issued to. */
  renew(bearer: string): Promise<Principal | Refusal>;
  /** It was somebody else. */
  onForeignBearer(): void;
  send(frame: Uint8Array): void;
  close(code: CloseCode): void;
}

export class BearerTerm {
  /** Who was let in. */
  readonly #principal: Principal;
  readonly #wallClock: WallClock;
  readonly #end: BearerTermEnd;
  /** By the wall clock; null: the bearer does not expire. */
  #expiresAtMs: number | null;
  #renewals = 0;
  #renewed: Promise<void> = DONE;
  #isOver = false;

  constructor(principal: Principal, wallClock: WallClock, end: BearerTermEnd) {
    this.#principal = principal;
    this.#wallClock = wallClock;
    this.#end = end;
    this.#expiresAtMs = principal.expiresAtMs ?? null;
  }

  get isExpired(): boolean {
    return this.#expiresAtMs !== null && this.#wallClock() >= this.#expiresAtMs;
  }

  /** So that the client brings a new bearer in time: its own clock may be wrong. Nothing where it does not expire. */
  tellExpiry(): void {
    if (this.#expiresAtMs !== null) this.#sendAuthOk();
  }

  /** A new one: looked at after those before it. */
  take(bearer: string): void {
    if (this.#renewals >= MAX_RENEWALS) {
      this.#end.close(CLOSE.rate);
      return;
    }
    this.#renewals += 1;
    this.#renewed = this.#renewed.then(() => this.#renew(bearer));
  }

  stop(): void {
    this.#isOver = true;
  }

  /** A bearer that is not believed ends the socket; where nobody can say, the one before it goes on. */
  async #renew(bearer: string): Promise<void> {
    const renewed = await this.#end.renew(bearer);
    this.#renewals -= 1;
    if (this.#isOver) return;
    if ('kind' in renewed) {
      if (renewed.code === CLOSE.capacity) this.#sendAuthOk();
      else this.#end.close(renewed.code as CloseCode);
    } else if (renewed.subject !== this.#principal.subject) {
      this.#end.onForeignBearer();
      this.#end.close(CLOSE.badResumeToken);
    } else {
      this.#expiresAtMs = renewed.expiresAtMs ?? null;
      this.#sendAuthOk();
    }
  }

  #sendAuthOk(): void {
    const leftMs = (this.#expiresAtMs ?? 0) - this.#wallClock();
    const expiresInMs = this.#expiresAtMs === null ? null : Math.max(0, Math.round(leftMs));
    this.#end.send(encodeFrame({ type: 'authOk', expiresInMs }));
  }
}
