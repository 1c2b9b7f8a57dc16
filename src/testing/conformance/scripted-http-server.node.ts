/** A service of requests on 127.0.0.1: it holds each until a test says how it is answered. It needs Node: `node:http`. */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket as NetSocket } from 'node:net';

import { HeldRequest } from './held-request.node.ts';
import { withRetryHints } from './hints.ts';
import { MadeSocket } from './made-socket.ts';
import type { ProviderServer, ServerListener } from './provider-server.ts';
import type { RequestScript } from './request-script.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Http, HttpExchange, HttpHandlers, HttpRequest } from '../../ports/http.ts';
import type { Transport } from '../../ports/socket.ts';
import type { ProviderWorld } from '../../providers/contract.ts';

/** Names the exchange that a request belongs to: two may arrive in another order than they were sent. */
const EXCHANGE_HEADER = 'x-tenuto-exchange';

/** More is no request of an adapter's. */
const MAX_BODY_BYTES = 64 * 1_024 * 1_024;

/** One request on its way, until its answer has come in or nobody wants it any more. */
interface Exchange {
  readonly socket: MadeSocket;
  held: HeldRequest | null;
}

/**
 * What an adapter's own socket asks is known by where it asks from: whatever is done in a dial, in a call of its socket, or
 * in an answer to one of its requests is done for that socket.
 */
export class ScriptedHttpServer implements ProviderServer {
  readonly script: RequestScript;
  readonly #server: Server = createServer(
    (request, response) => void this.#take(request, response),
  );
  readonly #connections = new Set<NetSocket>();
  readonly #context = new AsyncLocalStorage<MadeSocket>();
  readonly #exchanges = new Map<string, Exchange>();
  #listener: ServerListener | null = null;
  #newest: MadeSocket | null = null;
  #numbers = 0;

  constructor(script: RequestScript) {
    this.script = withRetryHints(script);
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  get openRequests(): number {
    return this.#exchanges.size;
  }

  /** Each request that is under way is held here. */
  get isCalm(): boolean {
    return [...this.#exchanges.values()].every(({ held }) => held !== null && !held.isAnswered);
  }

  async start(listener: ServerListener): Promise<void> {
    this.#listener = listener;
    this.#server.on('connection', (connection) => {
      this.#connections.add(connection);
      connection.on('error', () => undefined); // a reset is one of the things that are tried here
      connection.on('close', () => this.#connections.delete(connection));
    });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }

  over(make: (world: ProviderWorld) => Transport, { transport, clock }: ProviderWorld): Transport {
    const http: Http | undefined = transport.http && {
      send: (request, handlers) => this.#send(transport.http as Http, request, handlers),
    };
    const made = make({
      transport: http === undefined ? transport : { ...transport, http },
      clock: boundTo(clock),
    });
    return {
      ...made,
      dial: (request, handlers) => {
        const socket: MadeSocket = new MadeSocket(request, handlers, {
          script: this.script,
          listener: this.#listener as ServerListener,
          nextNumber: () => (this.#numbers += 1),
          run: <T>(task: () => T): T => this.#context.run(socket, task),
        });
        this.#newest = socket;
        socket.dial(made);
        return socket;
      },
    };
  }

  #send(http: Http, request: HttpRequest, handlers: HttpHandlers): HttpExchange {
    const socket = this.#context.getStore() ?? this.#newest;
    const id = String((this.#numbers += 1));
    if (socket !== null) this.#exchanges.set(id, { socket, held: null });
    const end = (): void => {
      this.#exchanges.delete(id);
      socket?.forget(id);
      this.#listener?.onActivity();
    };
    const headers = { ...request.headers, [EXCHANGE_HEADER]: id };
    const exchange = http.send(
      { ...request, headers },
      {
        onHead: (status, told) => handlers.onHead(status, told),
        onData: (bytes) => handlers.onData(bytes),
        onEnd: (facts) => {
          end();
          handlers.onEnd(facts);
          this.#listener?.onActivity();
        },
      },
    );
    return {
      cancel: () => {
        end();
        exchange.cancel();
      },
    };
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = String(request.headers[EXCHANGE_HEADER]);
    const body = await bodyOf(request);
    const exchange = this.#exchanges.get(id);
    if (body === null || exchange === undefined) {
      response.destroy(); // whoever asked has let go of it meanwhile
      return;
    }
    const { headers, method = '', url = '' } = request;
    exchange.held = new HeldRequest(id, { method, url, headers, body }, response);
    exchange.socket.take(exchange.held);
    this.#listener?.onActivity();
  }
}

/** What a timer does is done for the socket that set it. */
function boundTo(clock: Clock): Clock {
  return {
    nowMs: () => clock.nowMs(),
    setTimeout: (callback, delayMs) => clock.setTimeout(AsyncResource.bind(callback), delayMs),
    clearTimeout: (handle) => clock.clearTimeout(handle),
  };
}

/** Null where it broke off, or is too long. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | null> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > MAX_BODY_BYTES) return null;
    }
  } catch {
    return null;
  }
  return Buffer.concat(pieces);
}
