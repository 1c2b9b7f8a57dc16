/**
 * One question at a time, asked of language models until one answers. What a failure leads to, the table of failures and
 * the backoff envelope say; here is only the waiting.
 *
 * A model that has to be waited for is not waited for where another can be asked now.
 */
import { stepAfter } from './asking.rules.ts';
import type { ReconnectPolicy } from '../../machines/backoff.ts';
import type { ConnectionSignal } from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';
import type { OrchestratorSignal } from '../../machines/orchestrator.types.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type {
  LanguageModel,
  LanguageModelCall,
  LanguageModelReply,
  ReplyHandlers,
  ReplyRequest,
  ReplyResult,
} from '../providers/gemini-llm/language-model.ts';

export interface Question {
  /** Read anew for each request. */
  request(): ReplyRequest;
  onText(delta: string): void;
  onToolCall(call: LanguageModelCall): void;
  onEnd(result: ReplyResult): void;
  /** A request failed. Whether what it told until then allows to ask again. */
  onBroken(): boolean;
  /** No answer comes. `isGivenUp`: nobody is left who could give one; else this one request failed. */
  onFailed(failure: Failure, model: string, facts: FailureFacts): void;
}

export interface FailureFacts {
  readonly isGivenUp: boolean;
  readonly attempts: number;
}

export interface AskerOptions {
  readonly models: readonly LanguageModel[];
  readonly policy: ReconnectPolicy;
  readonly clock: Clock;
  readonly random: Random;
  readonly tell: (signal: ConnectionSignal | OrchestratorSignal) => void;
}

/** A model, and what is held against it. */
interface Standing {
  readonly model: LanguageModel;
  /** In a row. */
  failures: number;
  notBeforeMs: number;
  hasAnswered: boolean;
  isRefreshed: boolean;
  /** It will not answer this question. */
  isPassed: boolean;
}

interface Outage {
  readonly sinceMs: number;
  readonly cause: Failure;
  attempts: number;
}

export class Asker {
  readonly #options: AskerOptions;
  readonly #standings: readonly Standing[];
  #question: Question | null = null;
  #exchange: LanguageModelReply | null = null;
  /** Numbers requests, so that what a lost one still tells concerns nobody. */
  #request = 0;
  #timer: unknown = null;
  #outage: Outage | null = null;
  #lastToAnswer: LanguageModel | null = null;

