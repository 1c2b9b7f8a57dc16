/**
 * A machine as plain data: every state and every transition, named for a reader.
 *
 * It walks the machine's own state nodes, because XState's directed graph leaves out `always` and the initial states.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate';

import { delayInWords } from './delays.ts';
import { actionName, actorName, guardName, isTimerAction, triggerName } from './names.ts';
import type { Trigger } from './names.ts';
import { spawnedBy } from './spawns.ts';

type StateKind = 'atomic' | 'compound' | 'parallel' | 'final' | 'history';

export interface ChartState {
  /** XState's id: `connection.reconnecting.backingOff`. */
  readonly id: string;
  readonly key: string;
  readonly parentId: string | null;
  readonly kind: StateKind;
  readonly description: string;
  readonly tags: readonly string[];
  /** The state entered first, of a compound state. */
  readonly initialId: string | null;
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  /** Names of the actors that run while the state is active. */
  readonly invokes: readonly string[];
  /** Names of the actors that its entry starts, and that may outlive it. */
  readonly spawns: readonly string[];
}

export interface ChartTransition {
  readonly sourceId: string;
  /** Empty for an internal transition: actions run, the state stays. */
  readonly targetIds: readonly string[];
  readonly trigger: Trigger;
  /** XState's event type; empty for `always`. */
  readonly eventType: string;
  /** The event in a reader's words. */
  readonly event: string;
  readonly guard: string | null;
  /** True where a guard of the same state and event is asked before it. */
  readonly isOtherwise: boolean;
  readonly actions: readonly string[];
  /** Names of the actors that its actions start. */
  readonly spawns: readonly string[];
  readonly description: string;
}

export interface ChartModel {
  readonly id: string;
  readonly description: string;
  /** The root first, then each state before its children, in the machine's order. */
  readonly states: readonly ChartState[];
  readonly transitions: readonly ChartTransition[];
}

export function chartModel(machine: AnyStateMachine): ChartModel {
  const states: ChartState[] = [];
  const transitions: ChartTransition[] = [];
  const visit = (node: AnyStateNode): void => {
    states.push(stateOf(node));
    transitions.push(...transitionsOf(node));
    for (const child of childrenOf(node)) visit(child);
  };
  visit(machine.root);
  return {
    id: machine.root.key,
    description: machine.root.description ?? '',
    states,
    transitions,
  };
}

/** `event [guard]`, as it stands beside an arrow. */
export function labelOf(transition: Pick<ChartTransition, 'event' | 'guard'>): string {
  const guard = transition.guard === null ? '' : `[${transition.guard}]`;
  return [transition.event, guard].filter((part) => part !== '').join(' ');
}

function stateOf(node: AnyStateNode): ChartState {
  return {
    id: node.id,
    key: node.key,
    parentId: node.parent?.id ?? null,
    kind: node.type,
    description: node.description ?? '',
    tags: [...node.tags].map(String),
    initialId: node.type === 'compound' ? (targetIdsOf(node.initial.target)[0] ?? null) : null,
    entry: authored(node.entry),
    exit: authored(node.exit),
    invokes: node.invoke.map((invoked) => actorName(invoked.id, node)),
    spawns: spawnedBy(node.entry, node.machine),
  };
}

function transitionsOf(node: AnyStateNode): ChartTransition[] {
  const found = [...node.transitions].flatMap(([eventType, definitions]) => {
    const { trigger, label } = triggerName(eventType, node);
    const event = trigger === 'after' ? delayInWords(label, node.machine) : label;
    return branchesOf(node, { trigger, eventType, event }, definitions);
  });
  found.push(...branchesOf(node, ALWAYS, node.always ?? []));
  if (node.type === 'history' && node.config.target !== undefined) {
    found.push({
      ...ALWAYS,
      sourceId: node.id,
      targetIds: resolved(node, node.config.target),
      event: 'nothing remembered',
      guard: null,
      isOtherwise: false,
      actions: [],
      spawns: [],
      description: '',
    });
  }
  return found;
}

type Definition = NonNullable<AnyStateNode['always']>[number];
type Cause = Pick<ChartTransition, 'trigger' | 'eventType' | 'event'>;

const ALWAYS: Cause = { trigger: 'always', eventType: '', event: 'always' };

/** What one event leads to: the first whose guard holds. */
function branchesOf(
  node: AnyStateNode,
  cause: Cause,
  definitions: readonly Definition[],
): ChartTransition[] {
  return definitions.map((definition, index) => ({
    ...cause,
    sourceId: node.id,
    targetIds: targetIdsOf(definition.target),
    guard: guardName(definition.guard),
    isOtherwise: definition.guard === undefined && index > 0,
    actions: definition.actions.map(actionName),
    spawns: spawnedBy(definition.actions, node.machine),
    description: definition.description ?? '',
  }));
}

function targetIdsOf(targets: readonly AnyStateNode[] | undefined): string[] {
  return (targets ?? []).map((target) => target.id);
}

/** A history state's default is a path beside it, or a `#id`. */
function resolved(node: AnyStateNode, target: string): string[] {
  if (target.startsWith('#')) return [target.slice(1)];
  return [`${node.parent?.id ?? ''}.${target}`];
}

function authored(actions: readonly unknown[]): string[] {
  return actions.filter((action) => !isTimerAction(action)).map(actionName);
}

function childrenOf(node: AnyStateNode): AnyStateNode[] {
  return Object.values(node.states);
}
