/** The gateway's own life: an actor of its chart, and what the chart says about who comes. */
import { createActor } from 'xstate';
import type { ActorRefFrom } from 'xstate';

import { statePath } from './chart-step.ts';
import type { StepFacts } from './chart-step.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { gatewayMachine } from '../../machines/gateway.machine.ts';
import type { GatewayEvent, GatewayOrder } from '../../machines/gateway.types.ts';
import type { Clock } from '../ports/clock.ts';
import { DRAIN_RATIO_PER_S } from '../protocol/limits.ts';

export type Readiness = 'ready' | 'store unavailable' | 'draining';

export interface LifecycleOptions {
  readonly clock: Clock;
  readonly obey: (order: GatewayOrder) => void;
  /** Told of every change of state. */
  readonly onStep: (step: StepFacts) => void;
}

export class Lifecycle {
  /** Resolves when the gateway has stopped. */
  readonly stopped: Promise<void>;
  readonly #actor: ActorRefFrom<typeof gatewayMachine>;
  readonly #clock: Clock;

  constructor({ clock, obey, onStep }: LifecycleOptions) {
    this.#clock = clock;
    let told = '';
    this.#actor = createActor(gatewayMachine, {
      clock,
      input: { askRatioPerS: DRAIN_RATIO_PER_S },
      inspect: (seen) => {
        if (seen.type !== '@xstate.snapshot') return;
        const from = told;
        told = this.state;
        if (from !== told) onStep({ event: seen.event.type, from, to: told });
      },
    });
    told = this.state;
    this.#actor.on('*', obey);
    this.stopped = new Promise((resolve) => {
      this.#actor.subscribe({ complete: resolve, error: () => resolve() });
    });
    this.#actor.start();
  }

  /** `accepting.ready` */
  get state(): string {
    return statePath(this.#actor.getSnapshot().value);
  }

  get readiness(): Readiness {
    const snapshot = this.#actor.getSnapshot();
    if (snapshot.hasTag('ready')) return 'ready';
    return snapshot.matches('accepting') ? 'store unavailable' : 'draining';
  }

  /** Why nobody is let in; null where they are. */
  get refusal(): Refusal | null {
    const { readiness } = this;
    if (readiness === 'ready') return null;
    return refuse(readiness === 'draining' ? 'draining' : 'storeUnavailable');
  }

  /** Once it drains: how much longer clients are waited for, at the most. 0: for none, only for what they sent. */
  get staysForMs(): number {
    const { endsAtMs } = this.#actor.getSnapshot().context;
    const isWaiting = !this.isClosed && this.state !== 'draining.handingOver';
    return isWaiting ? Math.max(0, endsAtMs - this.#clock.nowMs()) : 0;
  }

  /** A socket that comes now has nobody to talk to. */
  get isClosed(): boolean {
    const { state } = this;
    return state === 'stopping' || state === 'stopped';
  }

  tell(event: GatewayEvent): void {
    if (this.#actor.getSnapshot().status === 'active') this.#actor.send(event);
  }
}
