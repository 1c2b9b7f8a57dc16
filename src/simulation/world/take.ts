/** What a client records over the lives that go on with it, and what of it must hold. */
import type { CapturedAudio } from './captured.ts';
import type { ClientParts } from './client.ts';
import { AsideChecks } from '../checks/aside-checks.ts';
import type { Asides } from '../checks/asides.ts';
import { AudioChecks } from '../checks/audio-checks.ts';
import { GapChecks } from '../checks/gap-checks.ts';
import { LifeChecks } from '../checks/life-checks.ts';
import type { AudioPlan } from '../plan.ts';
import type { SimulatedProcess } from '../process.ts';
import type { CloseResult } from '../../session/events.ts';
import type { Session } from '../../session/session.ts';

export interface TakeParts extends Pick<ClientParts, 'index' | 'report'> {
  readonly name: string;
  readonly plan: AudioPlan;
  readonly asides: Asides;
  readonly captured: CapturedAudio;
}

export class Take {
  readonly captured: CapturedAudio;
  readonly checks: AudioChecks;
  readonly #gaps: GapChecks;
  readonly #asides: AsideChecks;
  readonly #lives: LifeChecks;
  /** Of its newest life. */
  #session: Session;
  #isLeft = false;

  constructor(parts: TakeParts, session: Session, process: SimulatedProcess) {
    const { name, captured, report, plan, asides, index } = parts;
    const { retentionMs } = plan;
    this.captured = captured;
    this.#session = session;
    this.checks = new AudioChecks(name, session, captured, report, process, retentionMs);
    this.#gaps = new GapChecks(name, session, captured, retentionMs, report);
    this.#asides = new AsideChecks(index, session, asides, report);
    this.#lives = new LifeChecks(name, captured, report);
  }

  /** By the books of its newest life. */
  get gapChunks(): number {
    return this.#session.ledger.gap;
  }

  /** Another process goes on with what the spool has of it. */
  goesOn(session: Session, process: SimulatedProcess): void {
    this.#session = session;
    this.captured.goesOn();
    this.checks.goesOn(session, process);
    this.#gaps.goesOn(session);
    this.#asides.goesOn(session);
  }

  /** Its process is dead. @param sinceMs what came and was told from then on may not have been stored. */
  died(stored: readonly number[], sinceMs: number): void {
    this.#lives.died(stored, sinceMs);
    this.checks.told.unsureSince(sinceMs);
    this.#gaps.unsureSince(sinceMs);
    this.#asides.unsureSince(sinceMs);
  }

  /** Nobody goes on with it. @param hadSpool what of it was stored should be known. */
  isLeft(hadSpool: boolean): void {
    this.#isLeft = true;
    if (hadSpool) this.#lives.closed(this.checks.told);
  }

  closed(result: CloseResult): void {
    this.checks.closed(result);
    this.#asides.closed(result);
    this.#gaps.closed(this.checks.told.gaps);
    if (result.finished) this.#lives.closed(this.checks.told);
  }

  expectGap(from: number, to: number): void {
    if (!this.#isLeft) this.#gaps.expectTold(from, to, this.checks.told.gaps);
  }

  inLog(from: number, to: number): void {
    if (!this.#isLeft) this.#gaps.inLog(from, to);
  }
}
