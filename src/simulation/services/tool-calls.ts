/** Calls of one session's tool: each is told once, about what was not asked before, and what becomes of it is kept. */
import type { Report } from './told-audio.ts';
import type { ConversationItem } from '../../ports/conversation.ts';

export class ToolCalls {
  readonly #report: Report;
  readonly #mayRepeatTurns: boolean;
  readonly #told = new Set<string>();
  readonly #answered = new Set<string>();
  readonly #cancelled = new Set<string>();
  /** Which call last asked about each word. */
  readonly #queries = new Map<string, string>();
  /** Of a voice agent: those whose results the model was shown when it began to think. */
  #shown: ReadonlySet<string> | null = null;
  /** An answer that was refused is asked for once more, which may cross with one that comes by itself. */
  #mayCross = false;

  /** @param mayRepeatTurns a service may hear a turn that was answered once more. */
  constructor(mayRepeatTurns: boolean, report: Report) {
    this.#mayRepeatTurns = mayRepeatTurns;
    this.#report = report;
  }

  told(callId: string, given: string): void {
    if (this.#told.has(callId)) this.#report('I5', `the call ${callId} was told twice`);
    this.#told.add(callId);
    const { query } = JSON.parse(given) as { query: string };
    for (const word of query.split(' ')) {
      const before = this.#queries.get(word);
      const mayBe =
        this.#mayRepeatTurns || this.#mayCross || this.#shown?.has(before ?? '') === false;
      if (before !== undefined && !mayBe) {
        this.#report('I5', `the tool was asked about "${word}" twice`);
      }
      this.#queries.set(word, callId);
    }
  }

  /** A model thinks that is shown no call without a result: with the next turn it may ask for the same. */
  thinks(): void {
    this.#shown = new Set(this.#answered);
  }

  /** By the application. */
  answered(callId: string): void {
    this.#answered.add(callId);
  }

  cancelled(callIds: readonly string[]): void {
    for (const callId of callIds) this.#cancelled.add(callId);
  }

  /** What was refused, such as an answer or a tool's result, may be asked for again. */
  refused(): void {
    this.#queries.clear();
    this.#mayCross = true;
  }

  /** Nothing is told any more. @param items the conversation as it is kept: what is oldest may be gone. */
  close(items: readonly ConversationItem[]): void {
    const results = items.flatMap((item) => (item.kind === 'toolResult' ? [item.callId] : []));
    for (const item of items) {
      if (item.kind !== 'toolCall') continue;
      const fault = this.#faultOf(item, results.filter((callId) => callId === item.callId).length);
      if (fault !== null) this.#report('I5', `the call ${item.callId} ${fault}`);
    }
  }

  #faultOf(
    { callId, status }: { readonly callId: string; readonly status: string },
    results: number,
  ): string | null {
    if (!this.#told.has(callId)) return 'was told to nobody';
    if (status === 'cancelled' && !this.#cancelled.has(callId)) return 'was cancelled in silence';
    if (this.#cancelled.has(callId)) return null;
    if (results !== (this.#answered.has(callId) ? 1 : 0)) return `has ${results} results`;
    const wanted = this.#answered.has(callId) ? 'answered' : 'pending';
    return status === wanted ? null : `is ${status}, and should be ${wanted}`;
  }
}
