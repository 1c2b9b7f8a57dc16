/**
 * One step of a chart as a pure function: what follows, which transitions were executed, and when the chart's own
 * timers fall due. No actor is started.
 */
import { createEmptyActor } from 'xstate';
import type {
  ActorScope,
  AnyEventObject,
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  AnyTransitionDefinition,
} from 'xstate';

import { executedEdges } from './edges.ts';
import type { ChartEdge } from './edges.ts';
import { statePath } from './events.ts';
import { modelInvalid } from '../model-error.ts';

/** A moment of a chart's life. */
export interface Situation {
  readonly snapshot: AnyMachineSnapshot;
  readonly nowMs: number;
  /** The transitions that led here from the last situation. */
  readonly edges: readonly ChartEdge[];
  /** Timers that run, by event type, and when they fall due. */
  readonly dueAtMs: ReadonlyMap<string, number>;
}

interface Timer {
  readonly eventType: string;
  /** Milliseconds, or the name of a declared delay. */
  readonly delay: unknown;
}

type DelayFunction = (
  args: { readonly context: unknown; readonly event: AnyEventObject },
  params: undefined,
) => number;

interface Microstep {
  readonly transitions: readonly AnyTransitionDefinition[];
  readonly snapshot: AnyMachineSnapshot;
  readonly event: AnyEventObject;
}

const INIT: AnyEventObject = { type: 'xstate.init' };

export function startOf(machine: AnyStateMachine, input: unknown, nowMs: number): Situation {
  const microsteps: Microstep[] = [];
  const snapshot = guarded(machine, 'the start', () =>
    machine.getInitialSnapshot(scopeFor(microsteps), input),
  );
  const first = timersAfter(new Map(), { transitions: [], snapshot, event: INIT }, nowMs, []);
  return situation(machine, snapshot, microsteps, nowMs, first);
}

/** What follows from an event at a moment. Throws a TenutoError `MODEL_INVALID` where the chart's own code throws. */
export function after(
  machine: AnyStateMachine,
  from: Situation,
  event: AnyEventObject,
  nowMs: number,
): Situation {
  const microsteps: Microstep[] = [];
  const snapshot = guarded(machine, `${event.type} in ${statePath(from.snapshot.value)}`, () =>
    machine.transition(from.snapshot, event, scopeFor(microsteps)),
  );
  // What fell due before did nothing: its guards said no, or it would have come first.
  const running = new Map([...from.dueAtMs].filter(([, dueMs]) => dueMs >= nowMs));
  running.delete(event.type);
  return situation(machine, snapshot, microsteps, nowMs, running, from.snapshot._nodes);
}

/** The chart's next timer that would do something, or null. */
export function nextTimer({
  snapshot,
  nowMs,
  dueAtMs,
}: Situation): readonly [string, number] | null {
  let next: readonly [string, number] | null = null;
  for (const [type, atMs] of dueAtMs) {
    if (atMs < nowMs || (next !== null && next[1] <= atMs)) continue;
    if (snapshot.machine.getTransitionData(snapshot, { type }).length > 0) next = [type, atMs];
  }
  return next;
}

function situation(
  machine: AnyStateMachine,
  snapshot: AnyMachineSnapshot,
  microsteps: readonly Microstep[],
  nowMs: number,
  running: ReadonlyMap<string, number>,
  nodes: readonly AnyStateNode[] = snapshot._nodes,
): Situation {
  let dueAtMs = running;
  let before = nodes;
  for (const microstep of microsteps) {
    dueAtMs = timersAfter(dueAtMs, microstep, nowMs, before);
    before = microstep.snapshot._nodes;
  }
  const transitions = microsteps.flatMap((microstep) => microstep.transitions);
  return { snapshot, nowMs, edges: executedEdges(machine, transitions), dueAtMs };
}

/** Leaving a state ends its timers, entering it starts them, and leaving and entering at once does both. */
function timersAfter(
  running: ReadonlyMap<string, number>,
  { transitions, snapshot, event }: Microstep,
  nowMs: number,
  before: readonly AnyStateNode[],
): ReadonlyMap<string, number> {
  const domains = transitions.map(domainOf);
  const dueAtMs = new Map<string, number>();
  for (const node of snapshot._nodes) {
    const isEntered =
      !before.includes(node) ||
      domains.some((domain) => domain !== null && node !== domain && isWithin(node, domain));
    for (const { eventType, delay } of node.after as readonly Timer[]) {
      const dueMs = isEntered ? nowMs + delayMs(snapshot, delay, event) : running.get(eventType);
      if (dueMs !== undefined) dueAtMs.set(eventType, dueMs);
    }
  }
  return dueAtMs;
}

/** The state within which a transition leaves and enters everything; null where it stays. */
function domainOf({ source, target, reenter }: AnyTransitionDefinition): AnyStateNode | null {
  if (target === undefined) return null;
  const isInside = target.every((node) => node !== source && isWithin(node, source));
  if (!reenter && isInside && source.type === 'compound') return source;
  let domain: AnyStateNode | undefined = source.parent;
  while (domain !== undefined && !target.every((node) => isWithin(node, domain))) {
    domain = domain.parent;
  }
  return domain ?? source.machine.root;
}

function isWithin(node: AnyStateNode, ancestor: AnyStateNode | undefined): boolean {
  for (let at: AnyStateNode | undefined = node; at !== undefined; at = at.parent) {
    if (at === ancestor) return true;
  }
  return false;
}

function delayMs(snapshot: AnyMachineSnapshot, delay: unknown, event: AnyEventObject): number {
  if (typeof delay === 'number') return delay;
  const declared: unknown = snapshot.machine.implementations.delays[String(delay)];
  if (typeof declared === 'number') return declared;
  if (typeof declared !== 'function') return Number.POSITIVE_INFINITY;
  return (declared as DelayFunction)({ context: snapshot.context, event }, undefined);
}

/** What XState asks of an actor that runs a step; this one has a system of its own, and does nothing. */
function scopeFor(microsteps: Microstep[]): ActorScope<AnyMachineSnapshot, AnyEventObject> {
  const self = createEmptyActor();
  self.system.inspect((event) => {
    if (event.type !== '@xstate.microstep' || event.actorRef !== self) return;
    microsteps.push({
      transitions: event._transitions,
      snapshot: event.snapshot as AnyMachineSnapshot,
      event: event.event,
    });
  });
  const nothing = (): void => undefined;
  Reflect.set(self, '_parent', createEmptyActor()); // what is sent to the parent goes nowhere
  return {
    self,
    system: self.system,
    id: self.id,
    sessionId: self.sessionId,
    logger: nothing,
    defer: nothing,
    emit: nothing,
    stopChild: nothing,
    actionExecutor: nothing,
  } as unknown as ActorScope<AnyMachineSnapshot, AnyEventObject>;
}

function guarded(
  machine: AnyStateMachine,
  step: string,
  run: () => AnyMachineSnapshot,
): AnyMachineSnapshot {
  try {
    const snapshot = run();
    if (snapshot.status === 'error') throw snapshot.error;
    return snapshot;
  } catch (cause) {
    throw modelInvalid(
      `${machine.root.id}: ${step} makes the chart throw: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Give the event the payload that the chart reads, or make its guards and actions total.',
      cause,
    );
  }
}
