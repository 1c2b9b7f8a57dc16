/** What the worlds of the charts show of their actors, and the waits that they give them. */
import { fromPromise } from 'xstate';
import type { StateValue } from 'xstate';

import type { WaitInput } from '../../machines/connection.types.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** The state's path, such as `reconnecting.backingOff`. */
export function statePath(value: StateValue): string {
  if (typeof value === 'string') return value;
  return Object.entries(value)
    .flatMap(([state, inner]) => (inner === undefined ? [state] : [state, statePath(inner)]))
    .join('.');
}

/** The ids of the actors that still run. */
export function running(children: object): readonly string[] {
  return Object.entries(children).flatMap(([id, child]) => (child ? [id] : []));
}

export function ofType<E extends { readonly type: string }, T extends E['type']>(
  events: readonly E[],
  type: T,
): readonly Extract<E, { readonly type: T }>[] {
  return events.filter((event): event is Extract<E, { readonly type: T }> => event.type === type);
}

/** Waits on the virtual clock; a wait that is left leaves no timer. */
export function waitOn(clock: VirtualClock, onWait: (waitMs: number) => void = () => undefined) {
  return fromPromise<void, WaitInput>(({ input, signal }) => {
    onWait(input.waitMs);
    return new Promise((resolve) => {
      const timer = clock.setTimeout(resolve, input.waitMs);
      signal.addEventListener('abort', () => {
        clock.clearTimeout(timer);
      });
    });
  });
}
