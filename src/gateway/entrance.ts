/** How a client is let in: it is asked who it is, and has its answer in time, whatever a verifier or a store does. */
import type { Admission } from './admission/admission.ts';
import type { Bearers } from './auth/bearers.ts';
import type { Counters } from './counters.ts';
import type { Departure } from './departure.ts';
import type { LetIn } from './door.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Pauses } from './pauses.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { Registry } from './registry.ts';
import type { Attached } from './registry.types.ts';
import type { Clock } from '../ports/clock.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import { WELCOME_TIMEOUT_MS } from '../protocol/limits.ts';
import type { HelloFrame } from '../protocol/types.ts';

/** Whether the session is there must not be heard in how long the answer takes: a store's reading has time for both. */
const NO_SUCH_SESSION_AFTER_MS = 50;
/** From HELLO on; what is left of the client's patience is for the way. P2.4 */
const ANSWER_WITHIN_MS = WELCOME_TIMEOUT_MS - 500;

export interface EntranceOptions {
  readonly clock: Clock;
  readonly life: Lifecycle;
  readonly departure: Departure;
  readonly admission: Admission;
  readonly bearers: Bearers;
  readonly registry: Registry;
  readonly pauses: Pauses;
  readonly counters: Counters;
}

export class Entrance {
  readonly #options: EntranceOptions;

  constructor(options: EntranceOptions) {
    this.#options = options;
  }

  async letIn(
    hello: HelloFrame,
    remoteAddress: string,
    isGone: () => boolean,
  ): Promise<LetIn | Refusal> {
    const { admission, clock } = this.#options;
    const startedAtMs = clock.nowMs();
    const closed = this.#closedAtDoor(hello) ?? admission.atDoor(remoteAddress);
    if (closed !== null) return this.#counted(closed);
    try {
      const answer = await this.#answer(hello, remoteAddress, isGone, startedAtMs);
      return 'session' in answer ? answer : this.#counted(answer);
    } finally {
      admission.leftDoor();
    }
  }

  async #answer(
    hello: HelloFrame,
    remoteAddress: string,
    isGone: () => boolean,
    startedAtMs: number,
  ): Promise<LetIn | Refusal> {
    const { bearers, registry, pauses } = this.#options;
    const principal = await bearers.principalOf(hello.auth, remoteAddress, 'hello');
    if ('kind' in principal) return principal;
    if (isGone()) return refuse('heartbeat');
    const closed = this.#closedTo(hello);
    if (closed !== null) return closed;
    const attaching = registry.attach(hello, principal, remoteAddress, isGone);
    const attached = await this.#inTime(attaching, startedAtMs);
    if (attached.kind === 'attached') {
      if (!isGone()) return { ...attached, principal };
      abandon(attached);
      return refuse('heartbeat');
    }
    if (attached.code === CLOSE.badResumeToken)
      await pauses.until(startedAtMs + NO_SUCH_SESSION_AFTER_MS);
    return attached;
  }

  /** Where its sessions go is told to those only who are believed. P17.1 */
  #closedAtDoor(hello: HelloFrame): Refusal | null {
    const { life, departure } = this.#options;
    const isToBeTold = life.readiness === 'draining' && departure.to.length > 0;
    return isToBeTold ? null : this.#closedTo(hello);
  }

  /** Why nobody is let in; null where they are. Who has a session may have it elsewhere any moment, and is not told to wait. */
  #closedTo({ mode }: HelloFrame): Refusal | null {
    const { life, departure, admission } = this.#options;
    if (life.readiness !== 'draining') return life.refusal;
    const { to } = departure;
    const refusal = mode === 'new' ? admission.departing(life.staysForMs) : refuse('draining');
    return to.length === 0 ? refusal : { ...refusal, to };
  }

  /** A store that says nothing costs the client no more than its patience. */
  async #inTime(
    attaching: Promise<Attached | Refusal>,
    startedAtMs: number,
  ): Promise<Attached | Refusal> {
    const { pauses, admission } = this.#options;
    const attached = await pauses.orBy(startedAtMs + ANSWER_WITHIN_MS, attaching);
    if (attached !== null) return attached;
    attaching.then(
      (late) => {
        if (late.kind === 'attached') abandon(late);
      },
      () => undefined,
    );
    return admission.unstored();
  }

  /** Who has gone meanwhile was not refused. */
  #counted(refusal: Refusal): Refusal {
    if (refusal.code !== CLOSE.heartbeat) this.#options.counters.refused(refusal.code);
    return refusal;
  }
}

/** The client has not been told: nobody knows of a session that was begun for it. One that was taken up waits for it. */
function abandon({ session, isResumed }: Attached): void {
  if (!isResumed) session.retire();
}
