/** Requests over the memory transport, each on a socket of its own: what befalls sockets befalls them. */
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { requestFor } from './served-request.ts';
import type { ServedEnd } from './served-end.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Http, HttpEnd, HttpExchange, HttpHandlers, HttpRequest } from '../../ports/http.ts';
import type { Frame, SocketEnd, Transport } from '../../ports/socket.ts';
import type { MemorySocket } from '../../testing/memory-socket.ts';
import type { ServerHandlers } from '../server/handlers.ts';

/** How the server's end says that the answer is complete; any other end leaves it incomplete. */
const COMPLETE = 1_000;
const BROKEN = 1_006;

export class SimulatedHttp implements Http {
  readonly #transport: Transport;
  readonly #clock: Clock;

  constructor(transport: Transport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
  }

  /** First the head goes over as text, then the body; the answer comes back in the same way. */
  send(request: HttpRequest, handlers: HttpHandlers): HttpExchange {
    const { url, method, headers = {}, body = '', timeoutMs } = request;
    const clock = this.#clock;
    let timer: unknown = null;
    const end = (how: HttpEnd): void => {
      clock.clearTimeout(timer);
      handlers.onEnd(how);
    };
    const wait = (): void => {
      clock.clearTimeout(timer);
      timer = clock.setTimeout(() => {
        socket.terminate();
        end({ kind: 'failed', errorCode: 'TIMEOUT', reason: 'no answer came in time' });
      }, timeoutMs);
    };
    // Beyond its own dial's patience, which would tell the wrong reason.
    const socket = this.#transport.dial(
      { url, timeoutMs: timeoutMs * 2 },
      {
        onOpen: () => {
          socket.send(JSON.stringify({ method, headers }));
          socket.send(body);
        },
        onFrame: (frame) => {
          wait();
          if (typeof frame !== 'string') {
            handlers.onData(new Uint8Array(frame));
            return;
          }
          const head = JSON.parse(frame) as Head;
          handlers.onHead(head.status, head.headers);
        },
        onPong: () => undefined,
        onDrain: () => undefined,
        onEnd: (ended) => end(endOf(ended)),
      },
    );
    wait();
    return {
      cancel: () => {
        clock.clearTimeout(timer);
        socket.terminate();
      },
    };
  }
}

interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

function endOf({ code, errorCode = 'ECONNRESET' }: SocketEnd): HttpEnd {
  if (code === COMPLETE) return { kind: 'complete', reason: '' };
  return { kind: 'failed', errorCode, reason: 'the connection broke' };
}

interface AskedHead {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The server's end of a request: asks the server as soon as all of it is there. */
export class ServedExchange implements ServedEnd {
  readonly #server: ServerHandlers;
  readonly #url: URL;
  readonly #answer: ServedAnswer;
  #head: AskedHead | null = null;

  constructor(socket: MemorySocket, server: ServerHandlers, url: URL) {
    this.#server = server;
    this.#url = url;
    this.#answer = new ServedAnswer(socket);
  }

  hear(frame: Frame): void {
    if (this.#head === null) this.#head = JSON.parse(String(frame)) as AskedHead;
    else void this.#serve(frame);
  }

  pinged(): void {}

  gone(): void {
    this.#answer.gone();
  }

  async #serve(body: Frame): Promise<void> {
    const { method = 'GET', headers = {} } = this.#head ?? {};
    const answer = this.#answer;
    try {
      const request = requestFor(method, this.#url, { headers }, body);
      await this.#server.onRequest(request, answer as unknown as ServerResponse, this.#url);
    } catch (error) {
      if (!answer.headersSent) answer.writeHead(500, {});
      answer.end(error instanceof Error ? error.message : String(error));
    }
  }
}

/** What Node offers to answer with, as far as the stand-ins use it. */
class ServedAnswer extends EventEmitter {
  readonly #socket: MemorySocket;
  headersSent = false;
  #isOver = false;

  constructor(socket: MemorySocket) {
    super();
    this.#socket = socket;
  }

  writeHead(status: number, headers: Readonly<Record<string, string | number>> = {}): this {
    this.headersSent = true;
    const named = Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      String(value),
    ]);
    this.#socket.answer(JSON.stringify({ status, headers: Object.fromEntries(named) as object }));
    return this;
  }

  write(piece: string | Uint8Array, then?: () => void): boolean {
    if (!this.#isOver) {
      if (!this.headersSent) this.writeHead(200);
      this.#socket.answer(new Uint8Array(Buffer.from(piece as string)));
    }
    if (then !== undefined) queueMicrotask(then);
    return true;
  }

  end(piece: string | Uint8Array = ''): this {
    if (this.#isOver) return this;
    if (piece.length > 0 || !this.headersSent) this.write(piece);
    this.#hangUp(COMPLETE);
    return this;
  }

  destroy(): this {
    if (!this.#isOver) this.#hangUp(BROKEN);
    return this;
  }

  /** Nobody is there to read it. */
  gone(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.emit('close');
  }

  #hangUp(code: number): void {
    this.#isOver = true;
    this.#socket.hangUp(code);
    queueMicrotask(() => this.emit('close'));
  }
}
