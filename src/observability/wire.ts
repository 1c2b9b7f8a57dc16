/**
 * What goes to a page that watches: the wire format of `@statelyai/inspect` 0.7, told here in full, since an application
 * that is watched need not have that package.
 */

/** The version of that package whose events these are. */
export const WIRE_VERSION = '0.7.2';

export interface BaseInspectionEvent {
  readonly sessionId: string;
  /** Of the whole system of actors; `anonymous` where an app tells events by hand. */
  readonly rootId?: string | undefined;
  /** Milliseconds since 1970, as text. */
  readonly createdAt: string;
  readonly id?: string | null;
  readonly _version: string;
}

export interface WireSnapshot {
  readonly status?: string | undefined;
  readonly value?: unknown;
  readonly context?: unknown;
  readonly output?: unknown;
  readonly error?: unknown;
}

export interface WireEventObject {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** There is an actor: told once, and again to whoever comes later or missed something. */
export interface StatelyActorEvent extends BaseInspectionEvent {
  readonly type: '@xstate.actor';
  readonly name: string;
  readonly parentId?: string | undefined;
  /** JSON of its machine's config; only an `id` where it is no machine. */
  readonly definition?: string | undefined;
  readonly snapshot: WireSnapshot;
  /** An addition of ours: the name by which its whole system knows it. */
  readonly systemId?: string | undefined;
}

/** An actor is sent an event. */
export interface StatelyEventEvent extends BaseInspectionEvent {
  readonly type: '@xstate.event';
  readonly event: WireEventObject;
  readonly sourceId?: string | undefined;
}

/** What that event made of it. */
export interface StatelySnapshotEvent extends BaseInspectionEvent {
  readonly type: '@xstate.snapshot';
  readonly event: WireEventObject;
  readonly snapshot: WireSnapshot;
  /** An addition of ours: the transitions that were taken, in order. Where it is absent a page has to infer them. */
  readonly taken?: readonly WireTransition[] | undefined;
}

/** By the ids of states. */
export interface WireTransition {
  readonly source: string;
  /** Empty for `always`. */
  readonly on: string;
  /** Empty where the state stayed. */
  readonly targets: readonly string[];
}

export type StatelyInspectionEvent = StatelyActorEvent | StatelyEventEvent | StatelySnapshotEvent;

/** Whatever charts are drawn from. A new listener is told what is known before it is told what happens. */
export interface ChartSource {
  /** @returns ends it. */
  subscribe(listener: (event: StatelyInspectionEvent) => void): () => void;
}

/** Whether a message is such an event; what else stands in it is nobody's business here. */
export function isInspectionEvent(value: unknown): value is StatelyInspectionEvent {
  if (!isObject(value) || typeof value['sessionId'] !== 'string') return false;
  if (typeof value['createdAt'] !== 'string') return false;
  switch (value['type']) {
    case '@xstate.actor':
      return typeof value['name'] === 'string' && isObject(value['snapshot']);
    case '@xstate.event':
      return hasType(value['event']);
    case '@xstate.snapshot':
      return hasType(value['event']) && isObject(value['snapshot']);
    default:
      return false;
  }
}

function hasType(value: unknown): boolean {
  return isObject(value) && typeof value['type'] === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
