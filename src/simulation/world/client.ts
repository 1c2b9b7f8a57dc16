/** A client as nemeses see it. */
import type { Access, AccessOptions, Vanishing } from './access.ts';
import type { SimulatedSignals } from './network-signals.ts';
import type { Pocket } from './pocket.ts';
import type { Report } from '../checks/report.ts';
import type { SessionChecks } from '../checks/session-checks.ts';
import type { SimulatedProcess } from '../process.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SeededRandom } from '../../ports/random.ts';

export interface Client {
  readonly name: string;
  readonly process: SimulatedProcess;
  readonly access: Access;
  readonly signals: SimulatedSignals;
  readonly checks: ClientChecks;
  wallOffsetMs: number;
  /** It has delivered all and ended, or it is dead. */
  readonly isOver: boolean;
  /** What it brought, in chunks and messages, and how much of it became a reported gap. */
  readonly brought: { readonly chunks: number; readonly gapChunks: number };
  start(): void;
  finish(): void;
  /** The microphone is off for a while. False: there is none that it could put off. */
  pause(isPaused: boolean): boolean;
  kill(): void;
  /** Its process is killed. What is returned starts it anew. Null: there is none, or it cannot come back so. */
  dies?(how: Vanishing, isWithSpool: boolean): (() => void) | null;
  /** What keeps what it stores. Null: it stores nothing. */
  readonly pocket?: Pocket | null;
  /** A log says that these samples of a take of its audio will never come. */
  expectGap?(from: number, to: number, take: number): void;
  /** A log has these samples of a take of its audio. */
  inLog?(from: number, to: number, take: number): void;
}

export interface ClientChecks {
  /** The store has lost what it had said to have. */
  storeLost(): void;
  /** At the end of the run. @param owed why it may not be over, in words. */
  expectOver(owed: string): void;
}

/** What of the world a client is given. */
export interface ClientParts extends Pick<AccessOptions, 'peer' | 'onFrame'> {
  readonly index: number;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly report: Report;
  readonly url: string;
  readonly mayMoveTo: readonly string[];
  readonly wallMs: () => number;
  readonly sessions: SessionChecks;
}
