/**
 * A session on a gateway as its lease has it: registry, session, log and store are the real ones; the client is noted, and
 * the store answers when a step says so. What the chart is told is told by what happens to these.
 */
import { NotingApp, audioFrame, helloFacts, settled } from '../gateway/gateway-world.ts';
import { AnsweredStore } from './answered-store.ts';
import type { LeaseContext, LeaseEvent, LeaseFault, LeaseLog } from '../../machines/lease.types.ts';
import { Admission } from '../../src/gateway/admission/admission.ts';
import { OPEN_LIMITS, limitsOf } from '../../src/gateway/admission/limits.ts';
import type { AppHandlers, AppSession } from '../../src/gateway/app.ts';
import { Audit } from '../../src/gateway/audit.ts';
import { Counters } from '../../src/gateway/counters.ts';
import { encodeCard } from '../../src/gateway/card.ts';
import { Lease } from '../../src/gateway/lease.ts';
import { decodeRecord, encodeRecord } from '../../src/gateway/records.ts';
import type { RecordKind, SessionRecord } from '../../src/gateway/records.ts';
import { Registry } from '../../src/gateway/registry.ts';
import { tagOf } from '../../src/gateway/session-tag.ts';
import { appendFence } from '../../src/gateway/fencing.ts';
import type { GatewaySession } from '../../src/gateway/session.ts';
import { newCard } from '../../src/gateway/takeover.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import { encodeFrame } from '../../src/protocol/frames.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { systemSecrets } from '../../src/ports/secrets.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const GRACE_MS = 120_000;
const EPOCH_MS = 1_800_000_000_000;
const TOKEN = 'token';
const SID = 's'.repeat(26);
const PRINCIPAL = { subject: 'ann' };
const INSTS = ['a'.repeat(32), 'b'.repeat(32)] as const;

type Claimed = Extract<LeaseEvent, { type: 'client.claimed' }>;

/** Opens where it is told to, and says when it did. */
class LeaseApp extends NotingApp {
  opens = true;
  onOpen: () => void = () => undefined;

  override open(session: AppSession, start: { readonly fin: number }): AppHandlers {
    this.onOpen();
    if (!this.opens) throw new Error('the application does not open');
    const handlers = super.open(session, start);
    return {
      ...handlers,
      audio: () => {
        throw new Error('the application breaks down');
      },
    };
  }
}

class NotingClient {
  code: number | null = null;
  readonly #onClosed: (client: NotingClient) => void;

  constructor(onClosed: (client: NotingClient) => void) {
    this.#onClosed = onClosed;
  }

  send(): void {
    // What it is told is of no consequence here.
  }

  hint(): void {
    // Nor is this.
  }

  committed(): void {
    // Nor this.
  }

  finished(): void {
    // Nor this.
  }

  close(code: number): void {
    this.code ??= code;
    this.#onClosed(this);
  }
}

export class LeaseWorld {
  readonly clock: VirtualClock;
  readonly store = new AnsweredStore();
  readonly app = new LeaseApp();
  readonly registry: Registry;
  readonly clients: NotingClient[] = [];
  /** What came of whoever asked for the session last, or logged it out. */
  answer: unknown = null;
  lease: Lease | null = null;
  session: GatewaySession | null = null;
  #id = SID;
  #inst: string = INSTS[0];
  #att = 1;
  #token = TOKEN;
  #opening: string | null = null;

  /** @param opens whether the application opens a new session: it is asked in the middle of a step. */
  constructor(startAtMs: number, opens: boolean) {
    this.clock = new VirtualClock(startAtMs);
    const { clock } = this;
    const audit = new Audit(silentLogger, null, tagOf);
    const limits = limitsOf({ rivalEpochs: 1_000, sessionsPerPrincipal: 10 }, OPEN_LIMITS);
    const random = seededRandom(1);
    this.app.opens = opens;
    this.app.onOpen = () => {
      const isNew = this.lease?.context.isTakenOver === false;
      if (isNew) this.#opening = this.lease?.state ?? null;
    };
    this.registry = new Registry({
      store: this.store,
      clock,
      wallClock: () => this.#wallMs,
      secrets: systemSecrets,
      tagOf,
      apps: new Map([['speech', this.app]]),
      createLease: (id) => {
        const lease = new Lease({ graceMs: GRACE_MS, clock, onStep: () => undefined }, id);
        if (this.lease === null) this.#id = id;
        this.lease ??= lease; // who was fenced asks again, with another
        return lease;
      },
      admission: new Admission({ limits, clock, random, audit, graceMs: GRACE_MS }),
      audit,
      counters: new Counters(),
      logger: silentLogger,
      onAppError: null,
      onGone: () => undefined,
    });
  }