  constructor(options: AskerOptions) {
    this.#options = options;
    this.#standings = options.models.map((model) => ({
      model,
      failures: 0,
      notBeforeMs: 0,
      hasAnswered: false,
      isRefreshed: false,
      isPassed: false,
    }));
  }

  /** Whatever was asked before is not answered any more. */
  ask(question: Question): void {
    this.cancel();
    for (const standing of this.#standings) standing.isPassed = false;
    this.#question = question;
    this.#askNext(null);
  }

  cancel(): void {
    this.#question = null;
    this.#request += 1;
    this.#exchange?.cancel();
    this.#exchange = null;
    if (this.#timer !== null) this.#options.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #askNext(last: { readonly standing: Standing; readonly failure: Failure } | null): void {
    const { clock, policy, tell } = this.#options;
    const nowMs = clock.nowMs();
    const open = this.#standings.filter(({ isPassed }) => !isPassed);
    const next = open.find(({ notBeforeMs }) => notBeforeMs <= nowMs) ?? soonestOf(open);
    if (next === null) {
      if (last !== null) this.#giveUp(last.standing.model, last.failure);
      return;
    }
    const waitMs = Math.max(0, next.notBeforeMs - nowMs);
    if (this.#outage !== null && last !== null) {
      this.#outage.attempts += 1;
      tell({
        type: 'connection.reconnecting',
        attempt: this.#outage.attempts,
        maxAttempts: policy.maxAttempts,
        backoffDelayMs: waitMs,
        component: 'llm',
        bufferedAudioChunks: 0,
      });
    }
    if (waitMs === 0) this.#send(next);
    else {
      this.#timer = clock.setTimeout(() => {
        this.#timer = null;
        this.#send(next);
      }, waitMs);
    }
  }

  #send(standing: Standing): void {
    const question = this.#question;
    if (question === null) return; // a listener may have called the question off
    this.#request += 1;
    const request = this.#request;
    const handlers = this.#handlersOf(standing, question, () => this.#request === request);
    try {
      const exchange = standing.model.reply(question.request(), handlers);
      if (this.#request === request) this.#exchange = exchange;
      else exchange.cancel();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      handlers.onFailed({ kind: 'config', code: 'model', detail });
    }
  }

  #handlersOf(standing: Standing, question: Question, isCurrent: () => boolean): ReplyHandlers {
    return {
      onText: (delta) => {
        if (!isCurrent()) return;
        this.#answered(standing);
        question.onText(delta);
      },
      onToolCall: (call) => {
        if (!isCurrent()) return;
        this.#answered(standing);
        question.onToolCall(call);
      },
      onEnd: (result) => {
        if (!isCurrent()) return;
        this.#answered(standing);
        standing.failures = 0;
        this.#forget();
        question.onEnd(result);
      },
      onFailed: (failure) => {
        if (isCurrent()) this.#failed(standing, question, failure);
      },
    };
  }

  #failed(standing: Standing, question: Question, failure: Failure): void {
    const { clock, policy, random } = this.#options;
    const { failures, hasAnswered, isRefreshed, model } = standing;
    const nowMs = clock.nowMs();
    this.#request += 1;
    this.#exchange = null;
    const step = stepAfter(failure, {
      policy,
      failures,
      wasHealthy: hasAnswered,
      refreshesCredential: model.refreshesCredential ?? false,
      isRefreshed,
      unit: random.unit(),
    });
    if (step.kind === 'report' || !question.onBroken()) {
      this.#forget();
      question.onFailed(failure, model.name, { isGivenUp: false, attempts: 0 });
      return;
    }
    this.#outage ??= { sinceMs: nowMs, cause: failure, attempts: 0 };
    if (step.kind === 'giveUp') {
      standing.isPassed = true;
      standing.failures = 0;
      standing.isRefreshed = false;
    } else {
      standing.failures += 1;
      standing.isRefreshed ||= failure.kind === 'auth';
      standing.notBeforeMs = nowMs + step.waitMs;
    }
    this.#askNext({ standing, failure });
  }

  /** The first sign of an answer ends what was wrong. */
  #answered(standing: Standing): void {
    const { clock, tell } = this.#options;
    const { model } = standing;
    const { name: before } = this.#lastToAnswer ?? this.#standings[0]?.model ?? model;
    const outage = this.#outage;
    const downtimeMs = outage === null ? 0 : clock.nowMs() - outage.sinceMs;
    this.#outage = null;
    this.#lastToAnswer = model;
    standing.hasAnswered = true;
    standing.isRefreshed = false;
    if (outage !== null) {
      tell({
        type: 'connection.reconnected',
        attempts: outage.attempts,
        component: 'llm',
        outcome: 'restarted',
        downtimeMs,
        audioReplayedMs: 0,
        audioLostMs: 0,
        duplicatesDropped: 0,
        toolCallsCarried: 0,
        cause: outage.cause,
      });
    }
    if (before === model.name) return;
    const reason = standing === this.#standings[0] ? 'return' : 'failover';
    tell({
      type: 'candidate.changed',
      from: before,
      to: model.name,
      reason,
      takeoverMs: downtimeMs,
    });
  }

  #giveUp(model: LanguageModel, failure: Failure): void {
    const question = this.#question;
    const attempts = this.#outage?.attempts ?? 0;
    const { code, detail } = failure;
    this.#outage = null;
    this.#forget();
    this.#options.tell({
      type: 'connection.failed',
      attempts,
      reason: detail === '' ? code : `${code}: ${detail}`,
      component: 'llm',
      failure,
    });
    question?.onFailed(failure, model.name, { isGivenUp: true, attempts });
  }

  #forget(): void {
    this.#question = null;
    this.#exchange = null;
    this.#request += 1;
  }
}

function soonestOf(standings: readonly Standing[]): Standing | null {
  const [first = null, ...others] = standings;
  return others.reduce<Standing | null>(
    (soonest, standing) =>
      soonest !== null && soonest.notBeforeMs <= standing.notBeforeMs ? soonest : standing,
    first,
  );
}
