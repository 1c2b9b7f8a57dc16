/** Somebody with a microphone, over the lives of their process: what each is fed, and what it may be believed. */
import { Access } from './access.ts';
import type { Vanishing } from './access.ts';
import { AudioLife } from './audio-life.ts';
import type { CapturedAudio } from './captured.ts';
import type { Client, ClientParts } from './client.ts';
import type { SimulatedSignals } from './network-signals.ts';
import { Pocket } from './pocket.ts';
import { Takes } from './takes.ts';
import { Talker } from './talker.ts';
import type { Asides } from '../checks/asides.ts';
import type { AudioPlan } from '../plan.ts';
import { SimulatedProcess } from '../process.ts';
import type { Spool } from '../../ports/spool.ts';
import type { CloseResult } from '../../session/events.ts';
import type { Session } from '../../session/session.ts';

const LOOKS_EVERY_MS = 100;
/** A session delivers what is left where it has a link, and ends at once where not. */
const ENDS_FROM: ReadonlySet<string> = new Set(['connected', 'active', 'reconnecting', 'error']);

export class AudioClient implements Client {
  readonly name: string;
  readonly access: Access;
  /** Null: it has no spool. */
  readonly pocket: Pocket | null;
  wallOffsetMs = 0;
  readonly #plan: AudioPlan;
  readonly #parts: ClientParts;
  readonly #takes: Takes;
  readonly #talker: Talker;
  #life: AudioLife;
  #lives = 0;
  #startedAtMs = 0;
  #finishingAtMs: number | null = null;
  #isClosing = false;
  #closed: CloseResult | null = null;
  #isGone = false;
  /** What it was told when it was let in last is stored. */
  #isSure = true;
  #bearers = 0;

  constructor(parts: ClientParts, plan: AudioPlan, asides: Asides) {
    const { index, clock, random, report } = parts;
    this.#parts = parts;
    this.#plan = plan;
    this.name = `client ${index + 1}`;
    const { name } = this;
    this.#takes = new Takes({ index, clock, report, name, plan, asides });
    const process = this.#newProcess(clock.nowMs());
    this.access = new Access({
      ...parts,
      process,
      random: random.fork('network'),
      address: `10.0.${index}.1`,
      onDial: () => this.#dialled(),
      onEnd: ({ code }) => parts.sessions.ended(index, code),
    });
    this.#talker = new Talker(plan, () => this.#takes.write(this.#life));
    const { spool } = plan;
    this.pocket = spool && new Pocket({ clock, report, random: random.fork('pocket'), ...spool });
    this.#life = this.#lifeOf(process, 0, false);
    if (this.pocket === null) this.#open(null);
  }

  get process(): SimulatedProcess {
    return this.#life.process;
  }

  /** What it captured, each take from a life on that began with nothing. */
  get captured(): readonly CapturedAudio[] {
    return this.#takes.captured;
  }

  get signals(): SimulatedSignals {
    return this.#life.signals;
  }

  /** Of its newest life; null while that opens its spool. */
  get session(): Session | null {
    return this.#life.session;
  }

  get checks(): Client['checks'] {
    return {
      storeLost: () => this.#takes.newest?.checks.storeLost(),
      expectOver: (owed) => this.#takes.newest?.checks.expectOver(owed),
    };
  }

  get isOver(): boolean {
    return this.#closed !== null || this.#isGone;
  }

  get brought(): Client['brought'] {
    return this.#takes.brought;
  }

