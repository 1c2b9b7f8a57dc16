/**
 * What universal code may use of every host: browsers, Node and React Native alike. Only the type-check without DOM and Node
 * (`tsconfig.universal.json`) reads this file. It is in no package: an application's own globals stay what they are.
 */

declare function setTimeout(callback: () => void, delayMs?: number): number;
declare function clearTimeout(handle: number | undefined): void;
declare function queueMicrotask(callback: () => void): void;
declare function btoa(text: string): string;
declare function atob(text: string): string;
declare const performance: { now(): number };

declare class URL {
  static canParse(url: string, base?: string): boolean;
  constructor(url: string | URL, base?: string | URL);
  readonly hash: string;
  readonly host: string;
  readonly hostname: string;
  href: string;
  readonly origin: string;
  readonly password: string;
  pathname: string;
  readonly port: string;
  protocol: string;
  search: string;
  readonly searchParams: URLSearchParams;
  readonly username: string;
}

declare class URLSearchParams {
  constructor(init?: string | Record<string, string>);
  append(name: string, value: string): void;
  get(name: string): string | null;
  keys(): IterableIterator<string>;
  set(name: string, value: string): void;
}

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array | ArrayBuffer, options?: { stream?: boolean }): string;
}

declare class EventTarget {
  addEventListener(
    type: string,
    listener: ((event: Event) => unknown) | { handleEvent(event: Event): unknown } | null,
    options?:
      boolean | { once?: boolean; passive?: boolean; capture?: boolean; signal?: AbortSignal },
  ): void;
  removeEventListener(
    type: string,
    listener: ((event: Event) => unknown) | { handleEvent(event: Event): unknown } | null,
    options?: boolean | { capture?: boolean },
  ): void;
  dispatchEvent(event: Event): boolean;
}

declare class Event {
  constructor(type: string);
  readonly type: string;
}

declare class MessageEvent extends Event {
  constructor(type: string, facts: { data?: unknown; origin?: string });
  readonly data: unknown;
  readonly origin: string;
}

declare class DOMException extends Error {
  constructor(message?: string, name?: string);
  readonly code: number;
}

declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

declare class AbortSignal extends EventTarget {
  readonly aborted: boolean;
}

declare class Blob {
  constructor(parts?: (ArrayBuffer | ArrayBufferView | string)[]);
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What of `fetch` is used. */
interface RequestInit {
  method?: string;
  headers?: Record<string, string>;
  body?: Uint8Array | string;
  redirect?: 'manual';
  signal?: AbortSignal;
}

interface ReadableStream<Chunk> {
  getReader(): {
    read(): Promise<{ done: true; value: undefined } | { done: false; value: Chunk }>;
  };
}

interface Response {
  readonly status: number;
  readonly headers: Iterable<[string, string]>;
  readonly body: ReadableStream<Uint8Array> | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

declare function fetch(url: string, init?: RequestInit): Promise<Response>;
