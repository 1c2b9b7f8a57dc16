/** What the connection charts of one session did, step by step, from XState's own inspection. */
import type { AnyTransitionDefinition, InspectionEvent, SnapshotFrom } from 'xstate';

import { connectionMachine } from '../../../machines/connection.machine.ts';
import { executedEdges } from '../model/edges.ts';
import type { ChartEdge } from '../model/edges.ts';

export type ConnectionSnapshot = SnapshotFrom<typeof connectionMachine>;

/** One event that made a connection chart take transitions. */
export interface TakenStep {
  readonly eventType: string;
  readonly edges: readonly ChartEdge[];
  readonly snapshot: ConnectionSnapshot;
}

export class StepLog {
  readonly steps: TakenStep[] = [];
  readonly #lane: number;
  readonly #onStep: () => void;
  readonly #underWay = new Map<object, ChartEdge[]>();
  #trap: { readonly eventType: string; readonly spring: () => void } | null = null;

  /** @param lane which of the session's connections is told of: 0 where there is but one. */
  constructor(lane: number, onStep: () => void) {
    this.#lane = lane;
    this.#onStep = onStep;
  }

  /** Runs once, when the next such event has led to a transition and its effects are still to come. */
  onNext(eventType: string, spring: () => void): void {
    this.#trap = { eventType, spring };
  }

  /** For `actor.system.inspect(...)`. */
  readonly inspect = (event: InspectionEvent): void => {
    if (event.type === '@xstate.microstep') {
      this.#gather(event.actorRef, event._transitions);
      this.#springFor(event.event.type);
    }
    if (event.type !== '@xstate.snapshot') return;
    const edges = this.#underWay.get(event.actorRef);
    if (edges === undefined) return;
    this.#underWay.delete(event.actorRef);
    const snapshot = event.snapshot as ConnectionSnapshot;
    if (snapshot.context.lane !== this.#lane) return;
    this.steps.push({ eventType: event.event.type, edges, snapshot });
    this.#onStep();
  };

  #springFor(eventType: string): void {
    if (this.#trap?.eventType !== eventType) return;
    const { spring } = this.#trap;
    this.#trap = null;
    spring();
  }

  /** A macrostep's microsteps come one by one, and its snapshot after them. */
  #gather(actor: object, transitions: readonly AnyTransitionDefinition[]): void {
    const edges = executedEdges(connectionMachine, transitions);
    if (edges.length === 0) return;
    this.#underWay.set(actor, [...(this.#underWay.get(actor) ?? []), ...edges]);
  }
}

/** A state's path, such as `reconnecting.backingOff`. */
export function pathOf({ value }: ConnectionSnapshot): string {
  return typeof value === 'string' ? value : Object.entries(value).flat().join('.');
}
