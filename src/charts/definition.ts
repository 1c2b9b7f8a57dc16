/**
 * A machine as the text that inspectors send, and a machine made of such a text.
 *
 * What XState's own JSON loses is written in words that a reader needs: a composed guard by what it asks, an action by its
 * kind, what it starts and how long a delay is. Whoever knows nothing of that reads it as any other definition.
 */
import { createMachine } from 'xstate';
import type { AnyStateMachine } from 'xstate';

import { actionName, guardName } from './names.ts';
import { spawnedBy } from './spawns.ts';

/** What a state may say, and how each is copied; anything else stays behind, a machine's own context and meta too. */
const STATE_FIELDS = [
  'id',
  'key',
  'type',
  'initial',
  'history',
  'target',
  'description',
  'tags',
] as const;
const TRANSITION_FIELDS = ['description', 'reenter'] as const;
const EVENTS_OF = ['on', 'after'] as const;
const TRANSITIONS_OF = ['always', 'onDone'] as const;
const ACTIONS_OF = ['entry', 'exit'] as const;
const DEEPEST = 24;

type Fields = Record<string, unknown>;

/** The JSON of a machine's definition: the shape of its config, without functions, context and meta. */
export function definitionOf(machine: AnyStateMachine): string {
  const { config, implementations } = machine as AnyStateMachine & { readonly config: object };
  const delays = Object.entries(implementations.delays).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return JSON.stringify({
    ...stateOf(config, { machine, depth: 0 }),
    ...(delays.length === 0 ? {} : { delays: Object.fromEntries(delays) }),
  });
}

/** @returns null where the text is no definition of a machine: another kind of actor, or cut off on its way. */
export function machineOf(definition: string): AnyStateMachine | null {
  try {
    const given: unknown = JSON.parse(definition);
    if (!isFields(given) || !isFields(given['states'])) return null;
    const config = stateOf(given, { machine: null, depth: 0 });
    const delays = isFields(given['delays']) ? given['delays'] : {};
    const make = createMachine as (config: Fields, known: { delays: Fields }) => unknown;
    return make(config, { delays }) as AnyStateMachine;
  } catch {
    return null;
  }
}

interface Within {
  /** Null where the text of another machine is read. */
  readonly machine: AnyStateMachine | null;
  readonly depth: number;
}

function stateOf(given: unknown, { machine, depth }: Within): Fields {
  if (!isFields(given) || depth > DEEPEST) return {};
  const within = { machine, depth: depth + 1 };
  const state = picked(given, STATE_FIELDS);
  for (const name of EVENTS_OF) {
    if (!isFields(given[name])) continue;
    state[name] = mapped(given[name], (to) => transitionsOf(to, machine));
  }
  for (const name of TRANSITIONS_OF) {
    if (given[name] !== undefined) state[name] = transitionsOf(given[name], machine);
  }
  for (const name of ACTIONS_OF) {
    if (given[name] !== undefined) state[name] = actionsOf(given[name], machine);
  }
  if (given['invoke'] !== undefined) {
    state['invoke'] = listOf(given['invoke']).map((invoked) => invokeOf(invoked, machine));
  }
  if (isFields(given['states'])) {
    state['states'] = mapped(given['states'], (child) => stateOf(child, within));
  }
  return state;
}

function invokeOf(given: unknown, machine: AnyStateMachine | null): Fields {
  if (!isFields(given)) return { src: 'inline actor' };
  const { src } = given;
  const invoked: Fields = {
    ...picked(given, ['id']),
    src: typeof src === 'string' ? src : 'inline actor',
  };
  for (const name of ['onDone', 'onError', 'onSnapshot']) {
    if (given[name] !== undefined) invoked[name] = transitionsOf(given[name], machine);
  }
  return invoked;
}

/** An event that leads nowhere is forbidden, which is said by an empty list. */
function transitionsOf(given: unknown, machine: AnyStateMachine | null): unknown {
  if (typeof given === 'string') return given;
  if (Array.isArray(given)) return given.map((one) => transitionsOf(one, machine));
  if (!isFields(given)) return [];
  const { target, guard, actions } = given;
  const targets = listOf(target).filter((each): each is string => typeof each === 'string');
  return {
    ...picked(given, TRANSITION_FIELDS),
    ...(targets.length === 0 ? {} : { target: targets.length === 1 ? targets[0] : targets }),
    ...(guard === undefined ? {} : { guard: guardOf(guard) }),
    ...(actions === undefined ? {} : { actions: actionsOf(actions, machine) }),
  };
}

function guardOf(guard: unknown): Fields {
  if (isFields(guard) && typeof guard['type'] === 'string') return named(guard);
  return { type: guardName(guard) ?? 'inline' };
}

function actionsOf(given: unknown, machine: AnyStateMachine | null): Fields[] {
  return listOf(given).map((action) => {
    const spawns = startedBy(action, machine);
    const isNamed = isFields(action) && typeof action['type'] === 'string';
    return {
      ...(isNamed ? named(action) : { type: actionName(action) }),
      ...(spawns.length === 0 ? {} : { spawns }),
    };
  });
}

function startedBy(action: unknown, machine: AnyStateMachine | null): readonly string[] {
  if (machine !== null) return spawnedBy([action], machine);
  const spawns = isFields(action) ? action['spawns'] : [];
  return listOf(spawns).filter((each): each is string => typeof each === 'string');
}

/** Its name in XState's words, such as `xstate.assign`, is shortened as for an action written in place. */
function named(given: Fields): Fields {
  const params = isFields(given['params']) ? plainOf(given['params']) : null;
  const type = String(given['type']).replace(/^xstate\./, '');
  return { type: type === '' ? 'inline' : type, ...(params === null ? {} : { params }) };
}

function plainOf(params: Fields): Fields {
  const isPlain = (value: unknown): boolean =>
    ['string', 'number', 'boolean'].includes(typeof value);
  return Object.fromEntries(Object.entries(params).filter(([, value]) => isPlain(value)));
}

function picked(given: Fields, names: readonly string[]): Fields {
  const found: Fields = {};
  for (const name of names) {
    const value = given[name];
    if (['string', 'boolean'].includes(typeof value)) found[name] = value;
    else if (name === 'tags' && Array.isArray(value)) found[name] = value.map(String);
    else if (name === 'initial' && isFields(value)) found[name] = value['target'];
  }
  return found;
}

function mapped(given: Fields, to: (value: unknown) => unknown): Fields {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, to(value)]));
}

function listOf(given: unknown): readonly unknown[] {
  if (given === undefined) return [];
  return Array.isArray(given) ? (given as readonly unknown[]) : [given];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
