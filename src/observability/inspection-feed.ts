/**
 * What happens in charts, for a page that draws them: XState's inspection in, the wire format of `@statelyai/inspect` out.
 *
 * While nobody listens nothing is made of what happens: references to the newest events are kept, and that is all. What
 * goes out is chosen by `shown.ts`: no key, no address, no text that was spoken, no audio.
 */
import type { AnyActorRef, AnyStateMachine, InspectionEvent } from 'xstate';

import { definitionOf } from '../charts/definition.ts';
import { hasEnded, History } from './history.ts';
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
} from './wire.ts';
import { checkNumber, checkOptions } from '../ports/option-errors.ts';
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
  /** Every actor that lives, as it is now: for a listener that missed something. */
  current(): readonly StatelyActorEvent[];
  readonly listeners: number;
}

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
  readonly #byRef = new WeakMap<object, FeedActor>();
  readonly #systems = new WeakMap<object, number>();
  #lastSystem = 0;
  #lastId = 0;

  constructor(options: InspectionFeedOptions) {
    const { capacity = 2_000, actorCapacity = 5_000, wallClock = systemWallClock } = options;
    const known = { capacity, actorCapacity, wallClock };
    checkOptions('inspection feed', options, known);
    for (const [name, value] of Object.entries({ capacity, actorCapacity })) {
      checkNumber(name, value, Number.isInteger(value) && value > 0, 'that is whole and above 0');
    }
    this.#history = new History(capacity, actorCapacity);
    this.#wallClock = wallClock;
    this.step = leasesAndGateway({
      nowMs: wallClock,
      know: (actor) => this.#know(actor),
      add: (entry) => this.#add(entry),
    });
  }

  get listeners(): number {
    return this.#listeners.size;
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

  current(): readonly StatelyActorEvent[] {
    const living = [...this.#history.actors].filter(({ latest }) => !hasEnded(latest));
    return living.map((actor) => this.#actorEvent(actor, actor.latest));
  }

  #inspect(seen: InspectionEvent): void {
    switch (seen.type) {
      case '@xstate.actor':
        this.#actorOf(seen.actorRef as AnyActorRef);
        return;
      case '@xstate.event': {
        const actor = this.#actorOf(seen.actorRef as AnyActorRef);
        const source = seen.sourceRef && this.#actorOf(seen.sourceRef as AnyActorRef);
        const { event } = seen;
        const atMs = this.#wallClock();
        this.#add({ kind: 'event', actor, atMs, event, snapshot: null, source: source ?? null });
        return;
      }
      case '@xstate.snapshot': {
        const actor = this.#actorOf(seen.actorRef as AnyActorRef);
        const { event, snapshot } = seen;
        const atMs = this.#wallClock();
        this.#add({ kind: 'snapshot', actor, atMs, event, snapshot, source: null });
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
    if (this.#listeners.size > 0) this.#tell(this.#actorEvent(actor, actor.latest));
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

  #actorOf(ref: AnyActorRef): FeedActor {
    const known = this.#byRef.get(ref);
    if (known !== undefined) return known;
    const { system, sessionId } = ref;
    const parent = '_parent' in ref ? ref._parent : undefined;
    const above = parent === undefined ? null : this.#actorOf(parent);
    const id = `${this.#systemNumber(system)}.${sessionId}`;
    const actor: FeedActor = {
      sessionId: id,
      name: ref.id === sessionId ? nameOf(ref) : ref.id,
      rootId: above?.rootId ?? id,
      parentId: above?.sessionId,
      machine: machineOf(ref),
      systemId: () => systemIdOf(ref),
      atMs: this.#wallClock(),
      base: null,
      latest: null,
    };
    this.#byRef.set(ref, actor);
    this.#know(actor);
    return actor;
  }

  /** Every system of actors counts its own from 0. */
  #systemNumber(system: object): number {
    const known = this.#systems.get(system) ?? (this.#lastSystem += 1);
    this.#systems.set(system, known);
    return known;
  }

  #wireOf({ kind, actor, atMs, event, snapshot, source }: Entry): StatelyInspectionEvent {
    const common = { ...this.#common(actor, atMs), event: shownEvent(event) };
    if (kind === 'snapshot') {
      return { type: '@xstate.snapshot', ...common, snapshot: shownSnapshot(snapshot) };
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
    // eslint-disable-next-line @typescript-eslint/naming-convention -- the wire's own name
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

function machineOf(ref: object): AnyStateMachine | null {
  const logic: unknown = 'logic' in ref ? ref.logic : null;
  const isMachine =
    typeof logic === 'object' && logic !== null && 'root' in logic && 'config' in logic;
  return isMachine ? (logic as AnyStateMachine) : null;
}

function systemIdOf(ref: object): string | undefined {
  return 'systemId' in ref && typeof ref.systemId === 'string' ? ref.systemId : undefined;
}

function nameOf(ref: AnyActorRef): string {
  return machineOf(ref)?.id ?? ref.sessionId;
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