  start(): void {
    this.#startedAtMs = this.#parts.clock.nowMs();
    this.process.run(() => this.#begin());
  }

  /** All is to be delivered, and then it ends. */
  finish(): void {
    const { clock, sessions, index } = this.#parts;
    this.#finishingAtMs ??= clock.nowMs();
    const { session } = this.#life;
    if (this.#isClosing || session === null) return; // whichever life has one does it
    if (this.#lives > 1 && !ENDS_FROM.has(session.status)) {
      this.process.setTimeout(() => this.finish(), LOOKS_EVERY_MS);
      return;
    }
    this.#isClosing = true;
    this.#talker.off();
    const drainTimeoutMs = this.#finishingAtMs + this.#plan.endsWithinMs - clock.nowMs();
    void session.close({ drainTimeoutMs }).then((result) => {
      sessions.ends(index);
      this.#closed = result;
      this.#takes.closed(result, this.pocket);
    });
  }

  expectGap(from: number, to: number, take: number): void {
    this.#takes.expectGap(from, to, take);
  }

  inLog(from: number, to: number, take: number): void {
    this.#takes.inLog(from, to, take);
  }

  /** The microphone is off for a while. */
  pause(isPaused: boolean): boolean {
    this.#talker.isPaused = isPaused;
    return true;
  }

  kill(): void {
    this.#isGone = true;
    this.process.kill();
    this.access.hangUp();
    this.#takes.newest?.checks.killed();
  }

  /** Its process is killed. What is returned starts it anew. Null: there is none, or not with a spool. */
  dies(how: Vanishing, isWithSpool: boolean): (() => void) | null {
    const { report } = this.#parts;
    if (this.isOver || this.process.isDead || (isWithSpool && this.pocket === null)) return null;
    report.tell(this.name, 'is killed', { state: 'dead' });
    if (this.#talker.isTalking) report.sometimes('killed in mid-speech');
    this.process.kill();
    this.access.hangUp(how);
    this.#talker.off();
    this.pocket?.died();
    const sinceMs = this.#takes.unsureSinceMs;
    if (this.#life.session !== null) this.#takes.died(this.pocket?.chunks ?? [], sinceMs);
    this.#isClosing = false;
    const { attachedAtMs } = this.#life;
    if (attachedAtMs !== -Infinity) this.#isSure = true; // or else it has what the one before had
    this.#isSure &&= attachedAtMs < sinceMs;
    return () => this.#revive(isWithSpool);
  }

  #revive(isWithSpool: boolean): void {
    const { report, sessions, index, clock } = this.#parts;
    if (this.#isGone || !this.process.isDead) return;
    this.#isSure &&= isWithSpool;
    if (!isWithSpool) this.pocket?.wipe();
    this.access.hangUp(); // whatever of the one before is still closing
    const process = this.#newProcess(0); // as any process's, its clock begins anew
    this.#life = this.#lifeOf(process, clock.nowMs(), isWithSpool);
    this.access.process = process;
    sessions.restarted(index, !this.#isSure);
    report.tell(this.name, `is started again with ${isWithSpool ? 'its spool' : 'nothing'}`);
    process.run(() => this.#begin());
  }

  #begin(): void {
    const { pocket } = this;
    const life = this.#life;
    if (life.session !== null) this.#connect(life.session);
    else if (pocket === null) this.#connect(this.#open(null));
    else {
      life.openSpool(pocket).then(
        (spool) => this.#connect(this.#open(spool)),
        (error: unknown) => {
          const what = `${this.name} cannot open its spool: ${error as string}`;
          this.#parts.report.violated('I21', what);
        },
      );
    }
  }

  #open(spool: Spool | null): Session {
    const { report, clock } = this.#parts;
    const life = this.#life;
    const session = life.open(spool);
    session.on('gateway.attached', ({ resumed }) => {
      if (this.#lives > 1 && life.attachedAtMs === -Infinity) {
        report.sometimes(resumed ? 'a life went on in its session' : 'a life began a session');
      }
      life.attachedAtMs = clock.nowMs();
    });
    session.on('spool.failed', () => report.sometimes('spool.failed'));
    session.on('spool.recovered', () => report.sometimes('spool.recovered'));
    this.#takes.begins(life, session, spool);
    return session;
  }

  #connect(session: Session): void {
    const { clock } = this.#parts;
    const { startsAtMs, finishAtMs } = this.#plan;
    const { process } = this;
    const sinceMs = clock.nowMs() - this.#startedAtMs;
    void session.connect().catch(() => undefined); // told by `error`, which the checks hear
    this.#talker.on(process, Math.max(0, startsAtMs - sinceMs));
    if (this.#finishingAtMs !== null) this.finish();
    else if (finishAtMs !== null) {
      process.setTimeout(() => this.finish(), Math.max(0, finishAtMs - sinceMs));
    }
  }

  #dialled(): void {
    this.#parts.sessions.dialled(this.#parts.index);
    this.#takes.newest?.checks.dialled();
  }

  #newProcess(beginsAtMs: number): SimulatedProcess {
    const { clock } = this.#parts;
    return new SimulatedProcess(
      this.name,
      clock,
      () => this.#takes.newest?.checks.look(),
      beginsAtMs,
    );
  }

  #lifeOf(process: SimulatedProcess, laterMs: number, isWithSpool: boolean): AudioLife {
    const { index, random, url, mayMoveTo, sessions, wallMs } = this.#parts;
    const { access } = this;
    this.#lives += 1;
    return new AudioLife({
      ...{ index, url, mayMoveTo, sessions, process, access, laterMs, isWithSpool },
      plan: this.#plan,
      random: random.fork(this.#lives === 1 ? 'session' : `session of life ${this.#lives}`),
      token: () => `client-${index}/${(this.#bearers += 1)}`,
      wallClock: () => wallMs() + this.wallOffsetMs,
    });
  }
}
