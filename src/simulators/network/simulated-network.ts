/**
 * A network in one thread, on a clock of the test's own: stand-in servers listen on it as they do on a machine's ports, and
 * a session reaches them through it. Sockets and requests go over one memory transport, so that every fault that it knows
 * befalls both, and an hour passes in seconds.
 */
import { ServedExchange, SimulatedHttp } from './simulated-http.ts';
import { ServedSocket } from './served-socket.ts';
import type { ServedEnd } from './served-end.ts';
import { requestFor } from './served-request.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Http } from '../../ports/http.ts';
import type { Random } from '../../ports/random.ts';
import type { DialRequest, Socket, SocketHandlers, Transport } from '../../ports/socket.ts';
import type { MemorySocket } from '../../testing/memory-socket.ts';
import { MemoryTransport } from '../../testing/memory-transport.ts';
import type {
  ListeningServer,
  ServerHandlers,
  ServerNetwork,
  Take,
  Welcome,
} from '../server/handlers.ts';

export interface SimulatedNetworkOptions {
  readonly clock: Clock;
  /** One way. Default 20 ms. */
  readonly latencyMs?: number;
  /** Up to so much more, for each frame anew, without one overtaking another. Default 0. */
  readonly jitterMs?: number;
  readonly random?: Random;
}

const LATENCY_MS = 20;
const FIRST_PORT = 40_001;
const HOST = '127.0.0.1';
const NOBODY = { code: 1006, reason: '', errorCode: 'ECONNREFUSED' };

export class SimulatedNetwork implements Transport, ServerNetwork {
  /** Its resets, stalls, refusals and half-open sockets are the faults of this network. */
  readonly memory: MemoryTransport;
  readonly http: Http;
  readonly #clock: Clock;
  readonly #servers = new Map<number, ServerHandlers>();
  readonly #ends = new Map<MemorySocket, ServedEnd>();
  #nextPort = FIRST_PORT;

  constructor({ clock, latencyMs = LATENCY_MS, jitterMs = 0, random }: SimulatedNetworkOptions) {
    this.#clock = clock;
    this.memory = new MemoryTransport({
      clock,
      latencyMs,
      jitterMs,
      ...(random === undefined ? {} : { random }),
      keepsFrames: false,
      onFrame: (socket, frame) => this.#ends.get(socket)?.hear(frame),
      peer: {
        onDial: (socket) => this.#admit(socket),
        onPing: (socket) => this.#ends.get(socket)?.pinged(),
        onGone: (socket, end) => {
          this.#ends.get(socket)?.gone(end);
          this.#ends.delete(socket);
        },
      },
    });
    this.http = new SimulatedHttp(this.memory, clock);
  }

  dial(request: DialRequest, handlers: SocketHandlers): Socket {
    return this.memory.dial(request, handlers);
  }

  /** Ends of connections that a server still holds. */
  get held(): number {
    return this.#ends.size;
  }

  listen(handlers: ServerHandlers): ListeningServer {
    const port = this.#nextPort;
    this.#nextPort += 1;
    this.#servers.set(port, handlers);
    return {
      port,
      socketUrl: `ws://${HOST}:${port}`,
      httpUrl: `http://${HOST}:${port}`,
      close: () => {
        this.#servers.delete(port);
        return Promise.resolve();
      },
    };
  }

  #admit(socket: MemorySocket): void {
    const url = new URL(socket.request.url);
    const server = this.#servers.get(Number(url.port));
    if (server === undefined) socket.refuse(NOBODY);
    else if (url.protocol.startsWith('http')) {
      socket.accept();
      this.#ends.set(socket, new ServedExchange(socket, server, url));
    } else this.#open(socket, server, url);
  }

  #open(socket: MemorySocket, server: ServerHandlers, url: URL): void {
    const verdict = server.onUpgrade(requestFor('GET', url, socket.request), url);
    if ('status' in verdict) {
      const { status, headers = {}, body = '' } = verdict;
      socket.refuse({ code: 1006, reason: '', status, headers, body });
      return;
    }
    socket.protocol = protocolOf(verdict, socket.request);
    socket.accept();
    const end = new ServedSocket(socket, this.#clock);
    this.#ends.set(socket, end);
    (typeof verdict === 'function' ? verdict : verdict.take)(end.asWebSocket());
  }
}

/** Where a server chooses no subprotocol by a header of its own it takes the first, as the servers on real sockets do. */
function protocolOf(verdict: Take | Welcome, { protocols = [] }: DialRequest): string {
  const { headers = {} }: Partial<Welcome> = typeof verdict === 'function' ? {} : verdict;
  return headers['sec-websocket-protocol'] ?? protocols[0] ?? '';
}
