/** One answer at a time: begun where none is under way, told step by step, and cancelled where it is not wanted. */
import type { JsonObject } from '../../providers/wire/json.ts';
import { objectsAt, stringAt } from '../../providers/wire/json.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Thought } from '../persona/mind.ts';
import { AnswerWriter } from './answer-writer.ts';
import type { Reply, Steps, WriterOptions } from './answer-writer.ts';
import type { ReplyFailure } from './faults.ts';
import type { Complaint, Fields } from './frames.ts';
import { complaint } from './frames.ts';
import { responseObject } from './response-object.ts';
import type { ReplyStatus } from './response-object.ts';

/** How long after its end a reply is followed by what is left of the tokens. */
const LIMITS_DELAY_MS = 43;
const TOKEN_LIMIT = 15_000_000;
const LIMIT = {
  name: 'tokens',
  limit: TOKEN_LIMIT,
  remaining: TOKEN_LIMIT - 629,
  reset_seconds: 0.002,
};

export interface ResponderOptions extends WriterOptions {
  readonly clock: Clock;
  readonly conversationId: string;
  /** Resolves once everything that was said has been understood. */
  readonly think: (tools: readonly string[]) => Promise<Thought>;
  /** What the next reply fails with. */
  readonly failure: () => ReplyFailure | null;
}

export class Responder {
  readonly #options: ResponderOptions;
  readonly #writer: AnswerWriter;
  #active: Reply | null = null;
  #timer: unknown = null;

  constructor(options: ResponderOptions) {
    this.#options = options;
    this.#writer = new AnswerWriter(options);
  }

  get hasSpoken(): boolean {
    return this.#writer.hasSpoken;
  }

  create(asked: JsonObject): Complaint | null {
    if (this.#active !== null) {
      const message = `Conversation already has an active response in progress: ${this.#active.id}. Wait until the response is finished before creating a new one.`;
      return complaint('conversation_already_has_active_response', message);
    }
    const { session, line, failure } = this.#options;
    const modalities = asked['output_modalities'] ?? session()['output_modalities'];
    const isText = Array.isArray(modalities) && modalities[0] === 'text';
    const reply: Reply = {
      id: line.newId('resp'),
      asked,
      modality: isText ? 'text' : 'audio',
      output: [],
      close: null,
    };
    this.#active = reply;
    line.say('response.created', { response: this.#responseOf(reply, 'in_progress', null) });
    const failed = failure();
    if (failed !== null) this.#end(reply, 'failed', { type: 'failed', error: failed });
    else void this.#answer(reply);
    return null;
  }

  cancel(reason: 'turn_detected' | 'client_cancelled'): boolean {
    const reply = this.#active;
    if (reply === null) return false;
    this.#stopTimer();
    reply.close?.('incomplete');
    this.#end(reply, 'cancelled', { type: 'cancelled', reason });
    return true;
  }

  close(): void {
    this.#active = null;
    this.#stopTimer();
  }

  async #answer(reply: Reply): Promise<void> {
    const tools = objectsAt({ ...this.#options.session(), ...reply.asked }, 'tools');
    const names = tools.map((tool) => stringAt(tool, 'name') ?? '').filter((name) => name !== '');
    const { text, toolCall } = await this.#options.think(names);
    if (this.#active !== reply) return;
    const steps =
      toolCall === null ? this.#writer.said(reply, text) : this.#writer.called(reply, toolCall);
    this.#run(reply, steps);
  }

  #run(reply: Reply, steps: Steps): void {
    const step = steps.next();
    if (this.#active !== reply) return;
    if (step.done === true) {
      this.#end(reply, 'completed', null);
      return;
    }
    this.#timer = this.#options.clock.setTimeout(() => this.#run(reply, steps), step.value);
  }

  #end(reply: Reply, status: 'completed' | 'cancelled' | 'failed', details: Fields | null): void {
    const { line } = this.#options;
    this.#active = null;
    line.say('response.done', { response: this.#responseOf(reply, status, details) });
    line.after(LIMITS_DELAY_MS, () => line.say('rate_limits.updated', { rate_limits: [LIMIT] }));
  }

  #responseOf(reply: Reply, status: ReplyStatus, details: Fields | null): Fields {
    const { session, conversationId } = this.#options;
    const { id, modality, output, asked } = reply;
    const metadata = asked['metadata'] ?? null;
    return responseObject(session(), {
      id,
      conversationId,
      modality,
      output,
      metadata,
      status,
      details,
    });
  }

  #stopTimer(): void {
    this.#options.clock.clearTimeout(this.#timer);
  }
}
