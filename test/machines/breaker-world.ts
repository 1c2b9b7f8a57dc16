/** A breaker as a gateway keeps it: a value, stepped, with what it announced. */
import { initialTransition, transition } from 'xstate';

import { breakerMachine } from '../../machines/breaker.machine.ts';
import type { BreakerSnapshot } from '../../machines/breaker.machine.ts';
import { mayDial } from '../../machines/breaker.rules.ts';
import type { BreakerEvent, BreakerSignal } from '../../machines/breaker.types.ts';
import type { FailureKind } from '../../machines/failure.ts';

export const UNCOUNTED: readonly FailureKind[] = [
  'planned',
  'staleHandle',
  'rateLimited',
  'quota',
  'auth',
  'config',
  'perRequest',
];

export class Breaker {
  snapshot: BreakerSnapshot = initialTransition(breakerMachine)[0];
  readonly signals: BreakerSignal[] = [];
  atMs = 100_000;

  get state() {
    return this.snapshot.value;
  }

  get mayDial(): boolean {
    return mayDial(this.snapshot, this.atMs);
  }

  wait(ms: number): this {
    this.atMs += ms;
    return this;
  }

  fail(times = 1, facts: { kind?: FailureKind; isLast?: boolean } = {}): this {
    const { kind = 'transient', isLast = false } = facts;
    const failure = { kind, code: 'test', detail: '' };
    for (let nth = 0; nth < times; nth += 1) {
      this.#tell({ type: 'dial.failed', atMs: this.atMs, failure, isLast });
    }
    return this;
  }

  succeed(times = 1): this {
    for (let nth = 0; nth < times; nth += 1) {
      this.#tell({ type: 'dial.succeeded', atMs: this.atMs });
    }
    return this;
  }

  stall(isLast = false): this {
    return this.#tell({ type: 'stream.stalled', atMs: this.atMs, isLast });
  }

  ask(): this {
    return this.#tell({ type: 'dial.asked', atMs: this.atMs });
  }

  abandon(): this {
    return this.#tell({ type: 'probe.abandoned', atMs: this.atMs });
  }

  /** Half open, with its probe out. */
  probing(): this {
    return this.fail(5).wait(30_000).ask();
  }

  #tell(event: BreakerEvent): this {
    const [snapshot, actions] = transition(breakerMachine, this.snapshot, event);
    this.snapshot = snapshot;
    for (const action of actions as readonly { type: string; params: unknown }[]) {
      if (action.type !== 'xstate.emit') continue;
      this.signals.push((action.params as { event: BreakerSignal }).event);
    }
    return this;
  }
}
