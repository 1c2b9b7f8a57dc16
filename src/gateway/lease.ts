/** One session's lease: the chart, stepped on its rare events. It has no actor and no timer. */
import type { SnapshotFrom } from 'xstate';

import { statePath } from './chart-step.ts';
import type { StepFacts } from './chart-step.ts';
import { leaseMachine } from '../../machines/lease.machine.ts';
import { Stepper } from '../../machines/stepper.ts';
import { isWorthALook } from '../../machines/lease.rules.ts';
import type { LeaseContext, LeaseEvent, LeaseOrder } from '../../machines/lease.types.ts';
import type { Clock } from '../ports/clock.ts';
import { MAX_SESSION_MS } from '../protocol/limits.ts';

/** What happened; the moment is now. */
export type LeaseFacts = LeaseEvent extends infer E
  ? E extends LeaseEvent
    ? Omit<E, 'atMs'>
    : never
  : never;

export interface LeaseOptions {
  readonly graceMs: number;
  readonly clock: Clock;
  /** Told of every change of state, before its orders are obeyed. */
  readonly onStep: (sessionId: string, step: StepFacts) => void;
}

export interface LeaseObeyer {
  obey(order: LeaseOrder): void;
}

type LeaseSnapshot = SnapshotFrom<typeof leaseMachine>;

const stepper = new Stepper(leaseMachine, { graceMs: 0, lifeMs: 0, atMs: 0 });

export class Lease {
  readonly #options: LeaseOptions;
  readonly #sessionId: string;
  #obeyer: LeaseObeyer | null = null;
  /** All that there is of a snapshot: the rest is made again for a step. */
  #value: LeaseSnapshot['value'];
  #context: LeaseContext;
  #isActive = true;
  #state: string;
  #isKept = false;

  /** @param options the same for all leases of a gateway. */
  constructor(options: LeaseOptions, sessionId: string) {
    const { graceMs, clock } = options;
    const input = { graceMs, lifeMs: MAX_SESSION_MS, atMs: clock.nowMs() };
    this.#options = options;
    this.#sessionId = sessionId;
    const { value, context } = stepper.initial(input);
    this.#value = value;
    this.#context = context;
    this.#state = statePath(value);
  }

  /** `kept.detached` */
  get state(): string {
    return this.#state;
  }

  is(state: string): boolean {
    return this.#state === state;
  }

  get context(): LeaseContext {
    return this.#context;
  }

  /** What comes in and is said is accepted: asked for every chunk. */
  get isKept(): boolean {
    return this.#isKept;
  }

  admits(epoch: number): boolean {
    return this.#snapshot().can({
      type: 'client.attached',
      epoch,
      atMs: this.#options.clock.nowMs(),
    });
  }

  /** Orders go there from now on. */
  obeyedBy(obeyer: LeaseObeyer): void {
    this.#obeyer = obeyer;
  }

  step(facts: LeaseFacts): void {
    const event = { ...facts, atMs: this.#options.clock.nowMs() } as LeaseEvent;
    const { snapshot, emitted } = stepper.step(this.#snapshot(), event);
    const from = this.#state;
    this.#value = snapshot.value;
    this.#context = snapshot.context;
    this.#isActive = snapshot.status === 'active';
    this.#state = statePath(snapshot.value);
    this.#isKept = this.#state.startsWith('kept.');
    if (from !== this.#state) {
      this.#options.onStep(this.#sessionId, { event: event.type, from, to: this.#state });
    }
    for (const order of emitted) this.#obeyer?.obey(order);
  }

  /** Time has passed. */
  look(): void {
    if (!this.#isActive) return;
    if (isWorthALook(this.#context, this.#options.clock.nowMs())) {
      this.step({ type: 'time.passed' });
    }
  }

  #snapshot(): LeaseSnapshot {
    return leaseMachine.resolveState({ value: this.#value, context: this.#context });
  }
}
