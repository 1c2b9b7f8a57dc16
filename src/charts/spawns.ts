/** Which actors an action starts, found where the machine keeps its actions: no author has to say it twice. */
import type { AnyStateMachine } from 'xstate';

/** XState hides what `enqueueActions` will do until it runs, so its text is read: `enqueue.spawnChild('liveness', …)`. */
const SPAWN = /\bspawnChild\(\s*["'`]([^"'`]+)["'`]/g;

/** Names of the actors that `actions` start, each once, in the order of the text. */
export function spawnedBy(actions: readonly unknown[], machine: AnyStateMachine): string[] {
  const spawned = actions.flatMap((action) => spawnedByOne(implementationOf(action, machine)));
  return [...new Set(spawned)];
}

function implementationOf(action: unknown, machine: AnyStateMachine): unknown {
  const name = nameOf(action);
  const { actions } = machine.implementations;
  return name !== null && Object.hasOwn(actions, name) ? actions[name] : action;
}

function nameOf(action: unknown): string | null {
  if (typeof action === 'string') return action;
  const isNamed = typeof action === 'object' && action !== null && 'type' in action;
  return isNamed && typeof action.type === 'string' ? action.type : null;
}

/** A definition that was sent says what an action starts. */
function told(action: unknown): string[] {
  const isTold = typeof action === 'object' && action !== null && 'spawns' in action;
  return isTold && Array.isArray(action.spawns) ? action.spawns.map(String) : [];
}

function spawnedByOne(action: unknown): string[] {
  const spawns = told(action);
  if (spawns.length > 0) return spawns;
  if (typeof action !== 'function' || !('type' in action)) return [];
  if (action.type === 'xstate.spawnChild') {
    const source = 'src' in action ? action.src : null;
    return [typeof source === 'string' ? source : 'inline actor'];
  }
  if (!('collect' in action) || typeof action.collect !== 'function') return [];
  const text = Function.prototype.toString.call(action.collect);
  return [...text.matchAll(SPAWN)].flatMap(([, source]) => source ?? []);
}
