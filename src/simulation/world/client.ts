/** A client as nemeses see it. */
import type { Access } from './access.ts';
import type { SimulatedSignals } from './network-signals.ts';
import type { SimulatedProcess } from '../process.ts';

export interface Client {
  readonly name: string;
  readonly process: SimulatedProcess;
  readonly access: Access;
  readonly signals: SimulatedSignals;
  wallOffsetMs: number;
  /** It has delivered all and ended, or it is dead. */
  readonly isOver: boolean;
  start(): void;
  finish(): void;
  pause(isPaused: boolean): void;
  kill(): void;
}
