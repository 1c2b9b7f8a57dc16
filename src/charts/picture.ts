/**
 * What of a chart is drawn, and how it is kept readable.
 *
 * Nothing is left out, but some of it is gathered. Transitions between the same two states share one arrow. Those that
 * leave a state where it is are listed inside it: without a target, back to itself, and failures of invoked actors that
 * all lead to one place. Those that hold anywhere in the chart, or in a compound state, have a box that says so; so do
 * those that several states stay on alike. And where several states decide alike about an event, the decision is drawn
 * once.
 */
import { firstTopmostTarget, limitOf, sharedDecisions } from './decisions.ts';
import type { Decision } from './decisions.ts';
import { commonFailures, sharedStays } from './gatherings.ts';
import type { SharedStays } from './gatherings.ts';
import type { ChartModel, ChartState, ChartTransition } from './model.ts';
import { branchPhrase, phraseOf } from './phrases.ts';
import type { Phrase } from './phrases.ts';

/** `anywhere`: what holds in several states. */
type NodeKind = 'state' | 'initial' | 'decision' | 'anywhere';

export interface PictureNode {
  readonly id: string;
  readonly kind: NodeKind;
  /** Null for what stands at the top. */
  readonly parentId: string | null;
  readonly title: string;
  readonly description: string;
  readonly isFinal: boolean;
  readonly isCompound: boolean;
  readonly invokes: readonly string[];
  readonly spawns: readonly string[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  /** Transitions that a line inside tells of instead of an arrow. */
  readonly failures: readonly ChartTransition[];
  /** Back to itself: it is left and entered again. */
  readonly again: readonly ChartTransition[];
  /** Without a target: it is not left. */
  readonly staying: readonly ChartTransition[];
}

export interface PictureEdge {
  readonly id: string;
  readonly sourceId: string;
  readonly targetId: string;
  /** Whether it leads back to where its compound state begins, which stands on top. */
  readonly isUpward: boolean;
  readonly phrases: readonly Phrase[];
  /** The transitions that this arrow stands for. */
  readonly transitions: readonly ChartTransition[];
}

export interface Picture {
  readonly title: string;
  /** In reading order: what the layout puts first is what comes first here. */
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
}

export function pictureOf(model: ChartModel): Picture {
  const decisions = sharedDecisions(model);
  const decided = new Set(decisions.flatMap((decision) => decision.transitions));
  const written = commonFailures(model);
  const arrows = model.transitions.filter(
    (transition) => !decided.has(transition) && !written.has(transition) && !isAgain(transition),
  );
  const edges = new EdgeSet();

  for (const { id, initialId } of model.states) {
    if (initialId !== null) edges.add(initialIdOf(id), initialId, null, null);
  }
  for (const transition of arrows) {
    for (const targetId of transition.targetIds) {
      edges.add(sourceOf(transition, model), targetId, phraseOf(transition), transition);
    }
  }
  for (const decision of decisions) {
    for (const transition of decision.transitions) {
      const { event } = transition;
      const asked = { event, guard: null, spawns: [], note: '' };
      edges.add(decidingSourceOf(transition, model), decision.id, asked, transition);
      const branch = branchPhrase(transition, limitOf(transition, decision));
      for (const targetId of transition.targetIds) {
        edges.add(decision.id, targetId, branch, transition);
      }
    }
  }
  const drawn = edges.all(new Set(model.states.flatMap(({ initialId }) => initialId ?? [])));
  const sourceIds = new Set(drawn.map(({ sourceId }) => sourceId));
  return { title: model.id, nodes: nodesOf(model, decisions, written, sourceIds), edges: drawn };
}

/** The id of the box from which the transitions leave that hold anywhere in a state. */
export function anywhereIn(stateId: string): string {
  return `(anywhere) ${stateId}`;
}

function nodesOf(
  model: ChartModel,
  decisions: readonly Decision[],
  written: ReadonlySet<ChartTransition>,
  sourceIds: ReadonlySet<string>,
): PictureNode[] {
  const [root, ...states] = model.states;
  const rootId = root?.id ?? '';
  const ofRoot = model.transitions.filter(({ sourceId }) => sourceId === rootId);
  const firstOfRoot = ofRoot.length === 0 ? null : firstTopmostTarget(ofRoot, model);
  const shared = sharedStays(model);
  const nodes: PictureNode[] = root === undefined ? [] : initialOf(root, null);
  for (const state of states) {
    for (const decision of decisions) {
      if (state.id === decision.beforeId) nodes.push(decisionNode(decision));
    }
    for (const stays of shared) if (state.id === stays.stateIds[0]) nodes.push(sharedNode(stays));
    if (state.id === firstOfRoot) nodes.push(anywhereNode(rootId, null, 'in any state', ofRoot));
    const own = model.transitions.filter(({ sourceId }) => sourceId === state.id);
    const inside = own.filter((each) => !shared.some(({ transitions }) => transitions.has(each)));
    nodes.push(...stateNodes(state, rootId, inside, written, sourceIds));
  }
  return nodes;
}

/** A state; a compound one is followed by what stands in it before its own states. */
function stateNodes(
  state: ChartState,
  rootId: string,
  own: readonly ChartTransition[],
  written: ReadonlySet<ChartTransition>,
  sourceIds: ReadonlySet<string>,
): PictureNode[] {
  const { id, invokes, spawns, entry, exit, description } = state;
  const isCompound = state.kind === 'compound' || state.kind === 'parallel';
  const drawn: PictureNode = {
    ...node(id, 'state', state.parentId === rootId ? null : state.parentId),
    title: state.kind === 'history' ? `${state.key} (history)` : state.key,
    description,
    isFinal: state.kind === 'final',
    isCompound,
  };
  const doings = { invokes, spawns, entry, exit };
  const failures = own.filter((transition) => written.has(transition));
  const lists = { failures, again: own.filter(isAgain), staying: own.filter(isStaying) };
  if (!isCompound) return [{ ...drawn, ...doings, ...lists }];

  const isEverywhere = sourceIds.has(anywhereIn(id));
  const heading = { ...drawn, ...doings, failures };
  return [
    isEverywhere ? heading : { ...heading, ...lists },
    ...initialOf(state, id),
    ...(isEverywhere ? [anywhereNode(id, id, `anywhere in ${keyOf(id)}`, own)] : []),
  ];
}

function initialOf({ id, initialId }: ChartState, parentId: string | null): PictureNode[] {
  return initialId === null ? [] : [node(initialIdOf(id), 'initial', parentId)];
}

function anywhereNode(
  stateId: string,
  parentId: string | null,
  title: string,
  own: readonly ChartTransition[],
): PictureNode {
  const lists = { again: own.filter(isAgain), staying: own.filter(isStaying) };
  return { ...node(anywhereIn(stateId), 'anywhere', parentId), title, ...lists };
}

function sharedNode({ stateIds, transitions }: SharedStays): PictureNode {
  const title = `in ${stateIds.map(keyOf).join(' and ')}`;
  return { ...node(`(${title})`, 'anywhere', null), title, staying: [...transitions] };
}

function decisionNode({ id }: Decision): PictureNode {
  return { ...node(id, 'decision', null), title: 'the first that holds' };
}

function node(id: string, kind: NodeKind, parentId: string | null): PictureNode {
  const nothing = {
    isFinal: false,
    isCompound: false,
    invokes: [],
    spawns: [],
    entry: [],
    exit: [],
  };
  const none = { failures: [], again: [], staying: [] };
  return { id, kind, parentId, title: '', description: '', ...nothing, ...none };
}

function sourceOf(transition: ChartTransition, model: ChartModel): string {
  const { sourceId, targetIds } = transition;
  const isInward = targetIds.some((targetId) => targetId.startsWith(`${sourceId}.`));
  return isInward ? anywhereIn(sourceId) : decidingSourceOf(transition, model);
}

function decidingSourceOf({ sourceId }: ChartTransition, { states }: ChartModel): string {
  return sourceId === states[0]?.id ? anywhereIn(sourceId) : sourceId;
}

function isAgain({ sourceId, targetIds }: ChartTransition): boolean {
  return targetIds.length === 1 && targetIds[0] === sourceId;
}

function isStaying({ targetIds }: ChartTransition): boolean {
  return targetIds.length === 0;
}

function initialIdOf(stateId: string): string {
  return `(initial) ${stateId}`;
}

export function keyOf(stateId: string): string {
  return stateId.slice(stateId.lastIndexOf('.') + 1);
}

/** Keeps one edge for each ordered pair of nodes, in the order of first use. */
class EdgeSet {
  readonly #edges = new Map<string, { phrases: Phrase[]; transitions: ChartTransition[] }>();

  add(
    sourceId: string,
    targetId: string,
    phrase: Phrase | null,
    transition: ChartTransition | null,
  ): void {
    const id = JSON.stringify([sourceId, targetId]);
    const edge = this.#edges.get(id) ?? { phrases: [], transitions: [] };
    const said = JSON.stringify(phrase);
    const isNew = !edge.phrases.some((other) => JSON.stringify(other) === said);
    if (phrase !== null && isNew) edge.phrases.push(phrase);
    if (transition !== null) edge.transitions.push(transition);
    this.#edges.set(id, edge);
  }

  all(initialIds: ReadonlySet<string>): PictureEdge[] {
    return [...this.#edges].map(([id, edge]) => {
      const [sourceId, targetId] = JSON.parse(id) as [string, string];
      const isUpward = initialIds.has(targetId) && !sourceId.startsWith('(');
      return { id: `${sourceId} → ${targetId}`, sourceId, targetId, isUpward, ...edge };
    });
  }
}
