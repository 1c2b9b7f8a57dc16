/** A lease as a gateway keeps it: a value, stepped, with what it ordered. */
import { initialTransition, transition } from 'xstate';
import type { SnapshotFrom } from 'xstate';

import { leaseMachine } from '../../machines/lease.machine.ts';
import type {
  LeaseEvent,
  LeaseFact,
  LeaseFault,
  LeaseLog,
  LeaseOrder,
} from '../../machines/lease.types.ts';

export const GRACE_MS = 120_000;
export const DAY_MS = 86_400_000;
export const FRESH: LeaseLog = { isEnd: false, unattendedMs: 0, ageMs: 0 };

export class LeaseBook {
  readonly orders: LeaseOrder[] = [];
  atMs = 100_000;
  #snapshot: SnapshotFrom<typeof leaseMachine>;

  constructor() {
    const input = { graceMs: GRACE_MS, lifeMs: DAY_MS, atMs: this.atMs };
    [this.#snapshot] = initialTransition(leaseMachine, input);
  }

  get state(): unknown {
    return this.#snapshot.value;
  }

  get isOver(): boolean {
    return this.#snapshot.status === 'done';
  }

  get context() {
    return this.#snapshot.context;
  }

  wait(ms: number): this {
    this.atMs += ms;
    return this;
  }

  /** Time has passed, and somebody looks. */
  pass(ms: number): this {
    return this.wait(ms).tell('time.passed');
  }

  claim(
    facts: {
      epoch?: number;
      isSameClient?: boolean;
      log?: LeaseLog | null;
      faults?: readonly LeaseFault[];
    } = {},
  ): this {
    const { epoch = this.context.epoch + 1, isSameClient = true, log = null, ...rest } = facts;
    return this.#step({
      type: 'client.claimed',
      atMs: this.atMs,
      epoch,
      isSameClient,
      log,
      ...rest,
    });
  }

  attach(epoch = this.context.epoch): this {
    return this.#step({ type: 'client.attached', atMs: this.atMs, epoch });
  }

  logOut(log: LeaseLog | null = null): this {
    return this.#step({ type: 'session.loggedOut', atMs: this.atMs, log });
  }

  /** @param seq what the application failed on; 0: nothing that it could do without. */
  fail(seq = 0, done = 0): this {
    return this.#step({ type: 'app.failed', atMs: this.atMs, seq, done });
  }

  tell(...types: readonly LeaseFact['type'][]): this {
    for (const type of types) this.#step({ type, atMs: this.atMs });
    return this;
  }

  /** A new session that nobody has yet. */
  detached(): this {
    return this.claim().tell('fence.committed', 'app.opened');
  }

  attached(): this {
    return this.detached().attach();
  }

  takenOver(): this {
    return this.claim({ log: FRESH }).tell('fence.committed', 'app.opened');
  }

  #step(event: LeaseEvent): this {
    const [snapshot, actions] = transition(leaseMachine, this.#snapshot, event);
    this.#snapshot = snapshot;
    for (const { type, params } of actions as readonly { type: string; params: unknown }[]) {
      if (type === 'xstate.emit') this.orders.push((params as { event: LeaseOrder }).event);
    }
    return this;
  }
}
