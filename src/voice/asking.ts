/**
 * One question on its way: the request chart at work. The chart decides whom to ask, when to ask again and when to give
 * up; here it is done.
 */
import { createActor, fromCallback } from 'xstate';
import type { ActorRefFrom, EventObject, InspectionEvent, SnapshotFrom } from 'xstate';

import { Exchange } from './exchange.ts';
import type { Asks } from './exchange.ts';
import type { Outcomes } from './outcomes.ts';
import type { Thinker, Thinkers } from './thinkers.ts';
import type { ReconnectPolicy } from '../../machines/backoff.ts';
import type { Failure } from '../../machines/failure.ts';
import { requestMachine } from '../../machines/request.machine.ts';
import { isLast, memoryOf } from '../../machines/request.rules.ts';
import type {
  ExchangeInput,
  RequestCandidate,
  RequestEvent,
  RequestInput,
  RequestMemory,
  RequestSignal,
} from '../../machines/request.types.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { ReplyResult } from '../providers/gemini-llm/language-model.ts';

export interface Question extends Asks {
  onEnd(result: ReplyResult): void;
  /** No answer comes. `isGivenUp`: nobody is left who could give one; else this one request failed. */
  onFailed(failure: Failure, model: string, facts: FailureFacts): void;
}

export interface FailureFacts {
  readonly isGivenUp: boolean;
  readonly attempts: number;
}

export interface AskingOptions {
  readonly thinkers: Thinkers;
  readonly policy: ReconnectPolicy;
  readonly clock: Clock;
  readonly random: Random;
  readonly inspect: ((event: InspectionEvent) => void) | null;
  readonly tell: (signal: RequestSignal) => void;
}

/** One chart serves every question: providing anew for each would build all its states again. */
const askings = new WeakMap<object, Asking>();

const wiredRequest = requestMachine.provide({
  actors: {
    exchange: fromCallback<EventObject, ExchangeInput>(({ input, sendBack, system }) =>
      askings.get(system)?.exchange(input, sendBack),
    ),
  },
});

export class Asking {
  readonly #question: Question;
  readonly #options: AskingOptions;
  readonly #outcomes: Outcomes;
  readonly #actor: ActorRefFrom<typeof requestMachine>;
  readonly #stops: (() => void)[] = [];
  #exchange: Exchange | null = null;
  #result: ReplyResult | null = null;
  #isOver = false;

  /** @param memory what the last question left behind; null before the first. */
  constructor(
    question: Question,
    memory: RequestMemory | null,
    options: AskingOptions,
    outcomes: Outcomes,
  ) {
    this.#question = question;
    this.#options = options;
    this.#outcomes = outcomes;
    const { clock, inspect, tell } = options;
    this.#actor = createActor(wiredRequest, {
      clock,
      ...(inspect === null ? {} : { inspect }),
      input: { component: 'llm', candidates: this.#candidates(), atMs: clock.nowMs(), memory },
    });
    askings.set(this.#actor.system, this);
    this.#actor.on('*', tell);
    this.#actor.subscribe({
      complete: () => {
        this.#finish();
      },
      error: (error) => {
        this.#broke(error);
      },
    });
  }

  start(): void {
    this.#listenToBreakers();
    this.#actor.start();
  }

  /** Whoever asked is told nothing any more. @returns what was learned, also where it was over. */
  end(): RequestMemory {
    this.#isOver = true;
    this.#exchange?.release(); // at once, also where the chart is in the middle of something
    this.#leave();
    if (this.#actor.getSnapshot().status === 'active') this.#actor.send({ type: 'request.cancel' });
    return memoryIn(this.#actor.getSnapshot());
  }

  /** What the chart asks for. @returns what lets go of it. */
  exchange(input: ExchangeInput, tell: (event: RequestEvent) => void): (() => void) | undefined {
    const thinker = this.#options.thinkers[input.candidate];
    if (this.#isOver || thinker === undefined) return undefined; // a listener may have called it off
    const { clock, random } = this.#options;
    const exchange = new Exchange({
      input,
      thinker,
      asks: this.#question,
      outcomes: this.#outcomes,
      clock,
      random,
      isLast: (atMs) => isLast(this.#actor.getSnapshot().context, input.candidate, atMs),
      tell,
      onResult: (result) => (this.#result = result),
    });
    this.#exchange = exchange;
    exchange.start();
    return () => {
      exchange.release();
    };
  }

  #candidates(): RequestInput['candidates'] {
    const { thinkers, policy } = this.#options;
    const [first, ...others] = thinkers;
    const factsOf = ({ model, name, key }: Thinker): RequestCandidate => ({
      name,
      key,
      policy,
      refreshesCredential: model.refreshesCredential ?? false,
      openUntilMs: this.#outcomes.breakers.stateOf(key).openUntilMs,
    });
    return [factsOf(first), ...others.map(factsOf)];
  }

  #listenToBreakers(): void {
    const { thinkers, clock } = this.#options;
    thinkers.forEach(({ key }, candidate) => {
      const stop = this.#outcomes.breakers.subscribe(key, ({ openUntilMs: untilMs }) => {
        this.#actor.send({ type: 'breaker.moved', candidate, untilMs, atMs: clock.nowMs() });
      });
      this.#stops.push(stop);
    });
  }

  #leave(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  #finish(): void {
    this.#leave();
    const { output } = this.#actor.getSnapshot();
    if (this.#isOver || output === undefined) return;
    this.#isOver = true;
    const { outcome, failure, candidate, attempts } = output;
    if (outcome === 'answered' && this.#result !== null) this.#question.onEnd(this.#result);
    else if (failure !== null) {
      const isGivenUp = outcome === 'givenUp';
      const facts = isGivenUp ? { isGivenUp, attempts } : { isGivenUp, attempts: 0 };
      this.#question.onFailed(failure, this.#nameOf(candidate), facts);
    }
  }

  /** The chart itself broke: whoever asked is not to wait for ever. */
  #broke(error: unknown): void {
    this.#leave();
    this.#exchange?.release();
    if (this.#isOver) return;
    this.#isOver = true;
    const detail = error instanceof Error ? error.message : String(error);
    const failure = { kind: 'config', code: 'chart', detail } as const;
    this.#question.onFailed(failure, this.#nameOf(0), { isGivenUp: true, attempts: 0 });
  }

  #nameOf(candidate: number): string {
    return (this.#options.thinkers[candidate] ?? this.#options.thinkers[0]).name;
  }
}

function memoryIn(snapshot: SnapshotFrom<typeof requestMachine>): RequestMemory {
  return snapshot.output?.memory ?? memoryOf(snapshot.context);
}
