/** A kind of fault, and what it is done to. */
import type { SeededRandom } from '../../ports/random.ts';
import type { Client } from './client.ts';
import type { Place, ServiceName } from './places.ts';
import type { Fault } from '../simulation.types.ts';
import type { Clock } from '../../ports/clock.ts';

/** What faults work on. */
export interface Target {
  readonly clock: Clock;
  readonly places: readonly Place[];
  readonly clients: readonly Client[];
  /** By so much the wall clock of this client is wrong. */
  setWallError(client: number, ms: number): void;
}

export interface Nemesis {
  /** What happens, for the list that people read. */
  readonly says: string;
  /** Whom `on` of its faults counts. */
  readonly hits: 'service' | 'client' | 'all';
  /** Those that it is made for: it hits none of the others. Default all. */
  readonly services?: readonly ServiceName[];
  /** A service that says when to come back is heeded for so long after it: it ends so long before all is to be well. */
  readonly echoMs?: number;
  draw(random: SeededRandom): Pick<Fault, 'forMs' | 'much'>;
  /** @returns whether it found something to hit. */
  begin(target: Target, fault: Fault): boolean;
  /** After `forMs`, or when all is to be well. */
  end?(target: Target, fault: Fault): void;
}
