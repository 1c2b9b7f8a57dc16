/** The connection chart alone at work, for a session of which nothing more has to be decided. */
import { createActor } from 'xstate';
import type { Observer, SnapshotFrom } from 'xstate';

import { limitsOf, mayHedge } from './candidates.ts';
import type { Decider, DeciderHandlers } from './decider.types.ts';
import type { ResolvedOptions } from './options.ts';
import { statusOf } from './status.ts';
import { join, wiredMachine } from './wired-machine.ts';
import type { ConnectionActor } from './wired-machine.ts';
import type { Wiring } from './wiring.ts';
import type { NetworkEvent } from '../../machines/connection.types.ts';

/** Observed by an object and no closures, which weigh more. */
export class OneConnection implements Decider, Observer<SnapshotFrom<ConnectionActor>> {
  readonly actor: ConnectionActor;
  readonly #wiring: Wiring;
  readonly #handlers: DeciderHandlers;

  constructor(options: ResolvedOptions, wiring: Wiring, handlers: DeciderHandlers) {
    const { key, provider, policy } = options.candidates[0];
    const { traits, component } = provider;
    this.#wiring = wiring;
    this.#handlers = handlers;
    this.actor = createActor(wiredMachine, {
      clock: options.clock,
      ...(options.inspect === null ? {} : { inspect: options.inspect }),
      input: {
        component,
        policy,
        refreshesCredential: traits.refreshesCredential,
        canProbe: traits.answersPings,
        ...(mayHedge(traits) ? {} : { hedges: false }),
        ...(traits.liveness === undefined ? {} : { limits: limitsOf(traits, true) }),
        ...(options.spool?.isKept(key) === true ? { hasBeenConnected: true } : {}),
      },
    });
    join(this.actor, wiring);
    this.actor.on('*', (signal) => {
      handlers.onSignal(signal);
    });
    this.actor.subscribe(this);
    this.actor.start();
  }

  next(snapshot: SnapshotFrom<ConnectionActor>): void {
    this.#handlers.onStatus(statusOf(snapshot));
  }

  error(error: unknown): void {
    this.#handlers.onBroken(error);
  }

  order(type: 'session.connect' | 'session.close'): void {
    this.#wiring.reporter.lastFact = type;
    this.actor.send({ type });
  }

  tellNetwork(event: NetworkEvent): void {
    this.#wiring.reporter.lastFact = event.type;
    this.actor.send(event);
  }

  heard(): void {
    // Pauses of speech concern nobody here: there is nothing to move to.
  }

  answering(): void {
    // Nor do those of answers.
  }

  closing(): void {
    // Nothing would be changed.
  }

  stop(): void {
    this.actor.stop();
  }
}
