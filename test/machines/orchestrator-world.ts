/** The orchestrator chart with fake connections, on a clock of its own. */
import { createActor, fromCallback, fromPromise } from 'xstate';

import { presets } from '../../machines/backoff.ts';
import type { ConnectionInput } from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';
import { orchestratorMachine } from '../../machines/orchestrator.machine.ts';
import type {
  BreakSignal,
  Candidate,
  Faculty,
  HandoverInput,
  HandoverResult,
  OrchestratorEvent,
  OrchestratorInput,
  OrchestratorSignal,
} from '../../machines/orchestrator.types.ts';
import { ofType, running, statePath } from '../support/chart-view.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';
import { failureOf } from './chart-world.ts';

/** A connection that was dialled, and what it was told. */
export interface DialledLane {
  readonly id: number;
  readonly candidate: number;
  readonly role: string;
  readonly input: ConnectionInput;
  readonly atMs: number;
  readonly told: { readonly type: string }[];
  isReleased: boolean;
}

export interface OrchestraOptions {
  /** What differs from a plain candidate, for each. */
  readonly candidates?: readonly Partial<Candidate>[];
  readonly input?: Omit<OrchestratorInput, 'candidates'>;
}

type Signal = OrchestratorSignal | BreakSignal;
type LostFacts = Partial<Extract<OrchestratorEvent, { type: 'candidate.lost' }>>;
type FailedFacts = Partial<Extract<OrchestratorEvent, { type: 'candidate.failed' }>>;

export const MINUTE_MS = 60_000;

export function candidate(facts: Partial<Candidate> = {}): Candidate {
  return {
    provider: 'first',
    region: '',
    component: 'stt',
    policy: presets.production,
    refreshesCredential: false,
    canProbe: true,
    hedges: true,
    limits: {},
    faculties: ['hearing'],
    standby: 0,
    makesBeforeBreaks: true,
    endsAfterMs: null,
    ...facts,
  };
}

/** Two providers. */
export const PAIR: readonly Partial<Candidate>[] = [{}, { provider: 'second' }];

/** Its sessions end after 10 minutes; what is planned for that is due a minute before. */
export const ENDING = { endsAfterMs: 10 * MINUTE_MS } as const;
export const DUE_MS = 9 * MINUTE_MS;
/** It allows no second session. */
export const REFUSING = { ...ENDING, makesBeforeBreaks: false } as const;

export async function ending(
  candidates: readonly Partial<Candidate>[] = [ENDING],
): Promise<OrchestraWorld> {
  return new OrchestraWorld({ candidates }).steady();
}

/** The successor is dialled and ready, and somebody speaks. */
export async function prepared(): Promise<OrchestraWorld> {
  const world = await ending();
  await world.pass(DUE_MS);
  await world.speaks();
  await world.ready();
  return world;
}

export class OrchestraWorld {
  readonly clock = new VirtualClock(1_000);
  readonly lanes: DialledLane[] = [];
  readonly signals: Signal[] = [];
  readonly handovers: HandoverInput[] = [];
  /** What the next handover does: it ends at once, it breaks, or it never ends. */
  handover: 'ends' | 'breaks' | 'hangs' = 'ends';
  readonly actor;

