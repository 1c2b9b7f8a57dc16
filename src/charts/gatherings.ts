/** Transitions that are told of once for several states. */
import type { ChartModel, ChartTransition } from './model.ts';

/** What several states stay on alike. */
export interface SharedStays {
  readonly stateIds: readonly string[];
  /** Of all those states. */
  readonly transitions: ReadonlySet<ChartTransition>;
}

const LEAST_FAILURES = 3;
const LEAST_STAYS = 4;

/** Events that change nothing but what is remembered, in the same words in two or more states. */
export function sharedStays({ transitions }: ChartModel): SharedStays[] {
  const byWords = new Map<string, ChartTransition[]>();
  for (const transition of transitions) {
    if (transition.targetIds.length > 0) continue;
    const { eventType, guard, actions, isOtherwise, description } = transition;
    const words = JSON.stringify([eventType, guard, actions, isOtherwise, description]);
    byWords.set(words, [...(byWords.get(words) ?? []), transition]);
  }
  const byStates = new Map<string, ChartTransition[]>();
  for (const alike of byWords.values()) {
    const states = JSON.stringify(alike.map(({ sourceId }) => sourceId));
    byStates.set(states, [...(byStates.get(states) ?? []), ...alike]);
  }
  return [...byStates]
    .map(([states, alike]) => ({
      stateIds: JSON.parse(states) as string[],
      transitions: new Set(alike),
    }))
    .filter(({ stateIds }) => stateIds.length > 1)
    .filter((stays) => stays.transitions.size >= LEAST_STAYS * stays.stateIds.length);
}

/** Failures of invoked actors that lead to the same place from several states: a line inside each says so. */
export function commonFailures({ transitions }: ChartModel): Set<ChartTransition> {
  const failures = transitions.filter(
    ({ trigger, guard, targetIds }) =>
      trigger === 'error' && guard === null && targetIds.length === 1,
  );
  const sourcesOf = (targetId: string | undefined): number =>
    new Set(failures.filter(({ targetIds }) => targetIds[0] === targetId).map((t) => t.sourceId))
      .size;
  return new Set(failures.filter(({ targetIds }) => sourcesOf(targetIds[0]) >= LEAST_FAILURES));
}
