/** Who is let in, as far as there is room and a rate: whoever is not is told when to come again, and loses nothing by it. */
import { Memory } from './memory.ts';
import { addressKey, networkKey } from './networks.ts';
import { Places } from './places.ts';
import type { AdmissionLimits } from './limits.ts';
import { rivalWaitMs } from './rivals.ts';
import { TokenBuckets } from './token-buckets.ts';
import type { SessionCard } from '../card.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import type { Audit } from '../audit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { CLOSE } from '../../protocol/close-codes.ts';
import { RETRY_JITTER_RATIO } from '../../protocol/limits.ts';

export interface AdmissionOptions {
  readonly limits: AdmissionLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly audit: Audit;
  readonly graceMs: number;
}

/** A whole gateway is full of sessions that end by and by; of a storm the first are through in a second. */
const FULL_RETRY_MS = 10_000;
const BUSY_RETRY_MS = 1_000;
/** Of a principal's sessions one may end at any time. */
const SESSIONS_RETRY_MS = 15_000;
/** Whoever is told to wait comes back while the session still waits for it. */
const RETRY_MAX_GRACE_RATIO = 0.5;

export class Admission {
  readonly limits: AdmissionLimits;
  readonly memory: Memory;
  readonly #options: AdmissionOptions;
  readonly #unknown: Places;
  readonly #sessions: Places;
  readonly #byAddress: TokenBuckets;
  readonly #bySubject: TokenBuckets;
  #atDoor = 0;

  constructor(options: AdmissionOptions) {
    const { limits } = options;
    this.limits = limits;
    this.memory = new Memory(limits.memoryBytes);
    this.#options = options;
    this.#unknown = new Places(limits.unauthenticatedPerNetwork, limits.unauthenticated);
    this.#sessions = new Places(limits.sessionsPerPrincipal, limits.sessions);
    this.#byAddress = new TokenBuckets(limits.hellosPerAddressPerMinute);
    this.#bySubject = new TokenBuckets(limits.hellosPerMinute);
  }

  /** Whether one more may come that has not said who it is. */
  hasRoomFor(remoteAddress: string): boolean {
    const denied = this.#unknown.denial(networkKey(remoteAddress));
    if (denied === null) return true;
    this.#options.audit.tell('limit.reached', {
      remoteAddress,
      detail: `unauthenticated ${denied}`,
    });
    return false;
  }

  /** A socket that has not said who it is. @returns it has, or is gone. */
  arrive(remoteAddress: string): () => void {
    return this.#unknown.take(networkKey(remoteAddress));
  }

  /** One more that wants to be let in. Null where it may go on; then `leftDoor` follows. */
  atDoor(remoteAddress: string): Refusal | null {
    if (this.#atDoor >= this.limits.hellosAtOnce) return this.#later('capacity', BUSY_RETRY_MS);
    const waitMs = this.#byAddress.take(addressKey(remoteAddress), this.#nowMs);
    if (waitMs > 0) {
      this.#options.audit.tell('limit.reached', { remoteAddress, detail: 'hellos of an address' });
      return this.#later('rate', waitMs);
    }
    this.#atDoor += 1;
    return null;
  }

  leftDoor(): void {
    this.#atDoor -= 1;
  }

  /** A bearer was believed: whether its subject may show another one just now. */
  known(subject: string, remoteAddress: string): Refusal | null {
    const waitMs = this.#bySubject.take(subject, this.#nowMs);
    if (waitMs === 0) return null;
    const detail = 'hellos of a subject';
    this.#options.audit.tell('limit.reached', { subject, remoteAddress, detail });
    return this.#later('rate', waitMs);
  }

  /** Keys cannot be had, or a verifier takes too long: nobody can be let in just now. */
  unverified(): Refusal {
    return { ...this.#later('capacity', BUSY_RETRY_MS), why: 'unverified' };
  }

  /** The gateway is about to end. @param staysForMs at the most: who has no session comes when the next one may be there. */
  departing(staysForMs: number): Refusal {
    return this.#later('draining', Math.min(Math.max(staysForMs, BUSY_RETRY_MS), FULL_RETRY_MS));
  }

  /** The store says nothing for so long that the client must not wait for it. */
  unstored(): Refusal {
    return this.#later('storeUnavailable', BUSY_RETRY_MS);
  }

  /** A place for a new session, or why there is none. */
  place(subject: string): (() => void) | Refusal {
    if (this.memory.isFull) {
      this.#options.audit.tell('limit.reached', { subject, detail: 'memory' });
      return this.#later('capacity', FULL_RETRY_MS);
    }
    const denied = this.#sessions.denial(subject);
    if (denied === null) return this.#sessions.take(subject);
    this.#options.audit.tell('limit.reached', { subject, detail: `sessions ${denied}` });
    return denied === 'own'
      ? this.#later('sessionLimit', SESSIONS_RETRY_MS)
      : this.#later('capacity', FULL_RETRY_MS);
  }

  /** For a session that there is already: it counts, and is never refused. */
  placeAnyway(subject: string): () => void {
    return this.#sessions.take(subject);
  }

  /** Whether `inst` may take the session from who has it. @param nowMs by the wall clock. */
  contested(sessionId: string, card: SessionCard, inst: string, nowMs: number): Refusal | null {
    const waitMs = rivalWaitMs(card, inst, nowMs, this.limits.rivalEpochs);
    if (waitMs === 0) return null;
    this.#options.audit.tell('session.contested', { sessionId });
    return this.#later('rate', waitMs);
  }

  get #nowMs(): number {
    return this.#options.clock.nowMs();
  }

  /** Spread, so that those who were refused together do not come back together (PROTOCOL.md, P16.4). */
  #later(why: keyof typeof CLOSE, waitMs: number): Refusal {
    const { random, graceMs } = this.#options;
    const spread = 1 + RETRY_JITTER_RATIO * (2 * random.unit() - 1);
    const maxMs = graceMs * RETRY_MAX_GRACE_RATIO;
    return refuse(why, { retryAfterMs: Math.ceil(Math.min(waitMs, maxMs) * spread) });
  }
}
