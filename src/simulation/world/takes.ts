/** All that a client records: take after take, each of which may go on over several lives. */
import type { AudioLife } from './audio-life.ts';
import { CapturedAudio } from './captured.ts';
import type { ClientParts } from './client.ts';
import type { Pocket } from './pocket.ts';
import { Take } from './take.ts';
import type { Asides } from '../checks/asides.ts';
import type { AudioPlan } from '../plan.ts';
import type { Spool } from '../../ports/spool.ts';
import type { CloseResult } from '../../session/events.ts';
import type { Session } from '../../session/session.ts';

/** So many writes may be under way before the one that has a chunk, and a moment. */
const WRITES = 12;
const SLACK_MS = 100;
/** While its process stood still, or its storage failed, nobody can say what was stored. */
const UNSURE: ReadonlySet<string> = new Set(['clientFreeze', 'background', 'sleep', 'spoolFails']);
const WRONG_CLOCK: ReadonlySet<string> = new Set(['clockSkew', 'clientWallJump']);

export interface TakesParts extends Pick<ClientParts, 'index' | 'report' | 'clock'> {
  readonly name: string;
  readonly plan: AudioPlan;
  readonly asides: Asides;
}

export class Takes {
  /** What was captured in each. */
  readonly captured: CapturedAudio[] = [];
  readonly #parts: TakesParts;
  readonly #takes: Take[] = [];

  constructor(parts: TakesParts) {
    this.#parts = parts;
  }

  get newest(): Take | undefined {
    return this.#takes.at(-1);
  }

  /** What came from then on may not have been stored. */
  get unsureSinceMs(): number {
    const { report, clock, index, plan } = this.#parts;
    const { spool, chunkMs } = plan;
    if (spool === null || report.isUnder((kind) => UNSURE.has(kind), index)) return -Infinity;
    return clock.nowMs() - spool.flushEveryMs - WRITES * spool.takesMs[1] - chunkMs - SLACK_MS;
  }

  get brought(): { readonly chunks: number; readonly gapChunks: number } {
    return {
      chunks: this.captured.reduce((sum, { chunks }) => sum + chunks, 0),
      gapChunks: this.#takes.reduce((sum, { gapChunks }) => sum + gapChunks, 0),
    };
  }

  /** A life begins, and says when it is let in: where its spool has something of the newest take, with that. */
  begins({ process, isWithSpool }: AudioLife, session: Session, spool: Spool | null): void {
    const { index, report, plan } = this.#parts;
    const take = this.newest;
    session.on('gateway.attached', () => this.newest?.captured.placed());
    if (take !== undefined && spool !== null && spool.remains !== null) {
      const isWrong = report.isUnder((kind) => WRONG_CLOCK.has(kind), index, Infinity);
      take.captured.isClockWrong = isWrong;
      take.goesOn(session, process);
      return;
    }
    take?.isLeft(isWithSpool);
    const { chunkMs, sampleRateHz } = plan;
    const captured = new CapturedAudio(index, chunkMs, sampleRateHz, this.captured.length);
    this.captured.push(captured);
    this.#takes.push(new Take({ ...this.#parts, captured }, session, process));
  }

  died(stored: readonly number[], sinceMs: number): void {
    this.newest?.died(stored, sinceMs);
  }

  /** What was delivered is stored no more. */
  closed(result: CloseResult, pocket: Pocket | null): void {
    const { report, index, name } = this.#parts;
    this.newest?.closed(result);
    const isExcused = report.isUnder((kind) => kind === 'spoolFails', index);
    if (pocket === null || !result.finished || isExcused) return;
    if (result.spool === 'emptied' && pocket.isEmpty) return;
    report.violated('I21', `${name} has ended, and its spool is ${result.spool ?? 'none'}`);
  }

  /** What a microphone has heard. */
  write({ process, session, laterMs }: AudioLife): void {
    const { clock, report, name } = this.#parts;
    const captured = this.captured.at(-1);
    if (session === null || captured === undefined) return;
    const atMs = clock.nowMs();
    const chunk = captured.next(process.nowMs() + laterMs, atMs);
    try {
      session.write(chunk);
    } catch (error) {
      report.violated('I14', `${name} could not write: ${String(error)}`);
    }
    if (clock.nowMs() !== atMs) report.violated('I14', `${name} waited in write`);
  }

  expectGap(from: number, to: number, take: number): void {
    this.#takes[take]?.expectGap(from, to);
  }

  inLog(from: number, to: number, take: number): void {
    this.#takes[take]?.inLog(from, to);
  }
}
