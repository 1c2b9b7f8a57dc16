/** One answer over HTTP, from its head to its end. It reads what the service sends without believing it. */
import { OWN_ID_PREFIX } from './contents.ts';
import type { LanguageModelCall, ReplyHandlers, ReplyResult } from './language-model.ts';
import { SseParser } from './sse.ts';
import type { Failure } from '../../../machines/failure.ts';
import type { HttpEnd, HttpHandlers } from '../../ports/http.ts';
import { detailOf } from '../wire/detail.ts';
import { googleErrorIn, googleFailureOf } from '../wire/google-errors.ts';
import { asObject, booleanAt, numberAt, objectAt, objectsAt, stringAt } from '../wire/json.ts';
import type { JsonObject } from '../wire/json.ts';

/** Of a refusal's body no more is kept. */
const MAX_BODY_CHARS = 65_536;

/** It said what it had to say; a call for a tool ends with it too. */
const COMPLETED = 'STOP';

export interface ReplyOptions {
  readonly handlers: ReplyHandlers;
  /** Ids that are taken in the conversation. */
  readonly callIds: ReadonlySet<string>;
  readonly secrets: () => readonly string[];
  onHead(status: number): void;
}

export class Reply implements HttpHandlers {
  readonly #options: ReplyOptions;
  readonly #callIds: Set<string>;
  readonly #sse = new SseParser();
  readonly #text = new TextDecoder();
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  #body = '';
  #finishReason: string | null = null;
  #usage: ReplyResult['usage'] = null;
  #failure: Failure | null = null;
  #isOver = false;

  constructor(options: ReplyOptions) {
    this.#options = options;
    this.#callIds = new Set(options.callIds);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  cancel(): void {
    this.#isOver = true;
  }

  fail(failure: Failure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.handlers.onFailed(failure);
  }

  onHead(status: number, headers: Readonly<Record<string, string>>): void {
    this.#status = status;
    this.#headers = headers;
    this.#options.onHead(status);
  }

  onData(bytes: Uint8Array): void {
    if (this.#isOver) return;
    if (this.#status === 200) this.#takeAll(this.#sse.push(bytes));
    else if (this.#body.length < MAX_BODY_CHARS) {
      this.#body += this.#text.decode(bytes, { stream: true }).slice(0, MAX_BODY_CHARS);
    }
  }

  onEnd(end: HttpEnd): void {
    if (this.#isOver) return;
    if (this.#status !== 0 && this.#status !== 200) this.fail(this.#refusal(this.#status, end));
    else if (end.kind === 'failed') this.fail(this.#broken(end));
    else {
      this.#takeAll(this.#sse.finish());
      this.#finish();
    }
  }

  #finish(): void {
    if (this.#isOver) return;
    if (this.#failure !== null) this.fail(this.#failure);
    else if (this.#finishReason === null || this.#sse.overflowed) {
      const what = this.#sse.overflowed ? 'it was too long' : 'the answer stopped before its end';
      this.fail({ kind: 'transient', code: 'answer', detail: what });
    } else {
      this.#isOver = true;
      const status = this.#finishReason === COMPLETED ? 'completed' : 'incomplete';
      const finishReason = this.#finishReason;
      this.#options.handlers.onEnd({ status, finishReason, usage: this.#usage });
    }
  }

  #takeAll(events: readonly string[]): void {
    for (const data of events) this.#take(data);
  }

  #take(data: string): void {
    const chunk = objectOf(data);
    if (chunk === null) return; // no JSON: if that was the end, it is missed below
    const error = googleErrorIn(data);
    if (error !== null) {
      const status = numberAt(error, 'code') ?? 500;
      this.#failure = googleFailureOf({ status, body: data }, this.#options.secrets());
      return;
    }
    const [candidate] = objectsAt(chunk, 'candidates');
    for (const part of objectsAt(objectAt(candidate, 'content'), 'parts')) {
      if (this.#isOver) return; // a handler may cancel
      this.#takePart(part);
    }
    const reason =
      stringAt(candidate, 'finishReason') ??
      stringAt(objectAt(chunk, 'promptFeedback'), 'blockReason');
    if (reason !== null && reason !== '') this.#finishReason = detailOf(reason);
    this.#usage = usageIn(chunk) ?? this.#usage;
  }

  #takePart(part: JsonObject): void {
    const call = objectAt(part, 'functionCall');
    if (call !== null) {
      const told = this.#callOf(call, part);
      if (told !== null) this.#options.handlers.onToolCall(told);
      return;
    }
    const text = stringAt(part, 'text') ?? '';
    if (text !== '' && booleanAt(part, 'thought') !== true) this.#options.handlers.onText(text);
  }

  /** Null for a call that was told already, or has no name. */
  #callOf(call: JsonObject, part: JsonObject): LanguageModelCall | null {
    const name = stringAt(call, 'name') ?? '';
    const given = stringAt(call, 'id') ?? '';
    if (name === '' || (given !== '' && this.#callIds.has(given))) return null;
    const callId = given === '' ? this.#newId() : given;
    this.#callIds.add(callId);
    const signature = stringAt(part, 'thoughtSignature');
    return {
      callId,
      name,
      arguments: JSON.stringify(objectAt(call, 'args') ?? {}),
      ...(signature === null ? {} : { signature }),
    };
  }

  #newId(): string {
    let number = 1;
    while (this.#callIds.has(`${OWN_ID_PREFIX}${number}`)) number += 1;
    return `${OWN_ID_PREFIX}${number}`;
  }

  #refusal(status: number, { reason }: HttpEnd): Failure {
    const answer = { status, headers: this.#headers, body: this.#body, reason };
    return googleFailureOf(answer, this.#options.secrets());
  }

  #broken({ errorCode, reason }: HttpEnd): Failure {
    const detail = detailOf(reason, this.#options.secrets());
    return { kind: 'transient', code: errorCode ?? 'answer', detail };
  }
}

function objectOf(data: string): JsonObject | null {
  try {
    const parsed: unknown = JSON.parse(data);
    return asObject(Array.isArray(parsed) ? parsed[0] : parsed);
  } catch {
    return null;
  }
}

/** Counts in the middle of a stream may differ from the last. */
function usageIn(chunk: JsonObject): ReplyResult['usage'] {
  const usage = objectAt(chunk, 'usageMetadata');
  if (usage === null) return null;
  const thoughts = numberAt(usage, 'thoughtsTokenCount') ?? 0;
  return {
    inputTokens: numberAt(usage, 'promptTokenCount') ?? 0,
    outputTokens: (numberAt(usage, 'candidatesTokenCount') ?? 0) + thoughts,
  };
}
