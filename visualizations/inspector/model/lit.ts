/** Which states are active, and which arrows led there. */
import { anywhereIn } from '../../../src/charts/picture.ts';
import type { ChartModel, ChartState, ChartTransition } from '../../../src/charts/model.ts';
import type { WireSnapshot, WireTransition } from '../../../src/observability/wire.ts';
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

/** The transitions that were told, in the model's own objects. */
export function toldBy(
  model: ChartModel,
  taken: readonly WireTransition[],
): readonly ChartTransition[] {
  return taken.flatMap(({ source, on, targets }) => {
    const isIt = ({ sourceId, eventType, targetIds }: ChartTransition): boolean =>
      sourceId === source && eventType === on && targetIds.join('\n') === targets.join('\n');
    return model.transitions.find(isIt) ?? [];
  });
}

const LONGEST_CHAIN = 6;

/**
 * The transitions by which an event most likely led from one value to the next, where the wire does not say which: the
 * fewest that lead there, by way of `always` and of what is entered first.
 */
export function inferredBy(
  model: ChartModel,
  type: string,
  before: WireSnapshot,
  after: WireSnapshot,
): readonly ChartTransition[] {
  const from = activeIn(model, before.value);
  const to = activeIn(model, after.value);
  const asked = [...from]
    .reverse() // the deepest is asked first
    .flatMap((id) =>
      model.transitions.filter(
        ({ sourceId, eventType, trigger }) =>
          sourceId === id && trigger !== 'always' && isFor(eventType, type),
      ),
    );
  const isSame = from.size === to.size && [...from].every((id) => to.has(id));
  if (isSame) {
    const stays = asked.find(({ targetIds }) => targetIds.every((id) => from.has(id)));
    return stays === undefined ? [] : [stays];
  }
  let chains = asked.filter(({ targetIds }) => targetIds.length > 0).map((first) => [first]);
  for (let length = 1; length <= LONGEST_CHAIN && chains.length > 0; length += 1) {
    const found = chains.find((chain) => enteredLast(model, chain).every((id) => to.has(id)));
    if (found !== undefined) return found;
    chains = chains.flatMap((chain) => longer(model, chain)).slice(0, 64);
  }
  return [];
}

/** An event's type as a transition names it: exact, `*`, or with a `*` at its end. */
function isFor(eventType: string, type: string): boolean {
  if (eventType === type || eventType === '*') return true;
  return eventType.endsWith('.*') && type.startsWith(eventType.slice(0, -1));
}

function enteredLast(model: ChartModel, chain: readonly ChartTransition[]): readonly string[] {
  return (chain.at(-1)?.targetIds ?? []).flatMap((id) => enteredBy(model, id));
}

function longer(model: ChartModel, chain: ChartTransition[]): ChartTransition[][] {
  const entered = enteredLast(model, chain);
  return model.transitions
    .filter(
      (each) =>
        (each.trigger === 'always' || each.eventType.startsWith('xstate.done.state.')) &&
        entered.some((id) => id === each.sourceId || id.startsWith(`${each.sourceId}.`)) &&
        each.targetIds.length > 0 &&
        !chain.includes(each),
    )
    .map((each) => [...chain, each]);
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
