/**
 * Which sessions live here, and how a client comes to one: it begins it, takes it up where it left it, or takes it over
 * from a gateway that is gone. Who has committed a fence owns the session; before that nobody is disturbed.
 */
import type { Principal } from './auth/principal.ts';
import { encodeCard } from './card.ts';
import type { SessionCard } from './card.ts';
import { endingOf } from './counters.ts';
import { judge } from './judgement.ts';
import type { Verdict } from './judgement.ts';
import type { Standing } from './records.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { Attached, RegistryOptions } from './registry.types.ts';
import { appendFence } from './fencing.ts';
import { GatewaySession } from './session.ts';
import type { Departure, GatewaySessionOptions } from './session.types.ts';
import { cardFor, endInLog, lookInLog, newCard, recall, standingFor } from './takeover.ts';
import type { Known, Recalled } from './takeover.ts';
import { newSessionId, newToken } from './tokens.ts';
import type { HelloFrame } from '../protocol/types.ts';

/** Somebody else fences at the same moment: the loser looks again, but not for ever. */
const MAX_TRIES = 5;

const NOTHING: Standing = { epoch: 0, up: 0, down: 0, downAcked: 0, fin: 0, done: 0 };

type Owned = Pick<GatewaySessionOptions, 'id' | 'writer' | 'card' | 'standing' | 'tail'>;

export class Registry {
  readonly #options: RegistryOptions;
  readonly #sessions = new Map<string, GatewaySession>();
  /** One attachment at a time for each session. */
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  get sessions(): Iterable<GatewaySession> {
    return this.#sessions.values();
  }

  get size(): number {
    return this.#sessions.size;
  }

  attach(hello: HelloFrame, principal: Principal, from: string): Promise<Attached | Refusal> {
    if (hello.mode === 'new') return this.#begin(hello, principal);
    const { sid = '' } = hello;
    const before = this.#queues.get(sid) ?? Promise.resolve();
    const attached = before.then(() => this.#resume(sid, hello, principal, from));
    const settled = attached.catch(() => undefined);
    this.#queues.set(sid, settled);
    void settled.then(() => {
      if (this.#queues.get(sid) === settled) this.#queues.delete(sid);
    });
    return attached;
  }

  async #begin(hello: HelloFrame, { subject }: Principal): Promise<Attached | Refusal> {
    const app = this.#options.apps.get(hello.app ?? 'speech');
    if (app === undefined) return refuse('protocolError');
    const place = this.#options.admission.place(subject);
    if (typeof place !== 'function') return place;
    const token = newToken();
    const card = newCard(hello, subject, token, this.#options.wallClock());
    const id = newSessionId();
    // Finals that the client has from a session before this one are not told again.
    const standing = { ...NOTHING, epoch: hello.epoch + 1, fin: hello.fin };
    const session = await this.#own(id, 0, standing, card, place);
    if (!(session instanceof GatewaySession)) return session ?? refuse('storeUnavailable');
    this.#options.admission.owned(id, hello.inst);
    this.#options.counters.arrivals.begun += 1;
    return { kind: 'attached', session, epoch: standing.epoch, token, isResumed: false };
  }

  /** Ends what lives here of the subject's. @returns how many sessions there were. */
  async logOutSubject(subject: string): Promise<number> {
    const theirs = Array.from(this.sessions).filter(({ card }) => card.subject === subject);
    await Promise.all(theirs.map((session) => this.#logOut(session)));
    return theirs.length;
  }

  /** Ends a session wherever it lives: another gateway that has it learns of it at its next append. */
  async logOutSession(sid: string): Promise<boolean> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const live = this.#sessions.get(sid);
      if (live !== undefined) {
        await this.#logOut(live);
        return true;
      }
      const known = await this.#look(sid);
      if (known === null || known.isEnded) return false;
      const outcome = await endInLog(this.#options, sid, known);
      if (outcome.kind === 'committed') {
        this.#options.audit.tell('session.loggedOut', { sessionId: sid });
        this.#options.onEnded(sid);
        return true;
      }
    }
    return false;
  }

  async #logOut(session: GatewaySession): Promise<void> {
    const { subject } = session.card;
    this.#options.audit.tell('session.loggedOut', { sessionId: session.id, subject });
    await session.logOut();
  }

  async #resume(
    sid: string,
    hello: HelloFrame,
    principal: Principal,
    from: string,
  ): Promise<Attached | Refusal> {
    const { admission, counters } = this.#options;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const known = await this.#look(sid);
      const verdict = judge(known, hello, principal);
      if (verdict.refusal !== null) return this.#refused(verdict, hello, principal, from);
      if (known === null) return refuse('badResumeToken');
      const contested = admission.contested(sid, hello.inst);
      if (contested !== null) return contested;
      const token = newToken();
      const card = cardFor(known.card, hello, token);
      const epoch = Math.max(known.standing.epoch, hello.epoch) + 1;
      const session =
        known.live === null
          ? await this.#takeOver(sid, known, card, hello, epoch)
          : await known.live.fence(card, hello, epoch);
      if (session instanceof GatewaySession) {
        admission.owned(sid, hello.inst);
        counters.arrivals[known.live === null ? 'takenOver' : 'resumed'] += 1;
        return { kind: 'attached', session, epoch, token, isResumed: true };
      }
      if (session !== null) return session;
    }
    return refuse('storeUnavailable');
  }

