/**
 * Paths through a chart that take every transition that can be taken.
 *
 * `xstate/graph` finds the shortest way to each situation. Left alone it stops at the first way into a state and so
 * misses about half of the transitions; here "which event, from where" is part of a situation, so that every event is
 * tried in every state. Neither an actor nor a custom action runs: only guards and assignments do.
 */
import type { AnyStateMachine, ContextFrom, InputFrom, Snapshot } from 'xstate';
import { getShortestPaths } from 'xstate/graph';

import { edgesOf } from './edges.ts';
import type { ChartEdge } from './edges.ts';
import {
  descriptorsIn,
  isTimer,
  MODEL_START_AT_MS,
  nameOf,
  statePath,
  variantsOf,
} from './events.ts';
import type { ModelEvents, OfferedEvent } from './events.ts';
import { FakeActors } from './fake-actors.ts';
import type { ModelPath, ModelStep } from './path.ts';
import { coveringPaths, longestPaths } from './select.ts';
import { sentenceOf } from './sentences.ts';
import { after, nextTimer, startOf } from './steps.ts';
import type { Situation } from './steps.ts';
import { assertModelFits } from './validate.ts';
import { modelInvalid } from '../model-error.ts';

export type { ModelPath, ModelStep } from './path.ts';

export interface PathOptions<TMachine extends AnyStateMachine = AnyStateMachine> {
  readonly input?: InputFrom<TMachine>;
  /** Payloads by event descriptor. Default: each event once, without a payload. */
  readonly events?: ModelEvents<TMachine>;
  /** Descriptors that are not tried, such as events that the chart itself raises. Default: none. */
  readonly ignore?: readonly string[];
  /**
   * What of the context makes two situations different ones, as plain data. Leave counters and moments out: they never
   * repeat. Default: the whole context.
   */
  readonly distinguish?: (context: ContextFrom<TMachine>, nowMs: number) => unknown;
  /** Situations looked at before giving up with an error. Default 20,000. */
  readonly limit?: number;
  /**
   * `all`: every event in every situation, also where nothing comes of it. `edges`: few paths that together take
   * each transition. Default `all`.
   */
  readonly select?: 'all' | 'edges';
}

export interface ModelPaths {
  readonly paths: readonly ModelPath[];
  readonly edges: readonly ChartEdge[];
  /** Transitions that some path takes. */
  readonly covered: readonly ChartEdge[];
  /** Transitions that no event in `events` leads to. */
  readonly unreached: readonly ChartEdge[];
}

const DEFAULT_LIMIT = 20_000;

/** Finds the paths; the same machine and options give the same paths. Throws a TenutoError `MODEL_INVALID`. */
export function modelPaths<TMachine extends AnyStateMachine>(
  machine: TMachine,
  options: PathOptions<TMachine> = {},
): ModelPaths {
  assertModelFits(machine, options);
  // What runs in a chart's actors is of no concern here, and starting one costs more than a step.
  const inert = new FakeActors().provideTo(machine, []);
  const found = longestPaths(explore(inert, options as PathOptions));
  const paths = options.select === 'edges' ? coveringPaths(found) : found;
  const taken = new Set(paths.flatMap(edgesAlong).map(({ id }) => id));
  const edges = edgesOf(machine);

  return {
    paths: paths.map((path) => ({ ...path, name: sentenceOf(path) })),
    edges,
    covered: edges.filter(({ id }) => taken.has(id)),
    unreached: edges.filter(({ id }) => !taken.has(id)),
  };
}

/** The transitions along a path, those of the start included. */
export function edgesAlong(path: Pick<ModelPath, 'start' | 'steps'>): readonly ChartEdge[] {
  return [...path.start.edges, ...path.steps.flatMap(({ to }) => to.edges)];
}