  constructor({ candidates = PAIR, input = {} }: OrchestraOptions = {}) {
    const [first, ...others] = candidates.map(candidate);
    this.actor = createActor(this.#machine(), {
      clock: this.clock,
      input: { candidates: [first ?? candidate(), ...others], ...input },
    });
    this.actor.on('*', (signal) => this.signals.push(signal));
    this.actor.subscribe({ error: () => undefined });
    this.actor.start();
  }

  /** The state's path, such as `serving.arriving`. */
  get state(): string {
    return statePath(this.actor.getSnapshot().value);
  }

  get context() {
    return this.actor.getSnapshot().context;
  }

  get children(): readonly string[] {
    return running(this.actor.getSnapshot().children);
  }

  get live(): readonly DialledLane[] {
    return this.lanes.filter(({ isReleased }) => !isReleased);
  }

  /** The candidates that were dialled, in order. */
  get dialled(): readonly number[] {
    return this.lanes.map(({ candidate: index }) => index);
  }

  get carrier(): number {
    return this.context.carrier?.id ?? 0;
  }

  get beside(): number {
    return this.context.beside?.id ?? 0;
  }

  signalsOf<T extends Signal['type']>(type: T) {
    return ofType(this.signals, type);
  }

  lane(id: number): DialledLane | undefined {
    return this.lanes.find((lane) => lane.id === id);
  }

  async send(...events: readonly OrchestratorEvent[]): Promise<void> {
    for (const event of events) this.actor.send(event);
    await settle();
  }

  /** Passes `ms`: how many dials are made before its last millisecond, and how many in that. */
  async dialsIn(ms: number): Promise<{ early: number; due: number }> {
    const made = this.lanes.length;
    await this.pass(ms - 1);
    const early = this.lanes.length - made;
    await this.pass(1);
    return { early, due: this.lanes.length - made - early };
  }

  pass(ms: number): Promise<void> {
    return this.clock.advanceAsync(ms);
  }

  connect(): Promise<void> {
    return this.send({ type: 'session.connect', ...this.#now });
  }

  close(): Promise<void> {
    return this.send({ type: 'session.close' });
  }

  served(lane = this.carrier): Promise<void> {
    return this.send({ type: 'candidate.served', lane, ...this.#now });
  }

  confirmed(lane = this.carrier): Promise<void> {
    return this.send({ type: 'candidate.confirmed', lane, ...this.#now });
  }

  ready(lane = this.beside): Promise<void> {
    return this.send({ type: 'candidate.ready', lane, ...this.#now });
  }

  /** The carrier's link is lost, unless the facts say otherwise. */
  lost(facts: LostFacts = {}): Promise<void> {
    return this.send({
      type: 'candidate.lost',
      lane: this.carrier,
      failure: failureOf('transient'),
      waitMs: 1_000,
      wasDial: false,
      outage: null,
      ...this.#now,
      ...facts,
    });
  }

  dialFailed(facts: LostFacts = {}): Promise<void> {
    return this.lost({ wasDial: true, ...facts });
  }

  failed(failure: Failure = failureOf('transient'), facts: FailedFacts = {}): Promise<void> {
    const lane = this.carrier;
    return this.send({
      type: 'candidate.failed',
      lane,
      failure,
      outage: null,
      ...this.#now,
      ...facts,
    });
  }

  barred(index: number, forMs: number): Promise<void> {
    const untilMs = this.clock.nowMs() + forMs;
    return this.send({ type: 'breaker.moved', candidate: index, untilMs, ...this.#now });
  }

  ends(inMs: number, lane = this.carrier, leavesInMs: number | null = null): Promise<void> {
    const nowMs = this.clock.nowMs();
    const endsAtMs = nowMs + inMs;
    const leaves = leavesInMs === null ? {} : { leavesAtMs: nowMs + leavesInMs };
    return this.send({ type: 'end.announced', lane, endsAtMs, ...leaves, ...this.#now });
  }

  faculty(type: 'faculty.lost' | 'faculty.restored', faculty: Faculty): Promise<void> {
    return this.send({ type, faculty, lane: this.carrier, ...this.#now });
  }

  speaks(): Promise<void> {
    return this.send({ type: 'speech.started', ...this.#now });
  }

  pauses(): Promise<void> {
    return this.send({ type: 'speech.paused', ...this.#now });
  }

  closes(): Promise<void> {
    return this.send({ type: 'close.begun', ...this.#now });
  }

  networkLost(): Promise<void> {
    return this.send({ type: 'network.lost', ...this.#now });
  }

  networkRestored(facts: { unit?: number; resetsAttempts?: boolean } = {}): Promise<void> {
    return this.send({
      type: 'network.restored',
      unit: 0.5,
      resetsAttempts: true,
      ...this.#now,
      ...facts,
    });
  }

  async steady(): Promise<this> {
    await this.connect();
    await this.served();
    return this;
  }

  get #now() {
    return { atMs: this.clock.nowMs() };
  }

  #machine() {
    const connection = fromCallback<{ type: string }, ConnectionInput>(({ input, receive }) => {
      const { lane: id = 0, candidate: index = 0, role = '' } = input;
      const atMs = this.clock.nowMs();
      const lane = { id, candidate: index, role, input, atMs, told: [], isReleased: false };
      const dialled: DialledLane = lane;
      this.lanes.push(dialled);
      receive((event) => dialled.told.push(event));
      return () => (dialled.isReleased = true);
    });
    return orchestratorMachine.provide({
      actors: {
        connection: connection as never,
        handover: fromPromise<HandoverResult, HandoverInput>(({ input }) => {
          this.handovers.push(input);
          if (this.handover === 'hangs') return new Promise(() => undefined);
          return this.handover === 'breaks'
            ? Promise.reject(new Error('handover'))
            : Promise.resolve({ atMs: this.clock.nowMs() });
        }),
      },
    });
  }
}
