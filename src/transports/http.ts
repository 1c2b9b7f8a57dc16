/** HTTP by a platform's `fetch`, which it is given: in browsers and on Node it is the same one. */
import type { Clock } from '../ports/clock.ts';
import { systemClock } from '../ports/clock.ts';
import type { Http, HttpEnd, HttpExchange, HttpHandlers, HttpRequest } from '../ports/http.ts';

export function httpOver(fetch: Fetch, clock: Clock = systemClock): Http {
  return { send: (request, handlers) => new FetchExchange(fetch, clock, request, handlers) };
}

type Fetch = typeof globalThis.fetch;

class FetchExchange implements HttpExchange {
  readonly #handlers: HttpHandlers;
  readonly #request: HttpRequest;
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  #timer: unknown = null;
  #isOver = false;

  constructor(fetch: Fetch, clock: Clock, request: HttpRequest, handlers: HttpHandlers) {
    this.#clock = clock;
    this.#request = request;
    this.#handlers = handlers;
    this.#await();
    void this.#run(fetch);
  }

  cancel(): void {
    this.#isOver = true;
    this.#stopTimer();
    this.#controller.abort();
  }

  async #run(fetch: Fetch): Promise<void> {
    const { method, url, headers, body } = this.#request;
    try {
      const response = await fetch(url, {
        method,
        headers: { ...headers },
        ...(body === undefined ? {} : { body: body as NonNullable<RequestInit['body']> }),
        redirect: 'manual', // a credential must not travel to where a redirect points
        signal: this.#controller.signal,
      });
      if (this.#isOver) return;
      this.#handlers.onHead(response.status, Object.fromEntries(response.headers));
      await this.#readBody(response);
      this.#end({ kind: 'complete', reason: '' });
    } catch (error) {
      this.#end({ kind: 'failed', ...causeOf(error) });
    }
  }

  /** Where the platform has no streams, React Native for one, the body comes when it is whole. */
  async #readBody(response: Response): Promise<void> {
    const body = response.body as ReadableStream<Uint8Array> | null | undefined;
    if (body === null) return;
    if (body !== undefined) {
      await this.#read(body);
      return;
    }
    this.#await();
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (!this.#isOver && bytes.length > 0) this.#handlers.onData(bytes);
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader();
    for (;;) {
      this.#await();
      const { done, value } = await reader.read();
      if (done || this.#isOver) return;
      this.#handlers.onData(value);
    }
  }

  #await(): void {
    this.#stopTimer();
    if (this.#isOver) return;
    this.#timer = this.#clock.setTimeout(() => {
      this.#end({ kind: 'failed', errorCode: 'TIMEOUT', reason: 'no answer came in time' });
      this.#controller.abort();
    }, this.#request.timeoutMs);
  }

  #end(end: HttpEnd): void {
    this.#stopTimer();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#handlers.onEnd(end);
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** `fetch` says only that it failed; why stands in the cause. */
function causeOf(error: unknown): { readonly errorCode?: string; readonly reason: string } {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const code = (cause as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? { errorCode: code, reason } : { reason };
}