  get #wallMs(): number {
    return EPOCH_MS + this.clock.nowMs();
  }

  /** A new session is opened at once: what its lease said meanwhile is what it said then. */
  state(): string {
    return this.#opening ?? this.lease?.state ?? 'claiming.reading';
  }

  get context(): LeaseContext | null {
    return this.#opening === null ? (this.lease?.context ?? null) : null;
  }

  get client(): NotingClient | null {
    return this.clients.at(-1) ?? null;
  }

  /** A step has been looked at. */
  passed(): void {
    this.#opening = null;
  }

  get isHere(): boolean {
    return Array.from(this.registry.sessions).length > 0;
  }

  async records(): Promise<readonly SessionRecord[]> {
    const records: SessionRecord[] = [];
    for await (const { bytes } of this.store.real.read(this.#id, 0))
      records.push(decodeRecord(bytes)!);
    return records;
  }

  async claim({ log, epoch, isSameClient, faults = [] }: Claimed): Promise<void> {
    if (!isSameClient) this.#inst = INSTS.find((inst) => inst !== this.#inst)!;
    if (log === null && !this.isHere) this.#ask({ mode: 'new' });
    else if (log === null) this.#return();
    else {
      await this.#write(log, epoch - 1, faults);
      if (!this.store.has('tail')) this.#return();
      await settled();
      await this.store.answer('tail');
    }
    await settled();
    this.session ??= Array.from(this.registry.sessions)[0] ?? null;
  }

  async logOut(log: LeaseLog | null, epoch: number): Promise<void> {
    if (log !== null) await this.#write(log, epoch);
    if (!this.store.has('tail')) this.#note(this.registry.logOutSession(this.#id));
    await settled();
    if (log !== null) await this.store.answer('tail');
  }

  /** Another gateway has it, whatever is on its way here. */
  async fencedElsewhere(epoch: number): Promise<void> {
    await this.#write({ isEnd: false, unattendedMs: 0, ageMs: 60_000 }, epoch);
    this.say();
    await settled();
    const { lease } = this;
    const before = lease?.context.defeats;
    while (this.store.has('append') && !isFinal(lease) && lease?.context.defeats === before) {
      await this.store.answer('append');
    }
  }

  /** For a minute it does not say what it has written; or it says no. */
  async storeFails(): Promise<void> {
    if (this.store.has('tail')) return this.store.answer('tail', 'unavailable');
    if (this.store.has('read')) return this.store.answer('read', 'unavailable');
    const isOurs = !this.state().startsWith('claiming.');
    if (!isOurs && !this.store.has('append')) {
      this.#return();
      await settled();
      return this.store.answer('tail', 'unavailable');
    }
    if (!isOurs) return this.store.answer('append', 'unavailable');
    this.say();
    await settled();
    while (!isFinal(this.lease)) {
      if (this.store.has('append')) await this.store.answer('append', 'unknown');
      else await this.clock.advanceAsync(2_000);
    }
  }

  /** Something that is to be in the log, as long as anybody listens. */
  say(): void {
    this.app.session?.send({ type: 'said' });
    if (this.lease?.context.isConcluded !== true) return;
    this.session?.log.touch(); // the application is closed
    this.session?.log.flushSoon();
  }

  /** What waits to be written is. */
  async commit(): Promise<void> {
    const { state } = this.lease!;
    while (this.lease!.state === state && this.store.has('append'))
      await this.store.answer('append');
    this.session ??= Array.from(this.registry.sessions)[0] ?? null;
  }

  /** The application breaks down. */
  fail(): void {
    const frame = audioFrame(this.session?.standing.epoch ?? 0, 1);
    this.session?.take(encodeFrame(frame), frame, 0);
  }

  /** The application has said all. */
  end(): void {
    this.app.session?.end();
  }

  attach(epoch: number): void {
    const client = new NotingClient((gone) => this.session?.detach(gone));
    if (this.session?.admits(epoch) !== true) return;
    this.clients.push(client);
    this.session.attach(client, epoch, 0);
  }

  detach(): void {
    if (this.client !== null) this.session?.detach(this.client);
  }

  async dispose(): Promise<void> {
    await this.store.letGo();
    void this.registry.leave();
    await settled();
    this.registry.release();
    await this.clock.advanceAsync(60_000);
    await settled();
  }

  /** Of what the client was acknowledged, the log has but the third chunk, and no final. */
  loseLog(): Promise<void> {
    const standing = { epoch: 0, up: 3, down: 0, downAcked: 0, fin: 0, done: 0 };
    const place = { previous: 0, writtenAtMs: 0, card: new Uint8Array() };
    const frames = [{ isDown: false, bytes: encodeFrame(audioFrame(1, 3)) }];
    const bytes = encodeRecord({ kind: 'frames', ...standing, ...place, frames });
    this.store.stray = { position: 0, bytes };
    return this.store.answer('read');
  }

  #return(): void {
    this.#att += 1;
    this.#ask({ mode: 'resume', sid: this.#id, resume: this.#token, att: this.#att, acked: 3 });
  }

  #ask(facts: object): void {
    const hello = { type: 'hello', ...helloFacts(), inst: this.#inst, ...facts } as const;
    const attached = this.registry.attach(hello, PRINCIPAL, '127.0.0.1');
    void attached.then((answer) => {
      if (answer.kind === 'attached') this.#token = answer.token;
    });
    this.#note(attached);
  }

  #note(answer: Promise<unknown>): void {
    answer.then(
      (value) => (this.answer = value),
      (error: unknown) => (this.answer = error),
    );
  }

  /** The newest record of another gateway. */
  async #write(
    { isEnd, unattendedMs, ageMs }: LeaseLog,
    epoch: number,
    faults: readonly LeaseFault[] = [],
  ): Promise<void> {
    const hello = { type: 'hello', ...helloFacts() } as const;
    const startedAtMs = this.#wallMs - ageMs;
    const facts = { subject: 'ann', lineage: 'l', token: this.#token, startedAtMs };
    const card = { ...newCard(hello, facts), faults };
    const standing = { epoch, up: 0, down: 0, downAcked: 0, fin: 0, done: 0 };
    const kind: RecordKind = isEnd ? 'end' : 'fence';
    const after = (await this.store.real.tail(this.#id))?.position ?? 0;
    const wallClock = (): number => this.#wallMs - unattendedMs;
    const where = { store: this.store.real, sessionId: this.#id, writer: 'other', wallClock };
    await appendFence(where, after, { standing, card: encodeCard(card) }, kind);
  }
}

function isFinal(lease: Lease | null): boolean {
  return ['fenced', 'lost', 'left', 'givenUp', 'over', 'forgotten'].includes(lease?.state ?? '');
}
