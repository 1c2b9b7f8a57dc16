/** What XState's internal names mean, in a reader's words. */
import type { AnyStateNode } from 'xstate';

export type Trigger = 'event' | 'always' | 'after' | 'done' | 'error';

export interface TriggerName {
  readonly trigger: Trigger;
  readonly label: string;
}

/** Names the event of a transition out of `source`: `xstate.done.actor.backoffTimer` is `backoffTimer done`. */
export function triggerName(eventType: string, source: AnyStateNode): TriggerName {
  const after = /^xstate\.after\.(.+)$/.exec(eventType)?.[1];
  if (after !== undefined) {
    const delay = after.endsWith(`.${source.id}`) ? after.slice(0, -source.id.length - 1) : after;
    const isMs = /^\d+$/.test(delay);
    return { trigger: 'after', label: isMs ? `after ${delay} ms` : `after ${delay}` };
  }
  const actor = /^xstate\.(done|error|snapshot)\.actor\.(.+)$/.exec(eventType);
  if (actor?.[2] !== undefined) {
    const name = actorName(actor[2], source);
    if (actor[1] === 'done') return { trigger: 'done', label: `${name} done` };
    if (actor[1] === 'error') return { trigger: 'error', label: `${name} failed` };
    return { trigger: 'event', label: `${name} changed` };
  }
  const state = /^xstate\.done\.state\.(.+)$/.exec(eventType)?.[1];
  if (state !== undefined) {
    return { trigger: 'done', label: `${state.slice(state.lastIndexOf('.') + 1)} done` };
  }
  return { trigger: 'event', label: eventType === '*' ? 'any other event' : eventType };
}

/** An invoked actor's id; its source's name where XState made the id up (`0.connection.active`). */
export function actorName(id: string, source: AnyStateNode): string {
  const invoked = source.invoke.find((candidate) => candidate.id === id);
  if (invoked === undefined || !id.endsWith(`.${source.id}`)) return id;
  return typeof invoked.src === 'string' ? invoked.src : 'inline actor';
}

/** A guard as a reader says it: `isCurrent`, `not isOpen`, `leadsTo error` (a parameter follows its name). */
export function guardName(guard: unknown): string | null {
  if (guard === undefined || guard === null) return null;
  if (typeof guard === 'string') return guard;
  if (typeof guard !== 'function') return namedWithParams(guard);
  const parts = nestedGuards(guard).map((nested) => guardName(nested) ?? 'inline');
  switch (guard.name) {
    case 'not':
      return `not ${parts.join(' ')}`;
    case 'and':
      return parts.join(' and ');
    case 'or':
      return parts.join(' or ');
    case 'stateIn':
      return 'stateValue' in guard ? `in ${describe(guard.stateValue)}` : 'in state';
    default:
      return guard.name === '' || guard.name === 'guard' ? 'inline' : guard.name;
  }
}

/** An action's name; for XState's own actions written in place, their kind: `assign`, `emit`. */
export function actionName(action: unknown): string {
  if (typeof action === 'string') return action;
  if (typeof action === 'function') {
    const kind = 'type' in action && typeof action.type === 'string' ? action.type : action.name;
    return kind === '' ? 'inline' : kind.replace(/^xstate\./, '');
  }
  return namedWithParams(action) ?? 'inline';
}

/** XState starts and cancels the timer of `after` by actions of its own: no author wrote them. */
export function isTimerAction(action: unknown): boolean {
  if (typeof action !== 'function' || !('type' in action)) return false;
  if (action.type === 'xstate.raise' && 'event' in action) {
    const { event } = action;
    return hasType(event) && event.type.startsWith('xstate.after.');
  }
  return (
    action.type === 'xstate.cancel' &&
    'sendId' in action &&
    typeof action.sendId === 'string' &&
    action.sendId.startsWith('xstate.after.')
  );
}

function namedWithParams(value: unknown): string | null {
  if (!hasType(value)) return null;
  const params = 'params' in value ? value.params : undefined;
  if (typeof params !== 'object' || params === null) return value.type;
  return [value.type, ...Object.values(params).map(describe)].join(' ');
}

function hasType(value: unknown): value is { readonly type: string } {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
  );
}

function nestedGuards(guard: object): readonly unknown[] {
  return 'guards' in guard && Array.isArray(guard.guards) ? guard.guards : [];
}

function describe(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
