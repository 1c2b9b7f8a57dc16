/**
 * Gemini as a language model over HTTP: `streamGenerateContent`, its answer as server-sent events.
 *
 * What this file relies on:
 *  - the key travels as the header `x-goog-api-key`;
 *  - each event holds one JSON object; the last one has a `finishReason`, and an answer without one was cut off;
 *  - a call for a tool may carry a `thoughtSignature`, which has to come back with the call;
 *  - 429 may carry `google.rpc.RetryInfo`.
 *
 * Sources: ai.google.dev, API reference "Generating content", "Thought signatures", "Troubleshooting guide".
 */
import { contentsOf } from './contents.ts';
import type { Content } from './contents.ts';
import type { LanguageModel, ReplyHandlers, ReplyRequest } from './language-model.ts';
import { Reply } from './reply.ts';
import type { Failure } from '../../../machines/failure.ts';
import type { Tool } from '../../ports/conversation.ts';
import { TenutoError } from '../../ports/errors.ts';
import type { Http, HttpExchange, HttpRequest } from '../../ports/http.ts';
import type { Credential, CredentialReason } from '../contract.ts';
import { checkBaseUrl } from '../wire/base-url.ts';
import { detailOf } from '../wire/detail.ts';
import { checkKey } from '../wire/keys.ts';
import { checkMs } from '../wire/options.ts';
import { checkOptions, invalid } from '../../ports/option-errors.ts';
import { Secrets } from '../wire/secrets.ts';
import { checkTools, GEMINI_TOOL_NAMES } from '../wire/tools.ts';

export type * from './language-model.ts';

export interface GeminiLlmOptions {
  /** A key, or a function that is asked for every answer. */
  readonly apiKey: Credential;
  /** The network. Default: that of the agent which it answers for, `transport.http`; Node's and browsers' own have it. */
  readonly http?: Http | undefined;
  /** Default `https://generativelanguage.googleapis.com`; `wss:` is read as `https:`, `ws:` as `http:`. */
  readonly baseUrl?: string;
  /** Default `v1beta`. */
  readonly apiVersion?: 'v1' | 'v1beta' | 'v1alpha';
  /** With or without `models/`. Default `gemini-2.5-flash`. */
  readonly model?: string;
  /** `generationConfig`, as the service names its fields. */
  readonly generationConfig?: Readonly<Record<string, unknown>>;
  /** How long the answer may take to begin, and between two pieces. Default 30 s. */
  readonly timeoutMs?: number;
  /** The name under which logs speak of it. Default `gemini-llm`. */
  readonly name?: string;
}

const OPTION_NAMES: Readonly<Record<keyof GeminiLlmOptions, true>> = {
  apiKey: true,
  http: true,
  baseUrl: true,
  apiVersion: true,
  model: true,
  generationConfig: true,
  timeoutMs: true,
  name: true,
};

const DEFAULT_BASE_URL = 'https://generativelanguage.googleapis.com';
const DEFAULT_MODEL = 'gemini-2.5-flash';
const TIMEOUT_MS = 30_000;

/** @throws TenutoError OPTION_INVALID */
export function geminiLlm(options: GeminiLlmOptions): LanguageModel {
  checkOptions('geminiLlm', options, OPTION_NAMES);
  checkMs('timeoutMs', options.timeoutMs);
  checkKey('Gemini', 'GEMINI_API_KEY', options.apiKey);
  if (options.http !== undefined) checkHttp(options.http);
  const base = options.baseUrl ?? DEFAULT_BASE_URL;
  return new GeminiLlm(options, checkBaseUrl(base, 'http', DEFAULT_BASE_URL));
}

class GeminiLlm implements LanguageModel {
  readonly name: string;
  readonly refreshesCredential: boolean;
  readonly #options: GeminiLlmOptions;
  readonly #baseUrl: string;
  readonly #url: string;
  readonly #secrets: Secrets;
  #reason: CredentialReason = 'connect';