  #refused(
    { refusal, alarm }: Verdict,
    { sid }: HelloFrame,
    { subject }: Principal,
    remoteAddress: string,
  ): Refusal {
    if (alarm !== null) {
      this.#options.audit.tell(alarm, { sessionId: sid, subject, remoteAddress });
    }
    return refusal ?? refuse('badResumeToken');
  }

  async #look(sid: string): Promise<Known | null> {
    const live = this.#sessions.get(sid);
    if (live === undefined) return lookInLog(this.#options, sid);
    const { card, standing } = live;
    return { live, position: 0, standing, card, isEnded: false };
  }

  async #takeOver(
    sid: string,
    known: Known,
    card: SessionCard,
    hello: HelloFrame,
    epoch: number,
  ): Promise<GatewaySession | Refusal | null> {
    const standing = standingFor(known.standing, hello, epoch);
    const place = this.#options.admission.placeAnyway(card.subject);
    return this.#own(sid, known.position, standing, card, place);
  }

  /**
   * Null where another was faster.
   *
   * @param leavePlace gives the session's place back, now or when it is gone.
   */
  async #own(
    id: string,
    after: number,
    standing: Standing,
    card: SessionCard,
    leavePlace: () => void,
  ): Promise<GatewaySession | Refusal | null> {
    const { store, wallClock, apps } = this.#options;
    const writer = newSessionId();
    const where = { store, sessionId: id, writer, wallClock };
    const fence = { standing, card: encodeCard(card) };
    const app = apps.get(card.app);
    if (app === undefined) {
      leavePlace();
      return refuse('storeUnavailable'); // which sends the client to another gateway
    }
    let outcome = await appendFence(where, after, fence);
    if (outcome.kind === 'unknown') outcome = await appendFence(where, after, fence); // the same id: never twice
    if (outcome.kind !== 'committed') {
      leavePlace();
      return outcome.kind === 'conflict' ? null : refuse('storeUnavailable');
    }
    const isTakenOver = after !== 0;
    const owned = { id, writer, card, standing, tail: outcome.position };
    const session = this.#sessionOf(owned, leavePlace);
    const recalled = isTakenOver ? await this.#recalled(session) : { up: [], down: [] };
    if (recalled !== null && session.open(app, recalled, isTakenOver)) return session;
    // Of a session that has not begun nothing is left; another is taken up where it was, here or elsewhere.
    if (!isTakenOver) {
      await appendFence(where, outcome.position, fence, 'end');
      this.#options.onEnded(id);
    }
    return refuse('storeUnavailable');
  }

  /** Nothing can be written meanwhile but another fence. Null where it cannot be read: then the session is left as it is. */
  async #recalled(session: GatewaySession): Promise<Recalled | null> {
    try {
      return await recall(this.#options.store, session.id, session.standing);
    } catch {
      await session.leave(0);
      return null;
    }
  }

  /** It lives here from now on. */
  #sessionOf(owned: Owned, leavePlace: () => void): GatewaySession {
    const session = new GatewaySession({
      ...this.#options,
      ...owned,
      maxUnhandledBytes: this.#options.admission.limits.unhandledBytesPerSession,
      onGone: (gone, why) => {
        leavePlace();
        this.#gone(gone, why);
      },
    });
    this.#sessions.set(owned.id, session);
    return session;
  }

  #gone(session: GatewaySession, why: Departure): void {
    const { id, card } = session;
    this.#options.counters.endings[endingOf(card, why)] += 1;
    if (this.#sessions.get(id) === session) {
      this.#sessions.delete(id);
      this.#options.admission.forget(id);
    }
    if (why === 'ended' || why === 'expired') this.#options.onEnded(id);
  }
}