/** Where graph code looks for a machine's snapshot, there stands the situation around it. */
interface Node extends Situation {
  readonly status: Snapshot<unknown>['status'];
  readonly output: unknown;
  readonly error: unknown;
  readonly key: string;
  readonly step: ModelStep | null;
}

function explore(machine: AnyStateMachine, options: PathOptions): Omit<ModelPath, 'name'>[] {
  const nodeOf = (situation: Situation, step: ModelStep | null): Node => ({
    ...situation,
    status: situation.snapshot.status,
    output: undefined,
    error: undefined,
    key: keyOf(situation, options),
    step,
  });
  const start = nodeOf(startOf(machine, options.input, MODEL_START_AT_MS), null);
  const offers = new Map<object, OfferedEvent>();
  const expanded = new Set<string>();
  const logic = {
    getInitialSnapshot: () => start,
    transition: (from: Node, event: { readonly type: string }): Node => {
      const offer = offers.get(event);
      if (offer === undefined) throw new Error(`${event.type} was not offered`);
      const to = after(machine, from, event, from.nowMs + offer.passMs);
      return nodeOf(to, { ...offer, from, to });
    },
    getPersistedSnapshot: (node: Node) => node,
  };
  const found = withinLimit(machine, options, () =>
    getShortestPaths(
      logic as never,
      {
        fromState: start as never,
        limit: options.limit ?? DEFAULT_LIMIT,
        serializeEvent: (event: object) => offers.get(event)?.label ?? 'start',
        serializeState: (node: Node, event: object | undefined, before?: Node) =>
          event && before
            ? `${node.key} via ${offers.get(event)?.label ?? ''} from ${before.key}`
            : node.key,
        // What follows from a situation is looked at once, however many ways lead there.
        events: (node: Node) => {
          if (node.status !== 'active' || expanded.has(node.key)) return [];
          expanded.add(node.key);
          const offered = offersIn(node, options);
          for (const offer of offered) offers.set(offer.event, offer);
          return offered.map(({ event }) => event);
        },
      } as never,
    ),
  ) as unknown as readonly { readonly steps: readonly { readonly state: Node }[] }[];

  return found.map(({ steps }) => ({
    start,
    steps: steps.map(({ state }) => state.step).filter((step) => step !== null),
  }));
}

function keyOf({ snapshot, nowMs, dueAtMs }: Situation, { distinguish }: PathOptions): string {
  const remembered: unknown = distinguish ? distinguish(snapshot.context, nowMs) : snapshot.context;
  return `${statePath(snapshot.value)} ${JSON.stringify([remembered, ...dueAtMs.keys()])}`;
}

/** What may happen next: each event of the active states, and the timer that falls due first. */
export function offersIn(situation: Situation, options: PathOptions): readonly OfferedEvent[] {
  const { snapshot, nowMs } = situation;
  const ignored = new Set(options.ignore);
  const timer = nextTimer(situation);
  const offered: OfferedEvent[] = [];
  for (const descriptor of descriptorsIn(snapshot)) {
    if (ignored.has(descriptor)) continue;
    if (!isTimer(descriptor)) {
      const variants = variantsOf(descriptor, options.events ?? {}, snapshot, nowMs);
      offered.push(...variants.filter(({ passMs }) => timer === null || nowMs + passMs < timer[1]));
    } else if (timer?.[0] === descriptor) {
      const event = { type: descriptor };
      const label = nameOf(descriptor, snapshot).replace(/^after /, 'the wait of ');
      offered.push({ type: descriptor, label, descriptor, passMs: timer[1] - nowMs, event });
    }
  }
  return offered;
}

function withinLimit<T>(machine: AnyStateMachine, { limit }: PathOptions, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Error) || error.message !== 'Traversal limit exceeded') throw error;
    throw modelInvalid(
      `${machine.root.id}: more than ${limit ?? DEFAULT_LIMIT} situations differ.`,
      'Say by `distinguish` what of the context matters, without counters and moments; or raise `limit`.',
      error,
    );
  }
}
