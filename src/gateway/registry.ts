/**
 * Which sessions live here, and how a client comes to one: it begins it, takes it up where it left it, or takes it over
 * from a gateway that is gone. Who has committed a fence owns the session; before that nobody is disturbed. What is done
 * when is decided by each session's lease.
 */
import type { Principal } from './auth/principal.ts';
import type { Arrival } from './counters.ts';
import { appFor } from './app-choice.ts';
import { FailedOpenings, outcomeOfVain, refusalOfUnopened } from './failed-openings.ts';
import { judge, refusalOfEnded } from './judgement.ts';
import type { Claimed } from './judgement.ts';
import { isNotHis, whereaboutsOf } from './overtaken.ts';
import { Owning } from './owning.ts';
import type { Standing } from './records.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { Attached, RegistryOptions } from './registry.types.ts';
import type { GatewaySession } from './session.ts';
import { cardFor, epochAfter, lookInLog, newCard, standingFor } from './takeover.ts';
import { newSessionId, newToken } from './tokens.ts';
import type { HelloFrame } from '../protocol/types.ts';

const NOTHING: Standing = { epoch: 0, up: 0, down: 0, downAcked: 0, fin: 0, done: 0 };

export class Registry {
  readonly #options: RegistryOptions;
  readonly #owning: Owning;
  readonly #openings = new FailedOpenings();
  readonly #sessions = new Map<string, GatewaySession>();
  /** One attachment at a time for each session. */
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#owning = new Owning(options, this.#sessions);
  }

  get sessions(): Iterable<GatewaySession> {
    return this.#sessions.values();
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** @param isGone whether whoever asks has given up: then nobody is disturbed for it. */
  attach(
    hello: HelloFrame,
    principal: Principal,
    from: string,
    isGone = (): boolean => false,
  ): Promise<Attached | Refusal> {
    if (hello.mode === 'new') return this.#begin(hello, principal, from);
    const { sid = '' } = hello;
    const before = this.#queues.get(sid) ?? Promise.resolve();
    const attached = before.then(() =>
      isGone() ? refuse('heartbeat') : this.#resume(sid, hello, principal, from),
    );
    const settled = attached.catch(() => undefined);
    this.#queues.set(sid, settled);
    void settled.then(() => {
      if (this.#queues.get(sid) === settled) this.#queues.delete(sid);
    });
    return attached;
  }

  /** Deadlines are data: this is when somebody looks at them. */
  sweep(): void {
    for (const session of this.#sessions.values()) session.look();
    this.#owning.sweep();
  }

  /** Resolves when what they have taken so far is in the log, or never will be. */
  async settled(): Promise<void> {
    await Promise.all(Array.from(this.#sessions.values(), ({ log }) => log.settled()));
  }

  /** This gateway goes. Resolves when what was accepted is in the log, and nothing is left here. */
  async leave(): Promise<void> {
    this.#owning.isLeaving = true;
    await Promise.all(Array.from(this.#sessions.values(), (session) => session.leave()));
  }

  /** Nothing more is waited for. */
  release(): void {
    for (const session of this.#sessions.values()) session.release();
  }

  /** Ends what lives here of the subject's. @returns how many sessions there were. */
  async logOutSubject(subject: string): Promise<number> {
    const theirs = Array.from(this.sessions).filter(({ card }) => card.subject === subject);
    await Promise.all(theirs.map((session) => this.logOutSession(session.id)));
    return theirs.length;
  }

  /** Ends a session wherever it lives: another gateway that has it learns of it at its next append. */
  async logOutSession(sid: string): Promise<boolean> {
    for (let live = this.#sessions.get(sid); live; live = this.#sessions.get(sid)) {
      const { subject } = live.card;
      if (!(await live.logOut())) continue; // it lives elsewhere, as it turned out
      this.#options.audit.tell('session.loggedOut', { sessionId: sid, subject });
      return true;
    }
    if (!(await this.#owning.end(sid))) return false;
    this.#options.audit.tell('session.loggedOut', { sessionId: sid });
    return true;
  }

  async #begin(
    hello: HelloFrame,
    { subject }: Principal,
    remoteAddress: string,
  ): Promise<Attached | Refusal> {
    const app = appFor(hello, this.#options, subject, remoteAddress);
    if ('kind' in app) return app;
    const leavePlace = this.#options.admission.place(subject);
    if (typeof leavePlace !== 'function') return leavePlace;
    const { secrets, wallClock } = this.#options;
    const [lineage, id, token] = [newSessionId(secrets), newSessionId(secrets), newToken(secrets)];
    const card = newCard(hello, { subject, lineage, token, startedAtMs: wallClock() });
    const lease = this.#owning.newLease(id);
    const epoch = hello.epoch + 1;
    // Finals that the client has from a session before this one are not told again.
    const standing = { ...NOTHING, epoch, fin: hello.fin };
    const faults = this.#openings.of(hello.inst);
    lease.step({ type: 'client.claimed', epoch, isSameClient: true, log: null, faults });
    const session = await this.#owning.own(
      { id, lease, card, standing, after: 0, leavePlace },
      app,
    );
    if (lease.context.ending === 'unopened') this.#openings.note(hello.inst, lease.context.faults);
    else this.#openings.forget(hello.inst);
    if (session === null) return refusalOfUnopened(lease, { card, standing });
    return this.#attached(session, { epoch, token, isResumed: false }, 'begun');
  }

  async #resume(
    sid: string,
    hello: HelloFrame,
    principal: Principal,
    from: string,
  ): Promise<Attached | Refusal> {
    for (let live = this.#sessions.get(sid); live; live = this.#sessions.get(sid)) {
      if (isNotHis(live, hello, principal)) {
        const found = await whereaboutsOf(this.#options, live, hello, principal);
        if (found === 'unknown') return refuse('storeUnavailable');
        if (found === 'elsewhere') live.onLost('fenced');
        if (found === 'elsewhere') continue;
      }
      const refusal = this.#refusalOf(live, hello, principal, from);
      if (refusal !== null) return refusal;
      if (!live.isKept && this.#owning.isLeaving) return refuse('draining');
      if (live.lease.is('leaving')) {
        await live.gone; // its app failed: it is opened anew
        continue;
      }
      if (!live.isKept) return refusalOfEnded(live, hello.rcv);
      const { secrets, wallClock } = this.#options;
      const token = newToken(secrets);
      const epoch = epochAfter(live.standing, hello);
      const card = cardFor(live.card, hello, token, wallClock());
      const isFenced = await live.fence(card, hello, epoch);
      const facts = { epoch, token, isResumed: true };
      if (isFenced) return this.#attached(live, facts, 'resumed');
    }
    return this.#takeOver(sid, hello, principal, from);
  }

  /** Where its app failed on what is set aside by now, it is opened anew. */
  async #takeOver(
    id: string,
    hello: HelloFrame,
    principal: Principal,
    from: string,
  ): Promise<Attached | Refusal> {
    for (let isFirst = true; ; isFirst = false) {
      const outcome = await this.#tryTakeOver(id, hello, principal, from, isFirst);
      if (outcome !== 'again') return outcome;
      await this.#sessions.get(id)?.gone;
    }
  }

  async #tryTakeOver(
    id: string,
    hello: HelloFrame,
    principal: Principal,
    from: string,
    isFirst: boolean,
  ): Promise<Attached | Refusal | 'again'> {
    const { admission, apps, secrets } = this.#options;
    const lease = this.#owning.newLease(id);
    while (lease.is('claiming.reading')) {
      const known = await this.#owning.asked(id, lease, lookInLog(this.#options, id));
      if (known === undefined) break;
      // The newest fence may be the one that was written for it just now.
      const att = !isFirst && known?.card.att === hello.att ? hello.att + 1 : hello.att;
      const asked = { ...hello, att };
      const refusal = this.#refusalOf(known && { ...known, id }, asked, principal, from);
      if (refusal !== null || known === null) return refusal ?? refuse('badResumeToken');
      const app = apps.get(known.card.app);
      if (app === undefined) break; // another gateway may have it
      const epoch = epochAfter(known.standing, hello);
      const isSameClient = hello.inst === known.card.inst;
      const { faults = [] } = known.card;
      lease.step({ type: 'client.claimed', epoch, isSameClient, log: known.log, faults });
      if (lease.is('claiming.closing')) await this.#owning.conclude(id, lease, known);
      if (lease.is('over') || lease.is('ended')) return refusalOfEnded(known, hello.rcv);
      if (!lease.is('claiming.fencing')) continue; // another was faster, or nobody can say
      const token = newToken(secrets);
      const card = cardFor(known.card, hello, token, this.#options.wallClock());
      const standing = standingFor(known.standing, hello, epoch);
      const leavePlace = admission.placeAnyway(card.subject);
      const wanted = { id, lease, card, standing, leavePlace, after: known.position };
      const session = await this.#owning.own(wanted, app);
      const facts = { epoch, token, isResumed: true };
      if (session !== null) return this.#attached(session, facts, 'takenOver');
      if (!lease.is('claiming.reading')) return outcomeOfVain(lease, { card, standing }, hello.rcv);
    }
    return refuse('storeUnavailable');
  }

  /** Why this one may not have it. Neither is disturbed by asking. */
  #refusalOf(
    known: (Claimed & { readonly id: string }) | null,
    hello: HelloFrame,
    principal: Principal,
    remoteAddress: string,
  ): Refusal | null {
    const { audit, admission, wallClock } = this.#options;
    const { refusal, alarm } = judge(known, hello, principal);
    if (alarm !== null) {
      audit.tell(alarm, { sessionId: hello.sid, subject: principal.subject, remoteAddress });
    }
    const { inst } = hello;
    return refusal ?? (known && admission.contested(known.id, known.card, inst, wallClock()));
  }

  /** The lease has to let it in: this gateway may have begun to go meanwhile. */
  #attached(
    session: GatewaySession,
    facts: Pick<Attached, 'epoch' | 'token' | 'isResumed'>,
    arrival: Arrival,
  ): Attached | Refusal {
    const { counters } = this.#options;
    if (!session.isKept) return refuse('draining');
    counters.arrivals[arrival] += 1;
    return { kind: 'attached', session, ...facts };
  }
}
