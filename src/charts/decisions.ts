/** Where several states decide alike about an event, the decision is drawn once. */
import type { ChartModel, ChartTransition } from './model.ts';

export interface Decision {
  readonly id: string;
  /** The topmost state before which it stands in reading order. */
  readonly beforeId: string;
  /** The transitions of every state that decides so, all of them. */
  readonly transitions: readonly ChartTransition[];
}

const LEAST_BRANCHES = 3;
const LEAST_SOURCES = 2;

/**
 * Groups of transitions, of at least two states, that ask the same guards for the same targets. A group that asks only
 * some of another's guards, in the same order, joins it.
 */
export function sharedDecisions(model: ChartModel): Decision[] {
  const byQuestion = new Map<string, ChartTransition[][]>();
  for (const branches of decisionsOf(model)) {
    const question = JSON.stringify(branches.map(branchKey));
    byQuestion.set(question, [...(byQuestion.get(question) ?? []), branches]);
  }
  const shared = [...byQuestion.values()]
    .filter((asked) => new Set(asked.flat().map(({ sourceId }) => sourceId)).size >= LEAST_SOURCES)
    .sort((a, b) => (b[0]?.length ?? 0) - (a[0]?.length ?? 0));
  const joined: ChartTransition[][][] = [];
  for (const asked of shared) {
    const wider = joined.find(([branches = []]) => isWithin(asked[0] ?? [], branches));
    if (wider === undefined) joined.push([...asked]);
    else wider.push(...asked);
  }
  return joined.map((asked, index) => ({
    id: `(decision ${index + 1})`,
    beforeId: firstTopmostTarget(asked.flat(), model),
    transitions: asked.flat(),
  }));
}

/** What tells one branch of a decision from another. */
function branchKey({ guard, targetIds }: ChartTransition): string {
  return JSON.stringify([guard, targetIds]);
}

/** `socket.lost only`, of a branch that not every event of the decision can take; empty otherwise. */
export function limitOf(transition: ChartTransition, decision: Decision): string {
  const key = branchKey(transition);
  const events = new Set(decision.transitions.map(({ event }) => event));
  const own = new Set(
    decision.transitions.filter((other) => branchKey(other) === key).map(({ event }) => event),
  );
  return own.size === events.size ? '' : `${[...own].join(', ')} only`;
}

export function firstTopmostTarget(
  transitions: readonly ChartTransition[],
  model: ChartModel,
): string {
  const targetIds = new Set(transitions.flatMap((transition) => transition.targetIds));
  const rootId = model.states[0]?.id ?? '';
  let topmostId = '';
  for (const state of model.states) {
    if (state.parentId === rootId) topmostId = state.id;
    if (targetIds.has(state.id)) return topmostId;
  }
  return topmostId;
}

/** The branches that lead away, of each state and event that has enough of them. */
function decisionsOf({ states, transitions }: ChartModel): ChartTransition[][] {
  return states.flatMap(({ id }) => {
    const byEvent = new Map<string, ChartTransition[]>();
    for (const transition of transitions) {
      const { sourceId, targetIds, trigger, eventType } = transition;
      if (sourceId !== id || targetIds.length === 0) continue;
      const key = `${trigger} ${eventType}`;
      byEvent.set(key, [...(byEvent.get(key) ?? []), transition]);
    }
    return [...byEvent.values()].filter(({ length }) => length >= LEAST_BRANCHES);
  });
}

/** Whether `few` stand among `many` in the same order. */
function isWithin(few: readonly ChartTransition[], many: readonly ChartTransition[]): boolean {
  const left = few.map(branchKey);
  for (const key of many.map(branchKey)) if (left[0] === key) left.shift();
  return left.length === 0;
}
