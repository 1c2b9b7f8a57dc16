/** One session's lease: the chart, stepped on its rare events. It has no actor and no timer. */
import { initialTransition, transition } from 'xstate';
import type { SnapshotFrom } from 'xstate';

import { leaseMachine } from '../../machines/lease.machine.ts';
import type { LeaseEvent } from '../../machines/lease.machine.ts';
import type { Clock } from '../ports/clock.ts';

export type LeaseState = SnapshotFrom<typeof leaseMachine>['value'];

export class Lease {
  readonly #clock: Clock;
  #snapshot: SnapshotFrom<typeof leaseMachine>;

  constructor(graceMs: number, clock: Clock) {
    this.#clock = clock;
    [this.#snapshot] = initialTransition(leaseMachine, { graceMs, atMs: clock.nowMs() });
  }

  get state(): LeaseState {
    return this.#snapshot.value;
  }

  /** Null while a client is there. */
  get expiresAtMs(): number | null {
    return this.#snapshot.context.expiresAtMs;
  }

  step(type: LeaseEvent['type']): LeaseState {
    [this.#snapshot] = transition(leaseMachine, this.#snapshot, {
      type,
      atMs: this.#clock.nowMs(),
    });
    return this.#snapshot.value;
  }
}
