/**
 * One request to one language model. What the model says goes straight to whoever asked; what it comes to is told to the
 * chart, the breakers and the retry budget. It decides nothing.
 */
import type { Outcomes } from './outcomes.ts';
import type { Thinker } from './thinkers.ts';
import type { Failure } from '../../machines/failure.ts';
import type { ExchangeInput, RequestEvent } from '../../machines/request.types.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type {
  LanguageModelCall,
  LanguageModelReply,
  ReplyHandlers,
  ReplyRequest,
  ReplyResult,
} from '../providers/gemini-llm/language-model.ts';

/** What is asked, and who waits for it. */
export interface Asks {
  /** Read anew for each request. */
  request(): ReplyRequest;
  onText(delta: string): void;
  onToolCall(call: LanguageModelCall): void;
  /** A request failed. Whether what it told until then allows to ask again. */
  onBroken(): boolean;
}

export interface ExchangeOptions {
  readonly input: ExchangeInput;
  readonly thinker: Thinker;
  readonly asks: Asks;
  readonly outcomes: Outcomes;
  readonly clock: Clock;
  readonly random: Random;
  /** Whether nobody else could answer at this moment. */
  readonly isLast: (atMs: number) => boolean;
  readonly tell: (event: RequestEvent) => void;
  /** The answer is whole; the chart is told next. */
  readonly onResult: (result: ReplyResult) => void;
}

export class Exchange {
  readonly #options: ExchangeOptions;
  #reply: LanguageModelReply | null = null;
  #hasAnswered = false;
  /** A half-open breaker waits for what becomes of it. */
  #isProbe = false;
  #isOver = false;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  /** Asks, unless its breaker lets nobody through and somebody else is there. */
  start(): void {
    const { input, thinker, asks, outcomes } = this.#options;
    const { breakers } = outcomes;
    const { atMs, isAlone } = input;
    const isAdmitted = breakers.ask(thinker.key, atMs);
    const { state, openUntilMs } = breakers.stateOf(thinker.key);
    if (!isAdmitted && !isAlone) {
      this.#isOver = true;
      this.#options.tell({ type: 'exchange.barred', atMs, openUntilMs });
      return;
    }
    this.#isProbe = isAdmitted && state === 'halfOpen';
    try {
      const reply = thinker.model.reply(asks.request(), this.#handlers());
      if (this.#isOver) reply.cancel();
      else this.#reply = reply;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#failed({ kind: 'config', code: 'model', detail });
    }
  }

  /** Lets go of it; what it still tells concerns nobody. */
  release(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reply?.cancel();
    const { outcomes, thinker, clock } = this.#options;
    if (this.#isProbe && !this.#hasAnswered) outcomes.abandoned(thinker.key, clock.nowMs());
  }

  #handlers(): ReplyHandlers {
    const { asks, clock, onResult, tell } = this.#options;
    return {
      onText: (delta) => {
        if (this.#isAnswered()) asks.onText(delta);
      },
      onToolCall: (call) => {
        if (this.#isAnswered()) asks.onToolCall(call);
      },
      onEnd: (result) => {
        if (!this.#isAnswered()) return;
        this.#isOver = true;
        onResult(result);
        tell({ type: 'answer.ended', atMs: clock.nowMs() });
      },
      onFailed: (failure) => {
        this.#failed(failure);
      },
    };
  }

  /** Tells the first sign of an answer. False where nobody waits for it, or does so no more. */
  #isAnswered(): boolean {
    if (this.#isOver) return false;
    if (this.#hasAnswered) return true;
    this.#hasAnswered = true;
    const { clock, outcomes, tell, thinker } = this.#options;
    const atMs = clock.nowMs();
    outcomes.answered(thinker.key, atMs);
    tell({ type: 'answer.begun', atMs });
    return !this.#isReleased();
  }

  /** Whoever is told may have called it off. */
  #isReleased(): boolean {
    return this.#isOver;
  }

  #failed(failure: Failure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { asks, clock, isLast, outcomes, random, tell, thinker } = this.#options;
    const atMs = clock.nowMs();
    const canResume = asks.onBroken();
    outcomes.failed(thinker.key, failure, isLast(atMs), atMs);
    const holdMs = outcomes.holdMs(atMs);
    tell({ type: 'answer.failed', failure, atMs, unit: random.unit(), holdMs, canResume });
  }
}
