/**
 * What happens in charts, for a page that draws them: XState's inspection in, the wire format of `@statelyai/inspect` out.
 *
 * While nobody listens nothing is made of what happens: references to the newest events are kept, and that is all. What
 * goes out is chosen by `shown.ts`: no key, no address, no text that was spoken, no audio.
 */
import type {
  AnyActorRef,
  AnyStateMachine,
  AnyTransitionDefinition,
  InspectionEvent,
} from 'xstate';

import { definitionOf } from '../charts/definition.ts';
import { ActorRefs } from './actor-refs.ts';
import { History } from './history.ts';
import type { Entry, FeedActor } from './history.ts';
import { leasesAndGateway } from './records.ts';
import type { RecordStep } from './records.ts';
import { shown, shownError, shownEvent, shownName } from './shown.ts';
import { WIRE_VERSION } from './wire.ts';
import type {
  ChartSource,
  StatelyActorEvent,
  StatelyInspectionEvent,
  WireSnapshot,
  WireTransition,
} from './wire.ts';
import { checkGiven, checkNumber, checkOptions } from '../ports/option-errors.ts';
import { systemWallClock } from '../ports/clock.ts';
import type { WallClock } from '../ports/clock.ts';

export interface InspectionFeedOptions {
  /** How many events are kept for who comes later; beyond it the oldest goes. Default 2,000. */
  readonly capacity?: number;
  /** How many actors are known; beyond it the one that was made known first is forgotten. Default 5,000. */
  readonly actorCapacity?: number;
  readonly wallClock?: WallClock;
}

export interface InspectionFeed extends ChartSource {
  /** Goes into `createSession({ inspect })`, into any `createActor(…, { inspect })`, or into `actor.system.inspect(…)`. */
  readonly inspect: (event: InspectionEvent) => void;
  /** Shows a step of a chart that no actor runs, as the gateway's `onStep` tells it. */
  readonly step: (step: RecordStep) => void;
}

/** Of one macrostep; a chart that takes more goes round in circles. */
const MOST_TAKEN = 32;

type Listener = (event: StatelyInspectionEvent) => void;

/** @throws TenutoError OPTION_INVALID */
export function inspectionFeed(options: InspectionFeedOptions = {}): InspectionFeed {
  return new Feed(options);
}

class Feed implements InspectionFeed {
  readonly inspect = (event: InspectionEvent): void => this.#inspect(event);
  readonly step: (step: RecordStep) => void;
  readonly #history: History;
  readonly #wallClock: WallClock;
  readonly #listeners = new Set<Listener>();
  readonly #refs: ActorRefs;
  #lastId = 0;

  constructor(options: InspectionFeedOptions) {
    checkGiven('inspection feed', options);
    const { capacity = 2_000, actorCapacity = 5_000, wallClock = systemWallClock } = options;
    const known = { capacity, actorCapacity, wallClock };
    checkOptions('inspection feed', options, known);
    for (const [name, value] of Object.entries({ capacity, actorCapacity })) {
      checkNumber(name, value, Number.isInteger(value) && value > 0, 'that is whole and above 0');
    }
    this.#history = new History(capacity, actorCapacity);
    this.#wallClock = wallClock;
    this.#refs = new ActorRefs(wallClock, (actor) => this.#know(actor));
    const host = {
      nowMs: wallClock,
      know: (actor: FeedActor): void => this.#know(actor),
      add: (entry: Entry): void => this.#add(entry),
    };
    this.step = leasesAndGateway(host, actorCapacity);
  }

