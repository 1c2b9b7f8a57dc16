/**
 * One answer of a language model, sentence by sentence.
 *
 * An answer that breaks off is asked for again at most once. What was said of it stays said: the model is told so and
 * asked to go on, and where it begins anew all the same, the sentences that it repeats are not told again. A sentence that
 * was only begun was not said, and is dropped.
 */
import type { Question, FailureFacts } from './asking.ts';
import { SentenceCutter } from './sentences.ts';
import type { Failure } from '../../machines/failure.ts';
import type {
  LanguageModelCall,
  ReplyRequest,
  ReplyResult,
} from '../providers/gemini-llm/language-model.ts';

export interface AnswerHandlers {
  onSentence(text: string): void;
  onToolCall(call: LanguageModelCall): void;
  onEnd(status: ReplyResult['status']): void;
  onFailed(failure: Failure, model: string, facts: FailureFacts): void;
}

export class Answer implements Question {
  readonly #request: () => ReplyRequest;
  readonly #handlers: AnswerHandlers;
  #cutter = new SentenceCutter();
  readonly #said: string[] = [];
  /** How many of the sentences that were said the model has repeated; null where it says something else. */
  #repeated: number | null = null;
  #hasText = false;
  #hasBroken = false;
  #hasCalled = false;

  constructor(request: () => ReplyRequest, handlers: AnswerHandlers) {
    this.#request = request;
    this.#handlers = handlers;
  }

  /** Something of it was told: it cannot be taken back. */
  get hasTold(): boolean {
    return this.#said.length > 0 || this.#hasCalled;
  }

  request(): ReplyRequest {
    const request = this.#request();
    if (this.#said.length === 0) return request;
    return { ...request, instructions: goingOn(request.instructions, this.#said.join('').trim()) };
  }

  onText(delta: string): void {
    this.#hasText = true;
    for (const sentence of this.#cutter.push(delta)) this.#tell(sentence);
  }

  onToolCall(call: LanguageModelCall): void {
    this.#tellRest();
    this.#hasCalled = true;
    this.#handlers.onToolCall(call);
  }

  onEnd({ status }: ReplyResult): void {
    this.#tellRest();
    this.#handlers.onEnd(status);
  }

  /** A call is not taken back, and its result asks for the rest: then nothing is asked again. */
  onBroken(): boolean {
    const isSecond = this.#hasText && this.#hasBroken;
    this.#hasBroken ||= this.#hasText;
    this.#hasText = false;
    this.#cutter = new SentenceCutter();
    this.#repeated = 0;
    return !isSecond && !this.#hasCalled;
  }

  onFailed(failure: Failure, model: string, facts: FailureFacts): void {
    if (this.#hasCalled) this.#handlers.onEnd('incomplete');
    else this.#handlers.onFailed(failure, model, facts);
  }

  #tellRest(): void {
    const rest = this.#cutter.finish();
    if (rest !== null) this.#tell(rest);
  }

  #tell(sentence: string): void {
    if (this.#repeated !== null) {
      const before = this.#said[this.#repeated];
      const isRepetition = before !== undefined && before.trim() === sentence.trim();
      this.#repeated = isRepetition ? this.#repeated + 1 : null;
      if (isRepetition) return;
    }
    this.#said.push(sentence);
    this.#handlers.onSentence(sentence);
  }
}

/** The conversation itself has to end with the user's turn: some services refuse one that ends with the model's. */
function goingOn(instructions: string, said: string): string {
  const told = `You have already said the beginning of your answer to the last turn, and were cut off after it: "${said}"
Go on from there, and repeat nothing of it.`;
  return instructions === '' ? told : `${instructions}\n\n${told}`;
}
