/** One question to a language model, its request held, and everything that the model told of it. */
import { mismatch } from './waiting.ts';
import type { Failure } from '../../../machines/failure.ts';
import type { Http, HttpHandlers, HttpRequest } from '../../ports/http.ts';
import type {
  LanguageModel,
  LanguageModelCall,
  LanguageModelReply,
  ReplyResult,
} from '../../providers/gemini-llm/language-model.ts';
import { settle } from '../virtual-clock.ts';

export const QUESTION = 'How will the weather be?';

export interface HttpAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** How many bytes come at a time. Default: all of them. */
  readonly pieceBytes?: number;
  readonly end?: 'complete' | 'failed';
}

interface AskOptions {
  /** Lets go before the request went out. */
  readonly cancelsAtOnce?: boolean;
}

/** Resolves when the model has sent its request. */
export async function askModel(
  make: (http: Http) => LanguageModel,
  { cancelsAtOnce = false }: AskOptions = {},
): Promise<ModelQuestion> {
  const question = new ModelQuestion(make);
  if (cancelsAtOnce) question.reply.cancel();
  await settle();
  await settle();
  if (!cancelsAtOnce && question.sent === null) {
    throw mismatch('the model sent no request', 'Mend `reply` of the model: it asks its `http`.');
  }
  return question;
}

export class ModelQuestion {
  readonly reply: LanguageModelReply;
  readonly calls: LanguageModelCall[] = [];
  /** Credentials that its request carries. */
  readonly secrets = new Set<string>();
  isCancelled = false;
  sent: { readonly request: HttpRequest; readonly handlers: HttpHandlers } | null = null;
  onText: () => void = () => undefined;
  readonly #make: (http: Http) => LanguageModel;
  readonly #texts: string[] = [];
  readonly #results: ReplyResult[] = [];
  readonly #failures: Failure[] = [];
  readonly #faults: string[] = [];
  #isAnswered = false;

  constructor(make: (http: Http) => LanguageModel) {
    this.#make = make;
    const http: Http = {
      send: (request, handlers) => {
        if (this.sent !== null) this.#faults.push('it sent a second request for one question');
        this.sent = { request, handlers };
        return { cancel: () => (this.isCancelled = true) };
      },
    };
    const item = { kind: 'message', id: 'item_1', role: 'user', text: QUESTION } as const;
    const place = { status: 'completed', fromMs: null, toMs: null, heardMs: null } as const;
    const tool = { name: 'forecast', parameters: { type: 'object' } };
    this.reply = make(http).reply(
      { conversation: [{ ...item, ...place }], instructions: 'Be brief.', tools: [tool] },
      {
        onText: (delta) => {
          this.#note(delta === '' ? 'a piece of text was empty' : null);
          this.#texts.push(delta);
          this.onText();
        },
        onToolCall: (call) => {
          this.#note(null);
          this.calls.push(call);
        },
        onEnd: (result) => {
          this.#note(null);
          this.#results.push(result);
        },
        onFailed: (failure) => {
          this.#note(null);
          this.#failures.push(failure);
        },
      },
    );
  }

  get request(): HttpRequest {
    return this.#sent.request;
  }

  get exchange(): HttpHandlers {
    return this.#sent.handlers;
  }

  /** Another question to another model. */
  again(options: AskOptions = {}): Promise<ModelQuestion> {
    return askModel(this.#make, options);
  }

  /** As an HTTP does: a cancelled exchange hears nothing more. */
  answer({ status = 200, headers = {}, body, pieceBytes, end = 'complete' }: HttpAnswer): void {
    if (this.#isAnswered) throw new Error('it was answered before');
    this.#isAnswered = true;
    const bytes = bytesOf(body);
    const step = pieceBytes ?? Math.max(1, bytes.length);
    const { handlers } = this.#sent;
    try {
      if (!this.isCancelled) handlers.onHead(status, headers);
      for (let at = 0; at < bytes.length && !this.isCancelled; at += step) {
        handlers.onData(bytes.slice(at, at + step));
      }
      const reason = end === 'failed' ? 'the connection was reset' : '';
      const facts = end === 'failed' ? { errorCode: 'ECONNRESET', reason } : { reason };
      if (!this.isCancelled) handlers.onEnd({ kind: end, ...facts });
    } catch (error) {
      this.#faults.push(`it threw at an answer: ${String(error)}`);
    }
  }

  failure(): Failure {
    const [failure] = this.#failures;
    if (failure !== undefined && this.#results.length === 0) return failure;
    throw mismatch('a refusal, or an answer that broke off, was not told by `onFailed`');
  }

  assertText(text: string): void {
    const told = this.#texts.join('');
    if (told !== text) throw mismatch(`of the answer "${text}" it told "${told}"`);
    if (this.#results[0]?.status === 'completed' && this.#failures.length === 0) return;
    throw mismatch('an answer that came whole was not told as completed by `onEnd`');
  }

  /** @param pieces that were told before it was cancelled. */
  assertSilent(pieces: number): void {
    const told = this.#texts.length + this.#results.length + this.#failures.length;
    if (told > pieces) throw mismatch('it told something after it was cancelled');
  }

  /** One end, of either kind. */
  assertOver(): void {
    const ends = this.#results.length + this.#failures.length;
    if (ends !== 1) throw mismatch(`an exchange that was over was told to be so ${ends} times`);
  }

  /** What is promised of every question. */
  assertKept(): void {
    const told = this.#failures.map(({ code, detail }) => `${code} ${detail}`).join('\n');
    const isTold = [...this.secrets].some((secret) => told.includes(secret));
    const faults = [...this.#faults, ...(isTold ? ['a credential was told in a failure'] : [])];
    if (this.#results.length + this.#failures.length > 1) faults.push('it ended more than once');
    if (faults.length > 0) throw mismatch(faults.join('; '));
  }

  get #sent(): NonNullable<ModelQuestion['sent']> {
    if (this.sent === null) throw mismatch('the model sent no request');
    return this.sent;
  }

  #note(fault: string | null): void {
    const isOver = this.#results.length + this.#failures.length > 0;
    if (isOver) this.#faults.push('it told something after its end');
    if (fault !== null) this.#faults.push(fault);
  }
}

export function bytesOf(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? new TextEncoder().encode(body) : body;
}
