/** Which states are active, and which arrows led there. */
import { anywhereIn } from '../../../src/charts/picture.ts';
import type { ChartModel, ChartState, ChartTransition } from '../../../src/charts/model.ts';
import type { WireSnapshot } from '../../../src/observability/wire.ts';
import type { Drawn } from './drawn.ts';

/** Ids of the states that a snapshot's value names, and of those that they are in. */
export function activeIn({ states }: ChartModel, value: unknown): ReadonlySet<string> {
  const active = new Set<string>();
  const [root] = states;
  const enter = (parent: ChartState, below: unknown): void => {
    active.add(parent.id);
    for (const [key, deeper] of childrenIn(below)) {
      const child = states.find((each) => each.parentId === parent.id && each.key === key);
      if (child !== undefined) enter(child, deeper);
    }
  };
  if (root !== undefined && value !== undefined && value !== null) enter(root, value);
  return active;
}

function childrenIn(value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value === 'string') return [[value, null]];
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** `reconnecting.backingOff`; regions that are active at once with a comma between them. */
export function statePath(value: unknown): string {
  return childrenIn(value)
    .map(([key, below]) => {
      const deeper = statePath(below);
      return deeper === '' ? key : `${key}.${deeper}`;
    })
    .join(', ');
}

const LONGEST_CHAIN = 8;

/**
 * The transitions by which an event most likely led from one value to the next: the wire does not say which was taken, so
 * it is the first that leads there, through `always` and what is entered first. None where no state was left or entered.
 */
export function takenBy(
  model: ChartModel,
  type: string,
  before: WireSnapshot,
  after: WireSnapshot,
): readonly ChartTransition[] {
  const from = activeIn(model, before.value);
  const to = activeIn(model, after.value);
  const deepestFirst = [...from].reverse();
  const asked = deepestFirst.flatMap((id) =>
    model.transitions.filter(
      ({ sourceId, eventType, trigger }) =>
        sourceId === id && trigger !== 'always' && isFor(eventType, type),
    ),
  );
  const isSame = from.size === to.size && [...from].every((id) => to.has(id));
  for (const transition of asked) {
    if (transition.targetIds.length === 0) continue;
    const isBack = transition.targetIds.every((id) => from.has(id));
    if (isSame && !isBack) continue;
    const chain = chainTo(model, transition, to, from);
    if (chain !== null) return chain;
  }
  return isSame ? asked.filter(({ targetIds }) => targetIds.length === 0).slice(0, 1) : [];
}

/** An event's type as a transition names it: exact, `*`, or with a `*` at its end. */
function isFor(eventType: string, type: string): boolean {
  if (eventType === type || eventType === '*') return true;
  return eventType.endsWith('.*') && type.startsWith(eventType.slice(0, -1));
}

function chainTo(
  model: ChartModel,
  first: ChartTransition,
  to: ReadonlySet<string>,
  from: ReadonlySet<string>,
): readonly ChartTransition[] | null {
  let chains: readonly (readonly ChartTransition[])[] = [[first]];
  for (let length = 1; length <= LONGEST_CHAIN; length += 1) {
    const next: (readonly ChartTransition[])[] = [];
    for (const chain of chains) {
      const last = chain.at(-1) ?? first;
      const entered = last.targetIds.flatMap((id) => enteredBy(model, id));
      if (entered.every((id) => to.has(id))) return chain;
      const outOf = model.transitions.filter(
        (each) =>
          (each.trigger === 'always' || each.eventType.startsWith('xstate.done.state.')) &&
          (entered.includes(each.sourceId) || from.has(each.sourceId)) &&
          each.targetIds.length > 0 &&
          !chain.includes(each),
      );
      next.push(...outOf.map((each) => [...chain, each]));
    }
    chains = next.slice(0, 64);
  }
  return null;
}

/** A state, and those inside that are entered with it. */
function enteredBy({ states }: ChartModel, id: string): readonly string[] {
  const state = states.find((each) => each.id === id);
  if (state === undefined || state.kind === 'history') return [];
  const inside =
    state.kind === 'parallel'
      ? states.filter(({ parentId }) => parentId === id).map((each) => each.id)
      : state.initialId === null
        ? []
        : [state.initialId];
  return [id, ...inside.flatMap((each) => enteredBy({ states } as ChartModel, each))];
}

/** Places in the layout's lists. */
export interface Lit {
  readonly nodes: ReadonlySet<number>;
  readonly edges: ReadonlySet<number>;
}

export function litIn(
  { model, layout }: Drawn,
  active: ReadonlySet<string>,
  taken: readonly ChartTransition[],
): Lit {
  const nodes = new Set<number>();
  const edges = new Set<number>();
  layout.nodes.forEach(({ node }, index) => {
    if (active.has(node.id)) nodes.add(index);
    const isOwn = (each: ChartTransition): boolean =>
      node.id === anywhereIn(each.sourceId) || node.again.includes(each);
    if (node.kind === 'anywhere' && taken.some(isOwn)) nodes.add(index);
  });
  layout.edges.forEach(({ edge }, index) => {
    if (edge.transitions.some((each) => taken.includes(each))) edges.add(index);
  });
  const [root] = model.states;
  const isBegun = root !== undefined && active.has(root.id);
  return isBegun ? { nodes, edges } : { nodes: new Set(), edges };
}
