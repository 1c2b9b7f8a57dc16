/** What XState lets pass in silence: names that stand for nothing. Each is an error here, before any test runs. */
import type { AnyStateMachine, AnyStateNode } from 'xstate';

import { descriptorsOf, fits } from './events.ts';
import type { TenutoError } from '../../ports/errors.ts';
import { modelInvalid } from '../model-error.ts';

/** What a model says about its chart, by the chart's names. */
interface Named {
  readonly events?: Readonly<Record<string, unknown>>;
  readonly ignore?: readonly string[];
  readonly executors?: Readonly<Record<string, unknown>>;
  readonly states?: Readonly<Record<string, unknown>>;
}

/** Throws a TenutoError `MODEL_INVALID` for the first name that stands for nothing. */
export function assertModelFits(machine: AnyStateMachine, named: Named): void {
  for (const node of nodesOf(machine.root)) assertNodeIsWhole(machine, node);
  const descriptors = descriptorsOf(machine);
  assertKnown(machine, 'event', '`events`', Object.keys(named.events ?? {}), descriptors);
  assertKnown(machine, 'event', '`ignore`', named.ignore ?? [], descriptors);
  assertKnown(machine, 'state', '`states`', Object.keys(named.states ?? {}), statesOf(machine));
  if (named.executors !== undefined) assertExecutors(machine, named.executors, named.ignore ?? []);
}

/** Every state as a path, each compound one included: `reconnecting`, `reconnecting.backingOff`. */
function statesOf(machine: AnyStateMachine): readonly string[] {
  return nodesOf(machine.root).map(({ path }) => path.join('.'));
}

function assertExecutors(
  machine: AnyStateMachine,
  executors: Readonly<Record<string, unknown>>,
  ignore: readonly string[],
): void {
  const descriptors = descriptorsOf(machine);
  const types = Object.keys(executors);
  const isTaken = (type: string): boolean => descriptors.some((each) => fits(type, each));
  for (const type of types)
    if (!isTaken(type)) throw unknown(machine, 'event', '`executors`', type, descriptors);
  for (const descriptor of descriptors) {
    const isExecuted = types.some((type) => type === descriptor || fits(type, descriptor));
    if (isExecuted || ignore.includes(descriptor) || descriptor.startsWith('xstate.after.'))
      continue;
    throw modelInvalid(
      `${machine.root.id}: the chart takes ${descriptor}, and no executor causes it.`,
      `Add "${descriptor}" to \`executors\`, or to \`ignore\`.`,
    );
  }
}

function assertNodeIsWhole(machine: AnyStateMachine, node: AnyStateNode): void {
  const { delays, guards, actions, actors } = machine.implementations;
  const say = (kind: string, name: string, declared: object): TenutoError =>
    modelInvalid(
      `${node.id}: the ${kind} ${name} is not declared.${hint(name, Object.keys(declared))}`,
      `Declare it in setup({ ${kind}s }), or correct its name.`,
    );
  try {
    targetsOf(node);
  } catch (cause) {
    throw modelInvalid(
      `${node.id}: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Name a state that exists as `initial`.',
    );
  }
  for (const { delay } of node.after) {
    if (typeof delay === 'string' && !Object.hasOwn(delays, delay))
      throw say('delay', delay, delays);
  }
  for (const { src } of node.invoke) {
    if (typeof src === 'string' && !Object.hasOwn(actors, src)) throw say('actor', src, actors);
  }
  const transitions = [...node.transitions.values()].flat().concat(node.always ?? []);
  for (const { guard } of transitions) {
    const name = referenced(guard);
    if (name !== null && !Object.hasOwn(guards, name)) throw say('guard', name, guards);
  }
  const written = [...node.entry, ...node.exit, ...transitions.flatMap((each) => each.actions)];
  for (const action of written) {
    const name = referenced(action);
    if (name !== null && !Object.hasOwn(actions, name)) throw say('action', name, actions);
    const delay = delayOf(name === null ? action : actions[name]);
    if (delay !== null && !Object.hasOwn(delays, delay)) throw say('delay', delay, delays);
  }
}

/** XState looks these up when it needs them; a name that stands for nothing throws. */
function targetsOf(node: AnyStateNode): readonly AnyStateNode[] {
  return node.type === 'compound' ? node.initial.target : [];
}

/** The name by which something written elsewhere is meant; null for what is written in place. */
function referenced(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || !('type' in value)) return null;
  return typeof value.type === 'string' ? value.type : null;
}

/** The delay's name in a delayed `raise` or `sendTo`. */
function delayOf(action: unknown): string | null {
  if (typeof action !== 'function' || !('delay' in action)) return null;
  return typeof action.delay === 'string' ? action.delay : null;
}

function assertKnown(
  machine: AnyStateMachine,
  what: string,
  where: string,
  names: readonly string[],
  known: readonly string[],
): void {
  for (const name of names)
    if (!known.includes(name)) throw unknown(machine, what, where, name, known);
}

function unknown(
  machine: AnyStateMachine,
  what: string,
  where: string,
  name: string,
  known: readonly string[],
): TenutoError {
  return modelInvalid(
    `${machine.root.id}: "${name}" in ${where} is no ${what} of the chart.${hint(name, known)}`,
    `Take one of: ${known.filter((each) => each !== '').join(', ')}.`,
  );
}

/** The nearest name within two typing errors. */
function hint(name: string, known: readonly string[]): string {
  const near = known
    .map((each) => ({ each, errors: typingErrors(name, each) }))
    .filter(({ each, errors }) => each !== '' && errors <= 2)
    .sort((a, b) => a.errors - b.errors)[0];
  return near === undefined ? '' : ` Did you mean ${near.each}?`;
}

/** Letters put in, left out or changed (Levenshtein's distance). */
function typingErrors(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values<AnyStateNode>(node.states).flatMap(nodesOf)];
}
