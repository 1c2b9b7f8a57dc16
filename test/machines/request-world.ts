/** The request chart with fake exchanges, on a clock of its own. */
import { createActor, fromCallback } from 'xstate';
import type { EventObject } from 'xstate';

import { presets } from '../../machines/backoff.ts';
import type { ReconnectPolicy } from '../../machines/backoff.ts';
import type { Failure, FailureKind } from '../../machines/failure.ts';
import { requestMachine } from '../../machines/request.machine.ts';
import type {
  AnswerFailed,
  ExchangeInput,
  RequestCandidate,
  RequestEvent,
  RequestInput,
  RequestMemory,
  RequestSignal,
} from '../../machines/request.types.ts';
import { ofType, running, statePath } from '../support/chart-view.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

interface Exchange extends ExchangeInput {
  isReleased: boolean;
}

export interface RequestWorldOptions {
  readonly candidates?: readonly Partial<RequestCandidate>[];
  readonly policy?: Partial<ReconnectPolicy>;
  readonly memory?: RequestMemory | null;
  /** Default 1,000: a request after another begins where that one ended. */
  readonly startAtMs?: number;
  /** Thrown by the actor that asks. */
  readonly fault?: Error;
}

export class RequestWorld {
  readonly clock: VirtualClock;
  readonly exchanges: Exchange[] = [];
  readonly signals: RequestSignal[] = [];
  readonly actor;

  /** Two candidates, `a` and `b`, unless others are given. */
  constructor(options: RequestWorldOptions = {}) {
    const { candidates = [{}, {}], policy, memory, startAtMs = 1_000, fault } = options;
    this.clock = new VirtualClock(startAtMs);
    const facts = candidates.map((candidate, index) => ({
      name: 'abc'.charAt(index),
      key: 'abc'.charAt(index),
      policy: { ...presets.production, jitter: 'none', ...policy } as const,
      refreshesCredential: false,
      openUntilMs: 0,
      ...candidate,
    })) as unknown as RequestInput['candidates'];
    const exchange = fromCallback<EventObject, ExchangeInput>(({ input }) => {
      if (fault !== undefined) throw fault;
      const one = { ...input, isReleased: false };
      this.exchanges.push(one);
      return () => (one.isReleased = true);
    });
    this.actor = createActor(requestMachine.provide({ actors: { exchange } }), {
      clock: this.clock,
      input: {
        component: 'llm',
        candidates: facts,
        atMs: startAtMs,
        ...(memory === undefined ? {} : { memory }),
      },
    });
    this.actor.on('*', (signal) => this.signals.push(signal));
    this.actor.start();
  }

  get state(): string {
    return statePath(this.actor.getSnapshot().value);
  }

  get output() {
    return this.actor.getSnapshot().output;
  }

  get children(): readonly string[] {
    return running(this.actor.getSnapshot().children);
  }

  /** Who was asked, in order. */
  get asked(): readonly number[] {
    return this.exchanges.map(({ candidate }) => candidate);
  }

  /** What was held against a candidate in the end, or is. */
  standing(index: number) {
    return this.actor.getSnapshot().context.standings[index];
  }

  signalsOf<T extends RequestSignal['type']>(type: T) {
    return ofType(this.signals, type);
  }

  send(event: RequestEvent): this {
    this.actor.send(event);
    return this;
  }

  begun(): this {
    return this.send({ type: 'answer.begun', atMs: this.clock.nowMs() });
  }

  ended(): this {
    return this.send({ type: 'answer.ended', atMs: this.clock.nowMs() });
  }

  failed(
    kind: FailureKind = 'transient',
    failure: Partial<Failure> = {},
    facts: Partial<AnswerFailed> = {},
  ): this {
    return this.send({
      type: 'answer.failed',
      failure: { kind, code: 'test', detail: '', ...failure },
      atMs: this.clock.nowMs(),
      unit: 0.5,
      canResume: true,
      ...facts,
    });
  }

  barred(openUntilMs = 0): this {
    return this.send({ type: 'exchange.barred', openUntilMs, atMs: this.clock.nowMs() });
  }

  breaker(candidate: number, untilMs: number): this {
    return this.send({ type: 'breaker.moved', candidate, untilMs, atMs: this.clock.nowMs() });
  }

  cancel(): this {
    return this.send({ type: 'request.cancel' });
  }

  pass(ms: number): this {
    this.clock.advance(ms);
    return this;
  }

  /** The next request to the same candidates. */
  next(options: RequestWorldOptions = {}): RequestWorld {
    const memory = this.output?.memory ?? null;
    return new RequestWorld({ ...options, memory, startAtMs: this.clock.nowMs() });
  }
}

export const ONE = [{}] as const;
