/** What may happen in a situation: the chart's own events, each with the payloads that it is to be tried with. */
import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  ContextFrom,
  EventFromLogic,
} from 'xstate';

import { triggerName } from '../../charts/names.ts';
import { modelInvalid } from '../model-error.ts';

/** The situation in which an event is about to happen. */
export interface ModelMoment<TMachine extends AnyStateMachine = AnyStateMachine> {
  readonly context: ContextFrom<TMachine>;
  /** `reconnecting.backingOff`; the regions of a parallel state stand side by side: `(audio.open, video.off)`. */
  readonly state: string;
  /** The moment of the event, on the model's own clock, which starts at `MODEL_START_AT_MS`. */
  readonly nowMs: number;
}

/** XState's own events, such as `xstate.done.actor.bell`, carry what the actor gave. */
interface InternalEvent {
  readonly type: `xstate.${string}`;
  readonly [field: string]: unknown;
}

/** An event whose payload depends on the situation. */
export interface EventVariant<TMachine extends AnyStateMachine = AnyStateMachine> {
  /** Tells the variants of one event apart in a path's name: `transient`. */
  readonly label: string;
  /** Time that passes before it. Default 0. It is not tried where a timer of the chart would come first. */
  readonly passMs?: number;
  /** Null where it cannot happen. */
  readonly event: (
    moment: ModelMoment<TMachine>,
  ) => EventFromLogic<TMachine> | InternalEvent | null;
}

/**
 * Payloads by event descriptor, in the order in which they are tried: plain fields, or a variant. A descriptor that is
 * not listed is tried once, without a payload.
 */
export type ModelEvents<TMachine extends AnyStateMachine = AnyStateMachine> = Readonly<
  Record<string, readonly (EventVariant<TMachine> | Readonly<Record<string, unknown>>)[]>
>;

/** An event as it is tried in one situation. */
export interface OfferedEvent {
  readonly type: string;
  /** The event in a reader's words: `socket.lost (transient)`, `backoffTimer done`, `after 1000 ms`. */
  readonly label: string;
  readonly descriptor: string;
  readonly passMs: number;
  readonly event: Typed;
}

interface Typed {
  readonly type: string;
}

/** When the model's clock starts: not at 0, which charts use for "never". */
export const MODEL_START_AT_MS = 1_000;

/** The descriptors of the active states, in the order of the states. */
export function descriptorsIn(snapshot: AnyMachineSnapshot): readonly string[] {
  return descriptorsAt(snapshot._nodes);
}

/** The descriptors of every state of the chart. */
export function descriptorsOf(machine: AnyStateMachine): readonly string[] {
  const below = (node: AnyStateNode): AnyStateNode[] => [
    node,
    ...Object.values<AnyStateNode>(node.states).flatMap(below),
  ];
  return descriptorsAt(below(machine.root));
}

/** That a state is done is told by XState itself. */
function descriptorsAt(nodes: readonly AnyStateNode[]): readonly string[] {
  const all = nodes.flatMap((node) => [...node.transitions.keys()]);
  return [...new Set(all)].filter((descriptor) => !descriptor.startsWith('xstate.done.state.'));
}

export function isTimer(descriptor: string): boolean {
  return descriptor.startsWith('xstate.after.');
}

/** The variants of one descriptor that can happen at this moment. Throws a TenutoError `MODEL_INVALID`. */
export function variantsOf(
  descriptor: string,
  events: ModelEvents,
  snapshot: AnyMachineSnapshot,
  nowMs: number,
): readonly OfferedEvent[] {
  const variants = events[descriptor] ?? [{}];
  const offered: OfferedEvent[] = [];
  variants.forEach((variant, index) => {
    const passMs = isVariant(variant) ? (variant.passMs ?? 0) : 0;
    const event: Typed | null = isVariant(variant)
      ? (variant.event(momentOf(snapshot, nowMs + passMs)) as Typed | null)
      : { ...plainEvent(descriptor), ...variant };
    if (event === null) return;
    assertFits(event, descriptor);

    const name = nameOf(descriptor, snapshot);
    const label = isVariant(variant) ? variant.label : fieldsLabel(variant, index);
    offered.push({
      type: event.type,
      label: `${laterLabel(passMs)}${name}${label === '' ? '' : ` (${label})`}`,
      descriptor,
      passMs,
      event,
    });
  });
  return offered;
}

function momentOf(snapshot: AnyMachineSnapshot, nowMs: number): ModelMoment {
  return { context: snapshot.context as object, state: statePath(snapshot.value), nowMs };
}

/** A state value as a path: `reconnecting.backingOff`. */
export function statePath(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const parts = Object.entries(value).map(([key, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null && Object.keys(inner).length === 0
      ? key
      : `${key}.${statePath(inner)}`,
  );
  return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(', ')})`;
}

/** Whether an event of this type is taken by this descriptor, a wildcard or not. */
export function fits(type: string, descriptor: string): boolean {
  if (type === descriptor || descriptor === '*') return true;
  return descriptor.endsWith('.*') && `${type}.`.startsWith(descriptor.slice(0, -1));
}

/** An event in a reader's words, by the state that waits for it. */
export function nameOf(descriptor: string, snapshot: AnyMachineSnapshot): string {
  const source = snapshot._nodes.find((node) => node.transitions.has(descriptor));
  return source === undefined ? descriptor : triggerName(descriptor, source).label;
}

function plainEvent(descriptor: string): Typed {
  const actorId = /^xstate\.(?:done|error)\.actor\.(.+)$/.exec(descriptor)?.[1];
  if (actorId === undefined) return { type: descriptor };
  const done = { type: descriptor, actorId, output: undefined };
  const broken = { type: descriptor, actorId, error: new Error('broken by the test') };
  return descriptor.startsWith('xstate.done') ? done : broken;
}

function assertFits(event: Typed, descriptor: string): void {
  if (!event.type.includes('*') && fits(event.type, descriptor)) return;

  const isWildcard = event.type.includes('*');
  throw modelInvalid(
    isWildcard
      ? `The chart waits for ${descriptor}, and no event is given for it.`
      : `An event ${event.type} is listed under ${descriptor}, which does not take it.`,
    `List under "${descriptor}" in \`events\` what it is to be tried with.`,
  );
}

function isVariant(
  variant: EventVariant | Readonly<Record<string, unknown>>,
): variant is EventVariant {
  return typeof variant['event'] === 'function';
}

function fieldsLabel(fields: Readonly<Record<string, unknown>>, index: number): string {
  const text = Object.entries(fields)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(', ');
  if (text !== '' && text.length <= 40) return text;
  return Object.keys(fields).length === 0 ? '' : `#${index + 1}`;
}

function laterLabel(passMs: number): string {
  if (passMs === 0) return '';
  return passMs % 1_000 === 0 ? `${passMs / 1_000} s later ` : `${passMs} ms later `;
}
