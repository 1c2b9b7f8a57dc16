/** WebSocket in a browser, by the platform's own. It cannot send headers, cannot ping and hides an upgrade's status. */
import { httpOver } from './http.ts';
import type { DialRequest, Frame, Socket, SocketHandlers, Transport } from '../ports/socket.ts';

/** What we use of the platform's WebSocket (WHATWG WebSockets Standard). */
interface PlatformWebSocket {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
}

type PlatformWebSocketClass = new (url: string, protocols?: string[]) => PlatformWebSocket;

const OPEN = 1;

/** The platform's sockets, and its requests by `fetch`. */
export const browserWebSocketTransport: Required<Transport> = {
  dial: (request, handlers) => new BrowserWebSocket(request, handlers),
  http: httpOver((...request) => globalThis.fetch(...request)),
};

class BrowserWebSocket implements Socket {
  readonly #handlers: SocketHandlers;
  #socket: PlatformWebSocket | null = null;
  #isOpen = false;
  #hasEnded = false;
  readonly #timeout: ReturnType<typeof setTimeout>;

  constructor(request: DialRequest, handlers: SocketHandlers) {
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
      this.#open(request);
    } catch (error) {
      clearTimeout(this.#timeout);
      throw error;
    }
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
    this.#socket?.close(code, reason);
  }

  terminate(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timeout);
    this.#socket?.close();
  }

  #open(request: DialRequest): void {
    const { WebSocket } = globalThis as unknown as { WebSocket: PlatformWebSocketClass };
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
