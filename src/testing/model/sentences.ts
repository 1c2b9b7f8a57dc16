/** Paths as sentences, in the chart's own words. */
import { statePath } from './events.ts';
import type { ModelPath } from './path.ts';
import type { Situation } from './steps.ts';

/** `After session.connect and socket.opened, socket.lost (transient) leads to reconnecting.backingOff.` */
export function sentenceOf({ start, steps }: Omit<ModelPath, 'name'>): string {
  const last = steps.at(-1);
  if (last === undefined) return `It starts in ${stateOf(start)}.`;

  const before = listOf(steps.slice(0, -1).map(({ label }) => label));
  const lead = before === '' ? `In ${stateOf(start)}, ` : `After ${before}, `;
  return `${lead}${last.label} ${outcomeOf(last)}.`;
}

/** What came of a step: `leads to active`, `is taken in active`, `changes nothing in active`. */
export function outcomeOf({ from, to }: ModelPath['steps'][number]): string {
  const state = stateOf(to);
  if (to.edges.length === 0) return `changes nothing in ${state}`;
  if (state !== stateOf(from)) return `leads to ${state}`;
  return to.edges.some(({ targetIds }) => targetIds.length > 0)
    ? `leads back to ${state}`
    : `is taken in ${state}`;
}

export function stateOf({ snapshot }: Situation): string {
  return statePath(snapshot.value);
}

/** `a`, `a and b`, `a, b and c`. */
function listOf(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
