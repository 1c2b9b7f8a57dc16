/** WebSocket in a browser, by the platform's own. It cannot send headers, cannot ping and hides an upgrade's status. */
import { httpOver } from './http.ts';
import type { DialRequest, Frame, Socket, SocketHandlers, Transport } from '../ports/socket.ts';

/** What we use of a WebSocket (WHATWG WebSockets Standard). */
interface PlatformWebSocket {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  readonly protocol: string;
  readonly extensions: string;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: (() => void) | null;
}

/** A class with the standard's `WebSocket` interface. */
export type WebSocketClass = new (url: string, protocols?: string[]) => PlatformWebSocket;

const OPEN = 1;
/** A close frame without a code (RFC 6455, section 7.1.5). */
const NO_STATUS = 1_005;

const dial: Transport['dial'] = (request, handlers) =>
  new PlatformSocket(request, handlers, platformsOwn());

/** The platform's sockets alone. */
export const browserSockets: Transport = { dial };

/** The platform's sockets, and its requests by `fetch`. */
export const browserWebSocketTransport: Required<Transport> = {
  dial,
  http: /* @__PURE__ */ httpOver((...request) => globalThis.fetch(...request)),
};

/** Sockets of any class with the standard's interface. What such a class cannot do (headers, pings) is not done. */
export function transportOver(WebSocket: WebSocketClass): Transport {
  return { dial: (request, handlers) => new PlatformSocket(request, handlers, WebSocket) };
}

/** Looked for at each dial: tests and shims put another one in its place. */
export function platformsOwn(): WebSocketClass {
  const { WebSocket } = globalThis as unknown as { WebSocket?: WebSocketClass };
  if (WebSocket === undefined) {
    throw new Error(
      "this platform has no WebSocket of its own; on Node, import from 'tenuto/node'",
    );
  }
  return WebSocket;
}

/** One of the platform's sockets. */
export class PlatformSocket implements Socket {
  readonly #handlers: SocketHandlers;
  #socket: PlatformWebSocket | null = null;
  #isOpen = false;
  #hasEnded = false;
  readonly #timeout: ReturnType<typeof setTimeout>;

  constructor(request: DialRequest, handlers: SocketHandlers, WebSocket: WebSocketClass) {
    this.#handlers = handlers;
    this.#timeout = setTimeout(() => {
      this.#end(1006, 'the dial took too long', 'ETIMEDOUT');
    }, request.timeoutMs);
    if (request.headers !== undefined && Object.keys(request.headers).length > 0) {
      queueMicrotask(() => {
        this.#end(1006, 'a browser cannot send headers', 'HEADERS_UNSUPPORTED');
      });
      return;
    }
    try {
      this.#open(request, WebSocket);
    } catch (error) {
      clearTimeout(this.#timeout);
      throw error;
    }
  }

  get protocol(): string {
    return this.#socket?.protocol ?? '';
  }

  get extensions(): string {
    return this.#socket?.extensions ?? '';
  }

  get bufferedBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  send(frame: Frame): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(frame);
  }

  ping(): boolean {
    return false;
  }

  close(code: number, reason: string): void {
    if (code === NO_STATUS) this.#socket?.close();
    else this.#socket?.close(code, reason);
  }

  terminate(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timeout);
    this.#socket?.close();
  }

  #open(request: DialRequest, WebSocket: WebSocketClass): void {
    const socket = new WebSocket(request.url, [...(request.protocols ?? [])]);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      clearTimeout(this.#timeout);
      this.#isOpen = true;
      if (!this.#hasEnded) this.#handlers.onOpen();
    };
    socket.onmessage = ({ data }) => {
      if (this.#hasEnded) return;
      this.#handlers.onFrame(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer));
    };
    socket.onerror = () => undefined; // some throw what nobody listens to; the end is told by `close`
    socket.onclose = ({ code, reason }) => {
      this.#end(code, reason);
    };
  }

  #end(code: number, reason: string, errorCode?: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearTimeout(this.#timeout);
    this.#socket?.close();
    this.#handlers.onEnd({
      kind: this.#isOpen ? 'closed' : 'refused',
      code,
      reason,
      ...(errorCode === undefined ? {} : { errorCode }),
    });
  }
}