  constructor(options: GeminiLlmOptions, baseUrl: string) {
    const { apiVersion = 'v1beta', model = DEFAULT_MODEL } = options;
    const path = model.includes('/') ? model : `models/${model}`;
    this.name = options.name ?? 'gemini-llm';
    this.#options = options;
    this.#baseUrl = baseUrl;
    this.#url = `${baseUrl}/${apiVersion}/${path}:streamGenerateContent?alt=sse`;
    this.#secrets = new Secrets(options.apiKey);
    this.refreshesCredential = this.#secrets.isRenewable;
  }

  checkTools(tools: readonly Tool[]): void {
    checkTools(tools, GEMINI_TOOL_NAMES);
  }

  over(http: Http | undefined): LanguageModel {
    if (this.#options.http !== undefined) return this;
    checkHttp(http);
    return new GeminiLlm({ ...this.#options, http }, this.#baseUrl);
  }

  /** @throws TenutoError OPTION_INVALID where it was given no network. */
  reply(request: ReplyRequest, handlers: ReplyHandlers): HttpExchange {
    const { http } = this.#options;
    checkHttp(http);
    const callIds = request.conversation.flatMap((item) =>
      item.kind === 'toolCall' ? [item.callId] : [],
    );
    const reply = new Reply({
      handlers,
      callIds: new Set([...callIds, ...(request.takenCallIds ?? [])]),
      secrets: () => this.#secrets.recent,
      onHead: (status) => {
        this.#reason = status === 401 || status === 403 ? 'refused' : 'reconnect';
      },
    });
    let exchange: HttpExchange | null = null;
    void this.#send(http, request, reply).then((sent) => {
      exchange = sent;
      if (reply.isOver) sent?.cancel();
    });
    return {
      cancel: () => {
        reply.cancel();
        exchange?.cancel();
      },
    };
  }

  async #send(http: Http, request: ReplyRequest, reply: Reply): Promise<HttpExchange | null> {
    try {
      const key = await this.#secrets.ask(this.#reason);
      if (reply.isOver) return null;
      const contents = contentsOf(request.conversation);
      if (contents.length > 0) {
        return http.send(this.#requestOf(contents, request, key), reply);
      }
      const detail = 'there is nothing to answer';
      reply.fail({ kind: 'perRequest', code: 'conversation', detail });
      return null;
    } catch (error) {
      reply.fail(this.#unsent(error));
      return null;
    }
  }

  #requestOf(
    contents: readonly Content[],
    { instructions, tools }: ReplyRequest,
    key: string,
  ): HttpRequest {
    const { generationConfig, timeoutMs = TIMEOUT_MS } = this.#options;
    const body = {
      contents,
      ...(instructions === '' ? {} : { systemInstruction: { parts: [{ text: instructions }] } }),
      ...(tools.length === 0
        ? {}
        : { tools: [{ functionDeclarations: tools.map(declarationOf) }] }),
      ...(generationConfig === undefined ? {} : { generationConfig }),
    };
    return {
      method: 'POST',
      url: this.#url,
      headers: { 'content-type': 'application/json', 'x-goog-api-key': key },
      body: JSON.stringify(body),
      timeoutMs,
    };
  }

  #unsent(error: unknown): Failure {
    const said = error instanceof Error ? error.message : String(error);
    const detail = detailOf(said, this.#secrets.recent);
    const isRefused = TenutoError.is(error) && error.code === 'AUTH_REFUSED';
    if (isRefused) this.#reason = 'refused';
    return { kind: isRefused ? 'auth' : 'transient', code: 'credential', detail };
  }
}

/** Who writes JavaScript may give anything. @throws TenutoError OPTION_INVALID */
function checkHttp(http: Http | undefined): asserts http is Http {
  if (typeof (http as Partial<Http> | null | undefined)?.send === 'function') return;
  throw invalid(
    'geminiLlm was given no network: http has no send, and no agent lends it one.',
    'Give http: nodeWebSocketTransport.http, or take createVoiceAgent of tenuto/node, which lends its own.',
  );
}

function declarationOf({ name, description, parameters }: Tool): object {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parametersJsonSchema: parameters }),
  };
}