  subscribe(listener: Listener): () => void {
    for (const actor of this.#history.actors) listener(this.#actorEvent(actor, actor.base));
    for (const entry of this.#history.entries()) {
      listener(this.#wireOf(entry));
    }
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #inspect(seen: InspectionEvent): void {
    switch (seen.type) {
      case '@xstate.actor':
        this.#refs.actorOf(seen.actorRef as AnyActorRef);
        return;
      case '@xstate.event': {
        const actor = this.#refs.actorOf(seen.actorRef as AnyActorRef);
        const source = seen.sourceRef && this.#refs.actorOf(seen.sourceRef as AnyActorRef);
        const { event } = seen;
        const atMs = this.#wallClock();
        this.#add({
          kind: 'event',
          actor,
          atMs,
          event,
          snapshot: null,
          source: source ?? null,
          taken: [],
        });
        return;
      }
      case '@xstate.snapshot': {
        const actor = this.#refs.actorOf(seen.actorRef as AnyActorRef);
        const { event, snapshot } = seen;
        const atMs = this.#wallClock();
        const { taken } = actor;
        if (taken.length > 0) actor.taken = [];
        this.#add({ kind: 'snapshot', actor, atMs, event, snapshot, source: null, taken });
        return;
      }
      case '@xstate.microstep': {
        const { taken } = this.#refs.actorOf(seen.actorRef as AnyActorRef);
        if (taken.length < MOST_TAKEN) taken.push(...seen._transitions);
        return;
      }
      default:
    }
  }

  #add(entry: Entry): void {
    this.#history.add(entry);
    if (this.#listeners.size > 0) this.#tell(this.#wireOf(entry));
  }

  #know(actor: FeedActor): void {
    this.#history.know(actor);
    if (this.#listeners.size > 0) this.#tell(this.#actorEvent(actor, actor.base));
  }

  /** What watches must not change what happens: a listener that throws is let go. */
  #tell(event: StatelyInspectionEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch {
        this.#listeners.delete(listener);
      }
    }
  }

  #wireOf({ kind, actor, atMs, event, snapshot, source, taken }: Entry): StatelyInspectionEvent {
    const common = { ...this.#common(actor, atMs), event: shownEvent(event) };
    if (kind === 'snapshot') {
      const steps = taken.length === 0 ? {} : { taken: taken.map(shownTransition) };
      return { type: '@xstate.snapshot', ...common, snapshot: shownSnapshot(snapshot), ...steps };
    }
    return { type: '@xstate.event', ...common, sourceId: source?.sessionId };
  }

  #actorEvent(actor: FeedActor, snapshot: unknown): StatelyActorEvent {
    const { name, parentId, machine } = actor;
    const systemId = actor.systemId();
    return {
      type: '@xstate.actor',
      ...this.#common(actor, actor.atMs),
      name: shownName(name),
      parentId,
      definition: machine === null ? JSON.stringify({ id: shownName(name) }) : sentOf(machine),
      snapshot: shownSnapshot(snapshot),
      ...(systemId === undefined ? {} : { systemId: shownName(systemId) }),
    };
  }

  #common({ sessionId, rootId }: FeedActor, atMs: number) {
    this.#lastId += 1;
    const createdAt = String(Math.round(atMs));
    const id = String(this.#lastId);
    return { sessionId, rootId, createdAt, id, _version: WIRE_VERSION };
  }
}

const definitions = new WeakMap<object, string>();

/** Once for each machine: all that are made of one config by `provide()` are drawn alike. */
function sentOf(machine: AnyStateMachine): string {
  const { config } = machine as AnyStateMachine & { readonly config: object };
  const known = definitions.get(config);
  if (known !== undefined) return known;
  const text = definitionOf(machine);
  definitions.set(config, text);
  return text;
}

/** Ids of states and types of events: an author's words. */
function shownTransition(taken: AnyTransitionDefinition): WireTransition {
  const { source, eventType, target = [] } = taken as TakenTransition;
  return { source: source.id, on: eventType, targets: target.map(({ id }) => id) };
}

/** What is asked of a transition here; XState leaves these untyped. */
interface TakenTransition {
  readonly source: { readonly id: string };
  readonly eventType: string;
  readonly target?: readonly { readonly id: string }[] | undefined;
}

/** Nothing of an actor's input, of its children and of what it remembers of states. */
function shownSnapshot(snapshot: unknown): WireSnapshot {
  if (typeof snapshot !== 'object' || snapshot === null) return { status: 'active' };
  const { status, value, context, output, error } = snapshot as WireSnapshot;
  return {
    status: status ?? 'active',
    ...(value === undefined ? {} : { value }),
    ...(context === undefined ? {} : { context: shown(context, 'context') }),
    ...(output === undefined ? {} : { output: shown(output, 'output') }),
    ...(error === undefined ? {} : { error: shownError(error) }),
  };
}
