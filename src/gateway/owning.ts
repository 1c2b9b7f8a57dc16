/** How a session comes to live here: what makes it ours is appended behind the tail of its log, as its lease allows. */
import type { App } from './app.ts';
import { encodeCard } from './card.ts';
import type { Lease } from './lease.ts';
import type { RegistryOptions } from './registry.types.ts';
import { Retirement } from './retirement.ts';
import { appendFence } from './fencing.ts';
import type { Snapshot } from './fencing.ts';
import { GatewaySession } from './session.ts';
import type { GatewaySessionOptions, SessionHouse, SessionKeeper } from './session.types.ts';
import { NOTHING_RECALLED, lookInLog, recall } from './takeover.ts';
import type { Known } from './takeover.ts';
import { newSessionId } from './tokens.ts';
import type { LeaseOrder, LeaseRelease } from '../../machines/lease.types.ts';
import { TenutoError } from '../ports/errors.ts';
import type { AppendOutcome } from '../ports/log-store.ts';

type Owned = Pick<GatewaySessionOptions, 'id' | 'lease' | 'writer' | 'card' | 'standing' | 'tail'>;

/** A session that is to be ours; its lease waits for the fence. */
export interface Wanted extends Pick<Owned, 'id' | 'lease' | 'card' | 'standing'> {
  /** Where its log ends; 0 for a new one. */
  readonly after: number;
  /** Gives the session's place back. */
  readonly leavePlace: () => void;
}

export class Owning implements SessionKeeper {
  /** This gateway goes: what comes to be ours is left at once. */
  isLeaving = false;
  readonly #options: RegistryOptions;
  readonly #sessions: Map<string, GatewaySession>;
  readonly #retirement: Retirement;

  /** @param sessions where those that are ours are kept, by their ids. */
  constructor(options: RegistryOptions, sessions: Map<string, GatewaySession>) {
    this.#options = options;
    this.#sessions = sessions;
    this.#retirement = new Retirement(options.store);
  }

  newLease(id: string): Lease {
    const lease = this.#options.createLease(id);
    lease.obeyedBy({
      obey: (order) => {
        this.retire(id, lease, order);
      },
    });
    return lease;
  }

  get house(): SessionHouse {
    return this.#options;
  }

  get maxUnhandledBytes(): number {
    return this.#options.admission.limits.unhandledBytesPerSession;
  }

  onGone(id: string, why: LeaseRelease): void {
    const { counters, onGone } = this.#options;
    const session = this.#sessions.get(id);
    counters.endings[why] += 1;
    this.#sessions.delete(id);
    if (session !== undefined) onGone(session, why);
  }

  retire(id: string, lease: Lease, order: LeaseOrder): void {
    this.#retirement.obey(id, lease, order);
  }

  sweep(): void {
    this.#retirement.sweep();
  }

  /**
   * Ends a session that does not live here. False where there is none that could be ended.
   *
   * @throws TenutoError STORE_UNAVAILABLE
   */
  async end(id: string): Promise<boolean> {
    const lease = this.newLease(id);
    while (lease.is('claiming.reading')) {
      const known = await this.asked(id, lease, lookInLog(this.#options, id));
      if (known === null) return false;
      if (known === undefined) break;
      lease.step({ type: 'session.loggedOut', log: known.log });
      if (lease.is('over')) return false;
      const card = { ...known.card, isLoggedOut: true };
      await this.conclude(id, lease, { ...known, card });
    }
    if (lease.is('ended')) return true;
    throw new TenutoError({
      code: 'STORE_UNAVAILABLE',
      message: 'Nobody can say whether the session was ended.',
      remediation: 'End it again when the store answers.',
    });
  }

  /** Writes its last record behind the tail that was read: whoever owns it learns of it at the next append. */
  async conclude(id: string, lease: Lease, { position, standing, card }: Known): Promise<void> {
    const last = { standing, card: encodeCard(card) };
    await contend(lease, 'end.committed', this.#appending(id, position, last, 'end'));
  }

  /** Undefined where nobody could say: who asks is sent elsewhere, and its session stays as it is in the log. */
  async asked<T>(id: string, lease: Lease, answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (TenutoError.is(error) && error.code === 'STORE_CORRUPT') this.#alarm(id, error);
      lease.step({ type: 'store.failed' });
      return undefined;
    }
  }

  /** Its client holds what it was acknowledged, and is told to begin anew with it. */
  #giveUp(sessionId: string, lease: Lease): void {
    const { audit, logger, tagOf } = this.#options;
    audit.tell('log.unreadable', { sessionId });
    logger.error('A session is ended: its store has lost what nobody but its client may have.', {
      session: tagOf(sessionId),
    });
    lease.step({ type: 'log.incomplete' });
  }

  #alarm(sessionId: string, { message }: TenutoError): void {
    const { audit, logger, tagOf } = this.#options;
    audit.tell('log.unreadable', { sessionId });
    logger.error('A session cannot be taken up.', {
      session: tagOf(sessionId),
      reason: message,
    });
  }

  #appending(
    sessionId: string,
    after: number,
    snapshot: Snapshot,
    kind: 'fence' | 'end',
    writer = newSessionId(this.#options.secrets),
  ): () => Promise<AppendOutcome> {
    const { store, wallClock } = this.#options;
    return () => appendFence({ store, sessionId, writer, wallClock }, after, snapshot, kind);
  }

  /** Null where another was faster, or the store says nothing: its lease knows. */
  async own(wanted: Wanted, app: App): Promise<GatewaySession | null> {
    const { id, lease, card, standing, after, leavePlace } = wanted;
    const writer = newSessionId(this.#options.secrets);
    const fence = { standing, card: encodeCard(card) };
    const append = this.#appending(id, after, fence, 'fence', writer);
    const tail = await contend(lease, 'fence.committed', append);
    if (tail === null) {
      leavePlace();
      return null;
    }
    const isTakenOver = after !== 0;
    const session = this.#sessionOf({ id, lease, writer, card, standing, tail }, leavePlace);
    const recalled = isTakenOver
      ? await this.asked(id, lease, recall(this.#options.store, id, standing))
      : NOTHING_RECALLED;
    if (recalled === null) this.#giveUp(id, lease);
    if (!recalled || !session.open(app, recalled, isTakenOver)) return null;
    if (this.isLeaving) void session.leave();
    return session;
  }

  /** It lives here from now on. */
  #sessionOf(owned: Owned, leavePlace: () => void): GatewaySession {
    const account = this.#options.admission.memory.account();
    const session = new GatewaySession(this, { ...owned, account, leavePlace });
    this.#sessions.set(owned.id, session);
    return session;
  }
}

/**
 * Appends until the store has said what became of it, or the lease has it done with.
 *
 * @param fact what the lease is told once the record is in the log.
 * @returns where the record stands; null where it does not.
 */
async function contend(
  lease: Lease,
  fact: 'fence.committed' | 'end.committed',
  append: () => Promise<AppendOutcome>,
): Promise<number | null> {
  const { state } = lease;
  while (lease.state === state) {
    const outcome = await append();
    switch (outcome.kind) {
      case 'committed':
        lease.step({ type: fact });
        return outcome.position;
      case 'conflict':
        lease.step({ type: 'owner.fenced' });
        break;
      case 'unknown':
        lease.step({ type: 'fence.unanswered' });
        break;
      default:
        lease.step({ type: 'store.failed' });
    }
  }
  return null;
}
