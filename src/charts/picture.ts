/**
 * What of a chart is drawn, and how it is kept readable.
 *
 * Nothing is left out, but some of it is gathered: transitions between the same two states share one arrow with
 * stacked labels; transitions without a target are listed inside their state, and so are failures of invoked actors
 * that all lead to one place; the root's transitions leave a box "in any state"; and where several states decide alike
 * about an event (same guards, same targets, in the same order), the decision is drawn once, as a diamond.
 */
import { labelOf } from './model.ts';
import type { ChartModel, ChartState, ChartTransition } from './model.ts';

type NodeKind = 'state' | 'initial' | 'decision' | 'anyState';

export interface PictureNode {
  readonly id: string;
  readonly kind: NodeKind;
  /** Null for what stands at the top. */
  readonly parentId: string | null;
  readonly title: string;
  readonly isFinal: boolean;
  readonly isCompound: boolean;
  readonly invokes: readonly string[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  /** Labels of the transitions that stay inside. */
  readonly internal: readonly string[];
  /** Failures that a line inside tells instead of an arrow: `backoffTimer failed → error`. */
  readonly failures: readonly string[];
  readonly tooltip: string;
}

export interface PictureEdge {
  readonly id: string;
  readonly sourceId: string;
  readonly targetId: string;
  readonly labels: readonly string[];
  /** The transitions that this arrow stands for. */
  readonly transitions: readonly ChartTransition[];
}

export interface Picture {
  readonly title: string;
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
}

export const ANY_STATE_ID = '(any state)';
const LEAST_BRANCHES = 3;
const LEAST_SOURCES = 2;

export function pictureOf(model: ChartModel): Picture {
  const root = model.states[0];
  const rootId = root?.id ?? '';
  const sourceOf = ({ sourceId }: ChartTransition): string =>
    sourceId === rootId ? ANY_STATE_ID : sourceId;
  const edges = new EdgeSet();
  const decisions = sharedDecisions(model);
  const decided = new Set(decisions.flatMap((decision) => decision.transitions));
  const written = commonFailures(model);

  for (const state of model.states) {
    if (state.initialId !== null) edges.add(initialIdOf(state), state.initialId, '');
  }
  for (const transition of model.transitions) {
    if (decided.has(transition) || written.has(transition)) continue;
    for (const targetId of transition.targetIds) {
      edges.add(sourceOf(transition), targetId, labelOf(transition), transition);
    }
  }
  for (const { id, transitions } of decisions) {
    for (const transition of transitions) {
      edges.add(sourceOf(transition), id, transition.event, transition);
      for (const targetId of transition.targetIds) {
        edges.add(id, targetId, guardLabel(transition), transition);
      }
    }
  }
  return { title: model.id, nodes: nodesOf(model, decisions, written), edges: edges.all() };
}

/** In reading order: what the layout puts first is what comes first here. */
function nodesOf(
  model: ChartModel,
  decisions: readonly Decision[],
  written: ReadonlySet<ChartTransition>,
): PictureNode[] {
  const rootId = model.states[0]?.id ?? '';
  const ofRoot = model.transitions.filter(({ sourceId }) => sourceId === rootId);
  const firstOfRoot = ofRoot.length === 0 ? null : firstTopmostTarget(ofRoot, model);
  const nodes: PictureNode[] = [];
  for (const state of model.states) {
    for (const decision of decisions) {
      if (state.id === decision.beforeId) nodes.push(pseudoNode(decision.id, 'decision', null));
    }
    if (state.id === firstOfRoot) nodes.push(anyStateNode(ofRoot));
    if (state.id !== rootId) nodes.push(stateNode(state, rootId, model.transitions, written));
    if (state.initialId !== null) {
      nodes.push(pseudoNode(initialIdOf(state), 'initial', state.id === rootId ? null : state.id));
    }
  }
  return nodes;
}

interface Decision {
  readonly id: string;
  /** The topmost state before which it stands in reading order. */
  readonly beforeId: string;
  readonly transitions: readonly ChartTransition[];
}

/** Groups of transitions, of at least two states, that ask the same guards for the same targets. */
function sharedDecisions(model: ChartModel): Decision[] {
  const byQuestion = new Map<string, ChartTransition[]>();
  for (const state of model.states) {
    for (const branches of branchesOf(state, model.transitions)) {
      if (branches.length < LEAST_BRANCHES) continue;
      const question = JSON.stringify(branches.map(({ guard, targetIds }) => [guard, targetIds]));
      const asked = byQuestion.get(question) ?? [];
      asked.push(...branches);
      byQuestion.set(question, asked);
    }
  }
  return [...byQuestion.values()]
    .filter((asked) => new Set(asked.map(({ sourceId }) => sourceId)).size >= LEAST_SOURCES)
    .map((transitions, index) => ({
      id: `(decision ${index + 1})`,
      beforeId: firstTopmostTarget(transitions, model),
      transitions,
    }));
}

function branchesOf(
  state: ChartState,
  transitions: readonly ChartTransition[],
): Iterable<ChartTransition[]> {
  const byEvent = new Map<string, ChartTransition[]>();
  for (const transition of transitions) {
    if (transition.sourceId !== state.id || transition.targetIds.length === 0) continue;
    const key = `${transition.trigger} ${transition.eventType}`;
    const branches = byEvent.get(key) ?? [];
    branches.push(transition);
    byEvent.set(key, branches);
  }
  return byEvent.values();
}

function firstTopmostTarget(transitions: readonly ChartTransition[], model: ChartModel): string {
  const targetIds = new Set(transitions.flatMap((transition) => transition.targetIds));
  const rootId = model.states[0]?.id ?? '';
  let topmostId = '';
  for (const state of model.states) {
    if (state.parentId === rootId) topmostId = state.id;
    if (targetIds.has(state.id)) return topmostId;
  }
  return topmostId;
}

/** Failures of invoked actors that lead to the same place from several states: a line inside each says so. */
function commonFailures(model: ChartModel): Set<ChartTransition> {
  const failures = model.transitions.filter(
    ({ trigger, guard, targetIds }) =>
      trigger === 'error' && guard === null && targetIds.length === 1,
  );
  const sourcesOf = (targetId: string | undefined): number =>
    new Set(failures.filter(({ targetIds }) => targetIds[0] === targetId).map((t) => t.sourceId))
      .size;
  return new Set(failures.filter(({ targetIds }) => sourcesOf(targetIds[0]) >= LEAST_BRANCHES));
}

function guardLabel(transition: ChartTransition): string {
  return transition.guard === null ? '[otherwise]' : `[${transition.guard}]`;
}

function stateNode(
  state: ChartState,
  rootId: string,
  transitions: readonly ChartTransition[],
  written: ReadonlySet<ChartTransition>,
): PictureNode {
  const own = transitions.filter(({ sourceId }) => sourceId === state.id);
  return {
    id: state.id,
    kind: 'state',
    parentId: state.parentId === rootId ? null : state.parentId,
    title: state.kind === 'history' ? `${state.key} (history)` : state.key,
    isFinal: state.kind === 'final',
    isCompound: state.kind === 'compound' || state.kind === 'parallel',
    invokes: state.invokes,
    entry: state.entry,
    exit: state.exit,
    internal: internalLabels(own),
    failures: own
      .filter((transition) => written.has(transition))
      .map(({ event, targetIds }) => `${event} → ${keyOf(targetIds[0] ?? '')}`),
    tooltip: state.description,
  };
}

function anyStateNode(transitions: readonly ChartTransition[]): PictureNode {
  return {
    ...pseudoNode(ANY_STATE_ID, 'anyState', null),
    title: 'in any state',
    internal: internalLabels(transitions),
    tooltip: 'What is true in every state of this chart.',
  };
}

function pseudoNode(id: string, kind: NodeKind, parentId: string | null): PictureNode {
  const tooltip = kind === 'decision' ? 'The same decision, wherever the event comes.' : '';
  const none = { isFinal: false, isCompound: false, invokes: [], entry: [], exit: [] };
  return { id, kind, parentId, title: '', ...none, internal: [], failures: [], tooltip };
}

function initialIdOf(state: ChartState): string {
  return `(initial) ${state.id}`;
}

function keyOf(stateId: string): string {
  return stateId.slice(stateId.lastIndexOf('.') + 1);
}

function internalLabels(transitions: readonly ChartTransition[]): string[] {
  const staying = transitions.filter(({ targetIds }) => targetIds.length === 0);
  return [...new Set(staying.map(labelOf))];
}

/** Keeps one edge for each ordered pair of nodes, in the order of first use. */
class EdgeSet {
  readonly #edges = new Map<string, { labels: string[]; transitions: ChartTransition[] }>();

  add(sourceId: string, targetId: string, label: string, transition?: ChartTransition): void {
    const id = JSON.stringify([sourceId, targetId]);
    const edge = this.#edges.get(id) ?? { labels: [], transitions: [] };
    if (label !== '' && !edge.labels.includes(label)) edge.labels.push(label);
    if (transition !== undefined) edge.transitions.push(transition);
    this.#edges.set(id, edge);
  }

  all(): PictureEdge[] {
    return [...this.#edges].map(([id, edge]) => {
      const [sourceId, targetId] = JSON.parse(id) as [string, string];
      return { id: `${sourceId} → ${targetId}`, sourceId, targetId, ...edge };
    });
  }
}
