/**
 * Which sessions live here, and how a client comes to one: it begins it, takes it up where it left it, or takes it over
 * from a gateway that is gone. Who has committed a fence owns the session; before that nobody is disturbed.
 */
import type { Admission } from './admission/admission.ts';
import type { App } from './app.ts';
import type { Audit } from './audit.ts';
import type { Principal } from './auth/principal.ts';
import { decodeCard, encodeCard } from './card.ts';
import type { SessionCard } from './card.ts';
import type { Counters } from './counters.ts';
import { judge } from './judgement.ts';
import type { Claimed, Verdict } from './judgement.ts';
import type { LoggedFrame, SessionRecord, Standing } from './records.ts';
import { decodeRecord } from './records.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { appendFence, readTail } from './session-log.ts';
import { GatewaySession } from './session.ts';
import type { GatewaySessionOptions } from './session.ts';
import { digestOf, newSessionId, newToken } from './tokens.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import type { AppendOutcome, LogStore } from '../ports/log-store.ts';
import type { HelloFrame } from '../protocol/types.ts';

export interface RegistryOptions {
  readonly store: LogStore;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly apps: ReadonlyMap<string, App>;
  /** Nobody takes it up again. */
  readonly onEnded: (sessionId: string) => void;
  readonly graceMs: number;
  readonly admission: Admission;
  readonly audit: Audit;
  readonly counters: Counters;
}

export interface Attached {
  readonly kind: 'attached';
  readonly session: GatewaySession;
  /** For the next time. */
  readonly token: string;
  readonly isResumed: boolean;
}

/** Somebody else fences at the same moment: the loser looks again, but not for ever. */
const MAX_TRIES = 5;

/** Wall clocks of two machines differ, and a gateway takes a while to come back: rather too late than too early. */
const CLOCK_SLACK_MS = 30_000;

const NOTHING: Standing = { epoch: 0, up: 0, down: 0, downAcked: 0, fin: 0, done: 0 };

/** Where a session stands as far as anybody here can see, and the card of who may take it up. */
interface Known extends Claimed {
  readonly live: GatewaySession | null;
  readonly position: number;
}

type Owned = Pick<
  GatewaySessionOptions,
  'id' | 'writer' | 'card' | 'standing' | 'tail' | 'isTakenOver'
>;

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
    const card: SessionCard = {
      lineage: newSessionId(),
      subject,
      app: hello.app ?? 'speech',
      audio: hello.audio,
      clock: hello.clock,
      token: digestOf(token),
      formerToken: null,
      inst: hello.inst,
      att: hello.att,
      startedAtMs: this.#options.wallClock(),
    };
    const id = newSessionId();
    // Finals that the client has from a session before this one are not told again.
    const standing = { ...NOTHING, epoch: hello.epoch + 1, fin: hello.fin };
    const session = await this.#own(id, 0, standing, card, place);
    if (!(session instanceof GatewaySession)) return session ?? refuse('storeUnavailable');
    this.#options.admission.owned(id, hello.inst);
    return { kind: 'attached', session, token, isResumed: false };
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
      const outcome = await this.#appendEnd(sid, known);
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

  #appendEnd(sid: string, { standing, card, position }: Known): Promise<AppendOutcome> {
    const { store, wallClock } = this.#options;
    const where = { store, sessionId: sid, writer: newSessionId(), wallClock };
    const ended = { ...card, isLoggedOut: true };
    return appendFence(where, position, { standing, card: encodeCard(ended) }, 'end');
  }

  async #resume(
    sid: string,
    hello: HelloFrame,
    principal: Principal,
    from: string,
  ): Promise<Attached | Refusal> {
    const { admission } = this.#options;
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
          : await this.#fence(known.live, card, hello, epoch);
      if (session instanceof GatewaySession) {
        admission.owned(sid, hello.inst);
        return { kind: 'attached', session, token, isResumed: true };
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
    const live = this.#sessions.get(sid) ?? null;
    if (live !== null) {
      const { card, standing } = live;
      return { live, position: 0, standing, card, isEnded: false };
    }
    const tail = await readTail(this.#options.store, sid);
    const card = tail?.record == null ? null : decodeCard(tail.record.card);
    if (tail?.record == null || card === null) return null;
    const { position, record } = tail;
    const unattendedMs = this.#options.wallClock() - record.writtenAtMs;
    const isEnded = record.kind === 'end' || unattendedMs > this.#options.graceMs + CLOCK_SLACK_MS;
    return { live, position, standing: standingOf(record), card, isEnded };
  }

  /** Null where it was lost over this: whoever has it now is looked for. */
  async #fence(
    session: GatewaySession,
    card: SessionCard,
    hello: HelloFrame,
    epoch: number,
  ): Promise<GatewaySession | null> {
    return (await session.fence(card, hello, epoch)) ? session : null;
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
    const session = await this.#own(sid, known.position, standing, card, place);
    if (session instanceof GatewaySession) session.recall(await this.#framesOf(sid));
    return session;
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
    if (outcome.kind === 'committed') {
      const owned = {
        id,
        writer,
        card,
        standing,
        tail: outcome.position,
        isTakenOver: after !== 0,
      };
      return this.#opened(owned, app, leavePlace);
    }
    leavePlace();
    return outcome.kind === 'conflict' ? null : refuse('storeUnavailable');
  }

  #opened(owned: Owned, app: App, leavePlace: () => void): GatewaySession {
    const { store, clock, wallClock, graceMs, admission, counters } = this.#options;
    const { id } = owned;
    const session = new GatewaySession({
      ...owned,
      store,
      clock,
      wallClock,
      graceMs,
      app,
      counters,
      maxUnhandledBytes: admission.limits.unhandledBytesPerSession,
      onGone: (gone, why) => {
        leavePlace();
        if (this.#sessions.get(id) === gone) {
          this.#sessions.delete(id);
          admission.forget(id);
        }
        if (why === 'ended') this.#options.onEnded(id);
      },
    });
    this.#sessions.set(id, session);
    return session;
  }

  async #framesOf(sid: string): Promise<readonly LoggedFrame[]> {
    const frames: LoggedFrame[] = [];
    for await (const { bytes } of this.#options.store.read(sid, 0)) {
      frames.push(...(decodeRecord(bytes)?.frames ?? []));
    }
    return frames;
  }
}

function cardFor(
  card: SessionCard,
  { inst, att, resume = '' }: HelloFrame,
  token: string,
): SessionCard {
  return { ...card, inst, att, token: digestOf(token), formerToken: digestOf(resume) };
}

/**
 * A store may have lost its newest records. What the client has of them it has: numbers are not used twice, and finals
 * that it was told are not told again.
 */
function standingFor(standing: Standing, { rcv, fin }: HelloFrame, epoch: number): Standing {
  return {
    ...standing,
    epoch,
    down: Math.max(standing.down, rcv),
    downAcked: Math.max(standing.downAcked, Math.min(rcv, standing.down)),
    fin: Math.max(standing.fin, fin),
  };
}

function standingOf({ epoch, up, down, downAcked, fin, done }: SessionRecord): Standing {
  return { epoch, up, down, downAcked, fin, done };
}
