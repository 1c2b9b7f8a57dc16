/**
 * Which sessions live here, and how a client comes to one: it begins it, takes it up where it left it, or takes it over
 * from a gateway that is gone. Who has committed a fence owns the session; before that nobody is disturbed.
 */
import type { App } from './app.ts';
import { decodeCard, encodeCard } from './card.ts';
import type { SessionCard } from './card.ts';
import type { LoggedFrame, SessionRecord, Standing } from './records.ts';
import { decodeRecord } from './records.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { appendFence, readTail } from './session-log.ts';
import { GatewaySession } from './session.ts';
import type { Departure } from './session.ts';
import { digestOf, isTokenOf, newSessionId, newToken } from './tokens.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import type { LogStore } from '../ports/log-store.ts';
import type { HelloFrame } from '../protocol/types.ts';
import { MAX_EPOCH_LEAD } from '../protocol/limits.ts';

export interface RegistryOptions {
  readonly store: LogStore;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly apps: ReadonlyMap<string, App>;
  /** A session is not on this gateway any more. */
  readonly onGone?: (session: GatewaySession, why: Departure) => void;
  readonly graceMs: number;
}

/** Who is at the door: what the verifier made of the bearer. */
export interface Principal {
  readonly subject: string;
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
interface Known {
  readonly live: GatewaySession | null;
  readonly position: number;
  readonly standing: Standing;
  readonly card: SessionCard;
  readonly isEnded: boolean;
}

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

  attach(hello: HelloFrame, principal: Principal): Promise<Attached | Refusal> {
    if (hello.mode === 'new') return this.#begin(hello, principal);
    const { sid = '' } = hello;
    const before = this.#queues.get(sid) ?? Promise.resolve();
    const attached = before.then(() => this.#resume(sid, hello, principal));
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
    const session = await this.#own(id, 0, standing, card);
    if (!(session instanceof GatewaySession)) return session ?? refuse('storeUnavailable');
    return { kind: 'attached', session, token, isResumed: false };
  }

  async #resume(sid: string, hello: HelloFrame, principal: Principal): Promise<Attached | Refusal> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const known = await this.#look(sid);
      const refusal = judge(known, hello, principal);
      if (refusal !== null || known === null) return refusal ?? refuse('badResumeToken');
      const token = newToken();
      const card = cardFor(known.card, hello, token);
      const epoch = Math.max(known.standing.epoch, hello.epoch) + 1;
      const session =
        known.live === null
          ? await this.#takeOver(sid, known, card, hello, epoch)
          : await this.#fence(known.live, card, hello, epoch);
      if (session instanceof GatewaySession) {
        return { kind: 'attached', session, token, isResumed: true };
      }
      if (session !== null) return session;
    }
    return refuse('storeUnavailable');
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
    const session = await this.#own(sid, known.position, standing, card);
    if (session instanceof GatewaySession) session.recall(await this.#framesOf(sid));
    return session;
  }

  /** Null where another was faster. */
  async #own(
    id: string,
    after: number,
    standing: Standing,
    card: SessionCard,
  ): Promise<GatewaySession | Refusal | null> {
    const { store, clock, wallClock, apps, graceMs } = this.#options;
    const app = apps.get(card.app);
    if (app === undefined) return refuse('protocolError');
    const writer = newSessionId();
    const where = { store, sessionId: id, writer, wallClock };
    const fence = { standing, card: encodeCard(card) };
    let outcome = await appendFence(where, after, fence);
    if (outcome.kind === 'unknown') outcome = await appendFence(where, after, fence); // the same id: never twice
    if (outcome.kind === 'conflict') return null;
    if (outcome.kind !== 'committed') return refuse('storeUnavailable');
    const session = new GatewaySession({
      id,
      writer,
      card,
      standing,
      tail: outcome.position,
      isTakenOver: after !== 0,
      store,
      clock,
      wallClock,
      graceMs,
      app,
      onGone: (gone, why) => {
        if (this.#sessions.get(id) === gone) this.#sessions.delete(id);
        this.#options.onGone?.(gone, why);
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

/** Whether who asks may have the session. An unknown one and a wrong token are told in the same words. */
function judge(known: Known | null, hello: HelloFrame, { subject }: Principal): Refusal | null {
  const { card = null } = known ?? {};
  const isTheirs = isTokenOf(card, hello.resume ?? '');
  if (known === null || !isTheirs || card?.subject !== subject) return refuse('badResumeToken');
  if (known.isEnded) return refuse('graceExpired', { up: known.standing.up });
  if (hello.inst === known.card.inst && hello.att <= known.card.att) return refuse('staleAttempt');
  if (hello.epoch > known.standing.epoch + MAX_EPOCH_LEAD) return refuse('protocolError');
  return null;
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
