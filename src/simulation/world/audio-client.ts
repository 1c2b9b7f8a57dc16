/** Somebody with a microphone: a real session, what it is fed, and what it may be believed. */
import { Access } from './access.ts';
import { CapturedAudio } from './captured.ts';
import type { Client, ClientParts } from './client.ts';
import { SimulatedSignals } from './network-signals.ts';
import { AsideChecks } from '../checks/aside-checks.ts';
import type { Asides } from '../checks/asides.ts';
import { AudioChecks } from '../checks/audio-checks.ts';
import { GapChecks } from '../checks/gap-checks.ts';
import type { AudioPlan } from '../plan.ts';
import { SimulatedProcess } from '../process.ts';
import { NetworkMonitor } from '../../network/monitor.ts';
import { gateway } from '../../providers/gateway/gateway.ts';
import { createAdmission } from '../../session/admission/admission.ts';
import type { CloseResult } from '../../session/events.ts';
import type { Session } from '../../session/session.ts';
import { openSession } from '../../session/whole-session.ts';

export class AudioClient implements Client {
  readonly name: string;
  readonly process: SimulatedProcess;
  readonly access: Access;
  readonly signals = new SimulatedSignals();
  readonly captured: CapturedAudio;
  readonly session: Session;
  readonly checks: AudioChecks;
  wallOffsetMs = 0;
  readonly #gaps: GapChecks;
  readonly #asides: AsideChecks;
  readonly #plan: AudioPlan;
  readonly #parts: ClientParts;
  #closing: Promise<CloseResult> | null = null;
  #closed: CloseResult | null = null;
  #bearers = 0;
  #isPaused = false;
  #nextTurn = 0;
  #turnLeftMs = 0;
  #talks = false;
  #talking: unknown = null;

  constructor(parts: ClientParts, plan: AudioPlan, asides: Asides) {
    const { index, clock, random, report, url, mayMoveTo, wallMs } = parts;
    this.#parts = parts;
    this.#plan = plan;
    this.name = `client ${index + 1}`;
    this.process = new SimulatedProcess(this.name, clock, () => this.checks.look());
    this.captured = new CapturedAudio(index, plan.chunkMs, plan.sampleRateHz);
    this.access = new Access({
      ...parts,
      process: this.process,
      random: random.fork('network'),
      address: `10.0.${index}.1`,
      onDial: () => this.#dialled(),
      onEnd: ({ code }) => parts.sessions.ended(index, code),
    });
    this.session = openSession({
      candidates: [
        gateway({
          url,
          token: () => `client-${index}/${(this.#bearers += 1)}`,
          mayMoveTo,
          wallClock: () => wallMs() + this.wallOffsetMs,
        }),
      ],
      format: { encoding: 'pcm_s16le', sampleRateHz: plan.sampleRateHz },
      reconnect: { retryInitialConnect: true },
      retentionMs: plan.retentionMs,
      transport: this.access,
      network: new NetworkMonitor({ signals: this.signals, clock: this.process }),
      admission: createAdmission(),
      clock: this.process,
      random: random.fork('session'),
    });
    const { name, session, captured, process } = this;
    this.checks = new AudioChecks(name, session, captured, report, process, plan.retentionMs);
    session.on('gateway.sessionLost', () => parts.sessions.lost(index));
    session.on('connection.failed', ({ failure }) => parts.sessions.gaveUp(index, failure.code));
    this.#gaps = new GapChecks(name, session, captured, plan.retentionMs, report);
    this.#asides = new AsideChecks(index, session, asides, report);
  }

  get isOver(): boolean {
    return this.#closed !== null || this.process.isDead;
  }

  get brought(): Client['brought'] {
    const { captured, gap } = this.session.ledger;
    return { chunks: captured, gapChunks: gap };
  }

  start(): void {
    this.process.run(() => {
      void this.session.connect().catch(() => undefined); // told by `error`, which the checks hear
      this.#talking = this.process.setTimeout(() => this.#talk(), this.#plan.startsAtMs);
      const { finishAtMs } = this.#plan;
      if (finishAtMs !== null) this.process.setTimeout(() => this.finish(), finishAtMs);
    });
  }

  /** All is to be delivered, and then it ends. */
  finish(): void {
    if (this.#closing !== null) return;
    this.process.clearTimeout(this.#talking);
    this.#closing = this.session.close({ drainTimeoutMs: this.#plan.endsWithinMs });
    void this.#closing.then((result) => {
      this.#parts.sessions.ends(this.#parts.index);
      this.#closed = result;
      this.checks.closed(result);
      this.#asides.closed(result);
      this.#gaps.closed(this.checks.gaps);
    });
  }

  /** A log says that these samples will never come. */
  expectGap(from: number, to: number): void {
    this.#gaps.expectTold(from, to, this.checks.gaps);
  }

  inLog(from: number, to: number): void {
    this.#gaps.inLog(from, to);
  }

  /** The microphone is off for a while. */
  pause(isPaused: boolean): boolean {
    this.#isPaused = isPaused;
    return true;
  }

  kill(): void {
    this.process.kill();
    this.access.hangUp();
    this.checks.killed();
  }

  #dialled(): void {
    this.#parts.sessions.dialled(this.#parts.index);
    this.checks.dialled();
  }

  /** One chunk, and the next one when it is time: turns of talk and of silence, as the plan has them. */
  #talk(): void {
    if (this.#closing !== null) return;
    if (this.#turnLeftMs <= 0) {
      this.#talks = !this.#talks;
      this.#turnLeftMs = this.#plan.turnsMs[this.#nextTurn % this.#plan.turnsMs.length] ?? 1_000;
      this.#nextTurn += 1;
    }
    const waitMs = this.#talks ? this.#plan.chunkMs : this.#turnLeftMs;
    this.#turnLeftMs -= waitMs;
    if (this.#talks && !this.#isPaused) this.#write();
    this.#talking = this.process.setTimeout(() => this.#talk(), waitMs);
  }

  #write(): void {
    const atMs = this.#parts.clock.nowMs();
    const chunk = this.captured.next(this.process.nowMs());
    try {
      this.session.write(chunk);
    } catch (error) {
      this.#parts.report.violated('I14', `${this.name} could not write: ${String(error)}`);
    }
    if (this.#parts.clock.nowMs() !== atMs) {
      this.#parts.report.violated('I14', `${this.name} waited in write`);
    }
  }
}
