/** The orchestrator at work: several connections, of which one carries, and one status for all of them. */
import { createActor } from 'xstate';
import type { SnapshotFrom } from 'xstate';

import { factsOfAll } from './candidate-facts.ts';
import type { Decider, DeciderHandlers } from './decider.types.ts';
import type { ResolvedOptions } from './options.ts';
import type { Owner } from './reporter.ts';
import { statusOf } from './status.ts';
import { TurnTaking } from './turn-taking.ts';
import { join } from './wired-machine.ts';
import type { ConnectionActor, OrchestratorActor } from './wired-machine.ts';
import { wiredOrchestrator } from './wired-orchestrator.ts';
import type { Wiring } from './wiring.ts';
import type {
  ConnectionSignal,
  ConnectionStatus,
  NetworkEvent,
} from '../../machines/connection.types.ts';
import type { orchestratorMachine } from '../../machines/orchestrator.machine.ts';
import { laneName } from '../../machines/orchestrator.names.ts';
import { isUsable } from '../../machines/orchestrator.rules.ts';
import type {
  BreakSignal,
  OrchestratorEvent,
  OrchestratorSignal,
} from '../../machines/orchestrator.types.ts';

type Snapshot = SnapshotFrom<typeof orchestratorMachine>;

export class Ladder implements Decider, Owner {
  readonly actor: OrchestratorActor;
  readonly #options: ResolvedOptions;
  readonly #wiring: Wiring;
  readonly #handlers: DeciderHandlers;
  readonly #turns: TurnTaking;
  readonly #stops: (() => void)[] = [];
  /** The connection that carries, and how to stop listening to it. */
  #carrier: { readonly actor: ConnectionActor; readonly leave: () => void } | null = null;

  constructor(options: ResolvedOptions, wiring: Wiring, handlers: DeciderHandlers) {
    this.#options = options;
    this.#wiring = wiring;
    this.#handlers = handlers;
    this.actor = createActor(wiredOrchestrator(), {
      clock: options.clock,
      ...(options.inspect === null ? {} : { inspect: options.inspect }),
      input: {
        candidates: factsOfAll(options.candidates, options.spool),
        recordOnlyMs: options.recordOnlyMs,
        holdDownMs: options.holdDownMs,
        rotationLeadMs: options.rotationLeadMs,
      },
    });
    wiring.reporter.owner = this;
    join(this.actor, wiring);
    this.actor.on('*', (signal) => {
      this.#pass(signal);
    });
    this.actor.subscribe({
      next: (snapshot) => {
        this.#follow(snapshot);
      },
      error: (error) => {
        handlers.onBroken(error);
      },
    });
    this.#turns = new TurnTaking(options, {
      onSignal: (signal) => {
        this.#tellWhileOn(signal);
      },
      onBroken: (error) => {
        handlers.onBroken(error);
      },
    });
    this.actor.start();
    this.#listenToBreakers();
  }

  order(type: 'session.connect' | 'session.close'): void {
    this.tell({ type, atMs: this.#options.clock.nowMs() });
  }

  tellNetwork(event: NetworkEvent): void {
    this.tell(event);
  }

  tell(event: OrchestratorEvent): void {
    this.#wiring.reporter.lastFact = event.type;
    this.actor.send(event);
  }

  isLast(candidate: number): boolean {
    const { context } = this.actor.getSnapshot();
    const { candidates, clock } = this.#options;
    const atMs = clock.nowMs();
    const key = candidates[candidate]?.key; // those that share a breaker are barred together
    return !candidates.some((other, at) => other.key !== key && isUsable(context, at, atMs));
  }

  get speechMs(): number {
    return this.#turns.speechMs;
  }

  get isPaused(): boolean {
    return this.#turns.isPaused;
  }

  get spokenThrough(): number {
    return this.#turns.spokenThrough;
  }

  heard(chunk: Uint8Array): void {
    this.#turns.heard(chunk);
  }

  utteranceEnded(): void {
    this.#turns.utteranceEnded();
  }

  answering(untilMs: number): void {
    this.#turns.answering(untilMs);
  }

  closing(): void {
    this.#tellWhileOn({ type: 'close.begun', atMs: this.#options.clock.nowMs() });
  }

  stop(): void {
    this.#turns.stop();
    for (const stop of this.#stops.splice(0)) stop();
    this.#carrier?.leave();
    this.#carrier = null;
    this.actor.stop();
  }

  /** Of what is said after the end there is nothing to decide. */
  #tellWhileOn(event: OrchestratorEvent): void {
    if (this.actor.getSnapshot().status === 'active') this.tell(event);
  }

  #listenToBreakers(): void {
    const { candidates, admission, clock } = this.#options;
    if (admission === null) return;
    candidates.forEach(({ key }, candidate) => {
      const told = (untilMs: number): void => {
        this.tell({ type: 'breaker.moved', candidate, untilMs, atMs: clock.nowMs() });
      };
      const { openUntilMs } = admission.breakers.stateOf(key);
      if (openUntilMs > 0) told(openUntilMs);
      this.#stops.push(
        admission.breakers.subscribe(key, (change) => {
          told(change.openUntilMs);
        }),
      );
    });
  }

  #pass(signal: OrchestratorSignal | BreakSignal): void {
    if (signal.type === 'break.begun') {
      const { bufferedChunks: bufferedAudioChunks } = this.#wiring.reporter;
      const dial = { attempt: 1, persistsForMs: 0, backoffDelayMs: 0, bufferedAudioChunks };
      this.#handlers.onSignal({ ...signal, ...dial, type: 'connection.reconnecting' });
      return;
    }
    this.#handlers.onSignal(signal);
    if (signal.type !== 'session.suspended') return;
    const { failure, attempts } = signal;
    const { component } = this.#options.candidates[0].provider;
    const reason = failure.detail === '' ? failure.code : `${failure.code}: ${failure.detail}`;
    this.#handlers.onSignal({ type: 'connection.failed', attempts, reason, component, failure });
  }

  #follow(snapshot: Snapshot): void {
    const lane = snapshot.context.carrier?.id;
    const child = snapshot.children[laneName(lane)] as ConnectionActor | undefined;
    if (child !== this.#carrier?.actor) {
      this.#carrier?.leave();
      this.#carrier = child === undefined ? null : this.#listenTo(child);
    }
    this.#handlers.onStatus(this.#statusOf(snapshot));
  }

  #listenTo(actor: ConnectionActor): { actor: ConnectionActor; leave: () => void } {
    const signals = actor.on('*', (signal: ConnectionSignal) => {
      // What a connection gives up may go on elsewhere: the end is told by the orchestrator.
      if (signal.type !== 'connection.failed') this.#handlers.onSignal(signal);
    });
    const changes = actor.subscribe({
      next: () => {
        this.#handlers.onStatus(this.#statusOf(this.actor.getSnapshot()));
      },
      error: () => undefined, // the orchestrator fails with it, and tells
    });
    return {
      actor,
      leave: () => {
        signals.unsubscribe();
        changes.unsubscribe();
      },
    };
  }

  /** The carrier's status, but for a carrier that is only just found: then the session is where it was. */
  #statusOf(snapshot: Snapshot): ConnectionStatus {
    if (!snapshot.matches('serving')) return statusOf(snapshot);
    const { hasServed } = snapshot.context;
    const status = this.#carrier === null ? 'idle' : statusOf(this.#carrier.actor.getSnapshot());
    if (status === 'connected' || status === 'active' || status === 'reconnecting') return status;
    return hasServed ? 'reconnecting' : 'connecting';
  }
}
