/** One judgement of the network for many sessions: the network chart, run over what the platform says. */
import { createActor } from 'xstate';
import type { ActorRefFrom } from 'xstate';

import { networkMachine } from '../../machines/network.machine.ts';
import type { NetworkJudgement } from '../../machines/network.types.ts';
import { systemClock } from '../ports/clock.ts';
import type { Clock } from '../ports/clock.ts';
import type { NetworkSignal, NetworkSignals } from '../ports/network.ts';
import { checkOptions, invalid } from '../ports/option-errors.ts';

/** Bytes come by the hundred a second, and the chart needs to hear of one. */
const TRAFFIC_INTERVAL_MS = 1_000;

export interface NetworkMonitorOptions {
  /** What the platform says. Several sources go together by `joinSignals`. */
  readonly signals: NetworkSignals;
  /** Default: the machine's own. */
  readonly clock?: Clock;
}

interface Running {
  readonly actor: ActorRefFrom<typeof networkMachine>;
  readonly stopListening: () => void;
}

/** Runs from the first subscriber to the last; between them it listens to nothing and keeps no timer. */
export class NetworkMonitor {
  readonly #signals: NetworkSignals;
  readonly #clock: Clock;
  #running: Running | null = null;
  #subscribers = 0;
  #sawTrafficAtMs = -Infinity;

  /** @throws TenutoError OPTION_INVALID where it is given no signals. */
  constructor(options: NetworkMonitorOptions) {
    checkOptions('NetworkMonitor', options, { signals: 0, clock: 0 });
    if (!('subscribe' in Object(options.signals))) {
      throw invalid('signals is not a NetworkSignals.', 'Give new NetworkMonitor({ signals }).');
    }
    this.#signals = options.signals;
    this.#clock = options.clock ?? systemClock;
  }

  /** Whether there is a network, as far as is believed. True while nobody asks and nothing was heard. */
  get isOnline(): boolean {
    return this.#running?.actor.getSnapshot().matches('offline') !== true;
  }

  /**
   * Tells each judgement until the returned function is called. What was judged before is not told again: ask
   * `isOnline` after subscribing.
   */
  subscribe(listener: (judgement: NetworkJudgement) => void): () => void {
    const { actor } = (this.#running ??= this.#start());
    this.#subscribers += 1;
    let listening: { unsubscribe(): void } | null = actor.on('*', listener);

    return () => {
      if (listening === null) return;
      listening.unsubscribe();
      listening = null;
      this.#subscribers -= 1;
      if (this.#subscribers === 0) this.#stop();
    };
  }

  /** A byte came. Cheap enough for every frame: at most one a second reaches the chart. */
  sawTraffic(): void {
    if (this.#running === null) return;
    const atMs = this.#clock.nowMs();
    if (atMs - this.#sawTrafficAtMs < TRAFFIC_INTERVAL_MS) return;
    this.#sawTrafficAtMs = atMs;
    this.#running.actor.send({ type: 'traffic.seen', atMs });
  }

  #start(): Running {
    const actor = createActor(networkMachine, { clock: clockOf(this.#clock) }).start();
    this.#sawTrafficAtMs = -Infinity;

    return { actor, stopListening: this.#signals.subscribe((signal) => this.#hear(actor, signal)) };
  }

  #stop(): void {
    this.#running?.stopListening();
    this.#running?.actor.stop();
    this.#running = null;
  }

  #hear(actor: Running['actor'], { source, says }: NetworkSignal): void {
    const atMs = this.#clock.nowMs();
    if (says === 'woke') actor.send({ type: 'machine.woke', atMs });
    else actor.send({ type: 'network.signalled', source, says, atMs });
  }
}

/** XState takes a clock's methods off the object. */
function clockOf(clock: Clock) {
  return {
    setTimeout: (callback: () => void, delayMs: number) => clock.setTimeout(callback, delayMs),
    clearTimeout: (handle: unknown) => {
      clock.clearTimeout(handle);
    },
  };
}
