/**
 * WebSocket on Node, by `ws`.
 *
 * Frames of one event-loop turn leave in one system call: the socket is corked at the first and uncorked before the
 * turn ends. That halves the CPU of small frames and delays none of them beyond the turn.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket as NetSocket } from 'node:net';

import WebSocket from 'ws';

import { corkForTurn } from './cork.node.ts';
import { httpOver } from './http.ts';
import type {
  DialRequest,
  Frame,
  Socket,
  SocketEnd,
  SocketHandlers,
  Transport,
} from '../ports/socket.ts';

const MAX_INBOUND_BYTES = 16 * 1_024 * 1_024;
/** A close frame without a code (RFC 6455, section 7.1.5). */
const NO_STATUS = 1_005;
const MAX_REFUSAL_BODY_BYTES = 4_096;

/** Node's sockets by `ws`, and its requests by `fetch`. */
export const nodeWebSocketTransport: Required<Transport> = {
  dial: (request, handlers) => new NodeWebSocket(request, handlers),
  http: httpOver(globalThis.fetch),
};

class NodeWebSocket implements Socket {
  readonly #ws: WebSocket;
  readonly #handlers: SocketHandlers;
  #net: NetSocket | null = null;
  #timer: NodeJS.Timeout | null;
  #isOpen = false;
  #hasEnded = false;
  #errorCode: string | undefined;
  #errorText = '';

  constructor(request: DialRequest, handlers: SocketHandlers) {
    this.#handlers = handlers;
    this.#ws = new WebSocket(request.url, [...(request.protocols ?? [])], {
      headers: { ...request.headers },
      maxPayload: MAX_INBOUND_BYTES,
      perMessageDeflate: false, // audio does not compress, and the wait would break the one-turn rule
      followRedirects: false, // a credential must not travel to where a redirect points
    });
    // Not its `handshakeTimeout`: a server that drips puts that off, and the open socket keeps what is left of it.
    this.#timer = setTimeout(() => {
      this.#giveUp();
    }, request.timeoutMs);
    this.#listen();
  }

  get protocol(): string {
    return this.#ws.protocol;
  }

  get extensions(): string {
    return this.#ws.extensions;
  }

  get bufferedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  send(frame: Frame): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    if (this.#net !== null) corkForTurn(this.#net);
    this.#ws.send(frame); // a client's frame is masked into memory of its own: the ring's bytes are free again
  }

  ping(): boolean {
    if (this.#ws.readyState === WebSocket.OPEN) this.#ws.ping();
    return true;
  }

  close(code: number, reason: string): void {
    if (code === NO_STATUS) this.#ws.close();
    else this.#ws.close(code, reason);
  }

  terminate(): void {
    this.#hasEnded = true;
    this.#stopTimer();
    this.#ws.terminate();
  }

  #giveUp(): void {
    this.#errorCode = 'ETIMEDOUT';
    this.#errorText = 'the dial took too long';
    this.#ws.terminate();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** To what a dial comes to; the rest can only follow, and an idle socket should weigh little. */
  #listen(): void {
    const ws = this.#ws;
    ws.once('upgrade', (response) => {
      this.#net = response.socket;
    });
    ws.once('open', () => {
      this.#opened();
    });
    ws.on('unexpected-response', (_request, response) => {
      this.#readRefusal(response);
    });
    ws.on('error', (error: NodeJS.ErrnoException) => {
      this.#errorCode ??= error.code;
      this.#errorText ||= error.message;
    });
    ws.on('close', (code, reason) => {
      this.#end({ code, reason: reason.toString('utf8') || this.#errorText });
    });
  }

  #opened(): void {
    const ws = this.#ws;
    this.#isOpen = true;
    this.#stopTimer();
    ws.removeAllListeners('unexpected-response');
    ws.on('message', (data, isBinary) => {
      if (this.#hasEnded) return;
      const bytes = data as Buffer; // `binaryType` is left at nodebuffer
      this.#handlers.onFrame(isBinary ? bytes : bytes.toString('utf8'));
    });
    ws.on('pong', () => {
      if (!this.#hasEnded) this.#handlers.onPong();
    });
    this.#net?.on('drain', () => {
      if (!this.#hasEnded) this.#handlers.onDrain();
    });
    if (!this.#hasEnded) this.#handlers.onOpen();
  }

  #readRefusal(response: IncomingMessage): void {
    let body = '';
    const finish = (): void => {
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(response.headers)) {
        if (value !== undefined) headers[name] = String(value);
      }
      const status = response.statusCode ?? 0;
      this.#end({ code: 1006, reason: response.statusMessage ?? '', status, headers, body });
      this.#ws.terminate();
    };
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      body += text;
      if (body.length >= MAX_REFUSAL_BODY_BYTES) finish();
    });
    response.on('end', finish);
    response.on('error', finish);
  }

  #end(end: Omit<SocketEnd, 'kind' | 'errorCode'>): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stopTimer();
    this.#handlers.onEnd({
      ...end,
      kind: this.#isOpen ? 'closed' : 'refused',
      ...(this.#errorCode === undefined ? {} : { errorCode: this.#errorCode }),
    });
  }
}
