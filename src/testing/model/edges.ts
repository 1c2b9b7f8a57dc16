/**
 * A chart's transitions as a set, and which of them were executed.
 *
 * The set comes from the machine's own state nodes, and what is executed from XState's microsteps: a guard that was
 * asked and said no does not count.
 */
import type {
  AnyActorRef,
  AnyStateMachine,
  AnyStateNode,
  AnyTransitionDefinition,
  InspectionEvent,
} from 'xstate';

import { guardName, triggerName } from '../../charts/names.ts';
import { modelMismatch } from '../model-error.ts';

/** One transition: one way in which one state answers one event. */
export interface ChartEdge {
  /** Unique in its chart, and readable: `connection.active on socket.lost #2 → connection.reconnecting.backingOff`. */
  readonly id: string;
  readonly sourceId: string;
  /** XState's event type, such as `socket.lost` or `xstate.after.1000.door.open`; empty for `always`. */
  readonly eventType: string;
  /** Its place among the transitions of that state and event, from 0. */
  readonly index: number;
  readonly guard: string | null;
  /** Empty where the state stays. */
  readonly targetIds: readonly string[];
}

const OPEN_THE_WAY = 'Add to `events` a payload that opens the way, or take out the transition.';

const edgesByMachine = new WeakMap<AnyStateMachine, readonly ChartEdge[]>();
const edgesByTransition = new WeakMap<object, ChartEdge>();

/** Every transition of every state, parents before their children, in the machine's order. */
export function edgesOf(machine: AnyStateMachine): readonly ChartEdge[] {
  const known = edgesByMachine.get(machine);
  if (known !== undefined) return known;

  const edges: ChartEdge[] = [];
  const visit = (node: AnyStateNode): void => {
    for (const [eventType, transitions] of [...node.transitions, ['', node.always ?? []] as const])
      transitions.forEach((transition, index) => {
        const edge = edgeOf(node, eventType, transition, index, transitions.length);
        edgesByTransition.set(transition, edge);
        edges.push(edge);
      });
    for (const child of Object.values<AnyStateNode>(node.states)) visit(child);
  };
  visit(machine.root);
  edgesByMachine.set(machine, edges);
  return edges;
}

/** The edge of a transition as XState hands it to an inspector; null for one that no state declares. */
function edgeOfTransition(transition: AnyTransitionDefinition): ChartEdge | null {
  edgesOf(transition.source.machine);
  return edgesByTransition.get(transition) ?? null;
}

/** The chart's edges that these transitions are; those of other charts are left out. */
export function executedEdges(
  machine: AnyStateMachine,
  transitions: readonly AnyTransitionDefinition[],
): readonly ChartEdge[] {
  return transitions
    .filter(({ source }) => source.machine.root.id === machine.root.id)
    .map(edgeOfTransition)
    .filter((edge) => edge !== null);
}

/**
 * Counts which transitions of one chart were executed, in any number of actors, at any depth: of a machine's
 * `.provide()`d copies too, since edges are told apart by their names.
 */
export class EdgeCoverage {
  readonly edges: readonly ChartEdge[];
  readonly #machine: AnyStateMachine;
  readonly #executed = new Set<string>();
  #paths = 0;
  #steps = 0;

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
    this.edges = edgesOf(machine);
  }

  get executed(): readonly ChartEdge[] {
    return this.edges.filter(({ id }) => this.#executed.has(id));
  }

  get missing(): readonly ChartEdge[] {
    return this.edges.filter(({ id }) => !this.#executed.has(id));
  }

  /** From 0 to 1; 1 for a chart without transitions. */
  get share(): number {
    return this.edges.length === 0 ? 1 : this.executed.length / this.edges.length;
  }

  /** For `createActor(machine, { inspect: coverage.inspect })`, which sees the first step as well. */
  readonly inspect = (event: InspectionEvent): void => {
    if (event.type !== '@xstate.microstep') return;
    for (const { id } of executedEdges(this.#machine, event._transitions)) this.#executed.add(id);
  };

  /** Watches a system from now on, the actor's own where an actor is given. The result ends it. */
  observe(target: AnyActorRef | AnyActorRef['system']): () => void {
    const system = 'system' in target ? target.system : target;
    const subscription = system.inspect(this.inspect);
    return () => {
      subscription.unsubscribe();
    };
  }

  /** For what is no actor: these were executed, as far as one can see from outside. */
  count(edges: readonly ChartEdge[]): void {
    for (const { id } of edges) this.#executed.add(id);
  }

  /** For the report: a path of so many steps was taken. */
  countPath(steps: number): void {
    this.#paths += 1;
    this.#steps += steps;
  }

  /** One line: `connection: 63 paths, 412 steps, 58 of 58 transitions (100 %)`. */
  report(): string {
    const counts = `${this.executed.length} of ${this.edges.length}`;
    return `${this.#machine.root.id}: ${this.#paths} paths, ${this.#steps} steps, ${counts} transitions (${Math.floor(this.share * 100)} %)`;
  }

  /**
   * Throws a TenutoError `MODEL_MISMATCH` that names every transition that was not executed.
   *
   * @param remediation what can be done about it.
   */
  assertComplete(remediation = OPEN_THE_WAY): void {
    const { missing } = this;
    if (missing.length === 0) return;

    const lines = missing.map(({ id, guard }) => `  ${id}${guard === null ? '' : ` [${guard}]`}`);
    throw modelMismatch([`${this.report()}; never executed:`, ...lines].join('\n'), remediation);
  }
}

function edgeOf(
  node: AnyStateNode,
  eventType: string,
  transition: AnyTransitionDefinition,
  index: number,
  ofHowMany: number,
): ChartEdge {
  const targetIds = (transition.target ?? []).map(({ id }) => id);
  const trigger = eventType === '' ? 'always' : `on ${triggerName(eventType, node).label}`;
  const number = ofHowMany === 1 ? '' : ` #${index + 1}`;
  const leadsTo = targetIds.length === 0 ? 'stays' : `→ ${targetIds.join(', ')}`;

  return {
    id: `${node.id} ${trigger}${number} ${leadsTo}`,
    sourceId: node.id,
    eventType,
    index,
    guard: guardName(transition.guard),
    targetIds,
  };
}
