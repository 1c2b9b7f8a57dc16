/** A client's way to the network: what breaks there hits this client alone. Its process may be frozen or dead. */
import { dialFor } from '../process-socket.ts';
import type { SimulatedProcess } from '../process.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type {
  DialRequest,
  Socket,
  SocketEnd,
  SocketHandlers,
  Transport,
} from '../../ports/socket.ts';
import type { MemoryPeer } from '../../testing/memory-network.ts';
import type { MemorySocket } from '../../testing/memory-socket.ts';
import { MemoryTransport } from '../../testing/memory-transport.ts';
import type { MemoryTransportOptions } from '../../testing/memory-transport.ts';

const BROKEN = 1006;

export interface AccessOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly process: SimulatedProcess;
  readonly peer: MemoryPeer<MemorySocket>;
  readonly onFrame: NonNullable<MemoryTransportOptions['onFrame']>;
  /** Where the client comes from. */
  readonly address: string;
  readonly onDial: (request: DialRequest) => void;
  readonly onEnd?: (end: SocketEnd) => void;
}

/** How its sockets go with a process. `reset`: at once. `late`: what it had written still arrives. `silence`: nobody is told. */
export type Vanishing = 'reset' | 'late' | 'silence';

export class Access implements Transport {
  readonly network: MemoryTransport;
  /** Who dials: of a client that is started anew another one. */
  process: SimulatedProcess;
  readonly #options: AccessOptions;

  constructor(options: AccessOptions) {
    this.#options = options;
    this.process = options.process;
    const { clock, random, peer, onFrame } = options;
    this.network = new MemoryTransport({
      clock,
      random,
      peer,
      onFrame,
      latencyMs: 15 + random.unit() * 60,
      jitterMs: random.unit() * 30,
      keepsFrames: false,
    });
  }

  dial(request: DialRequest, handlers: SocketHandlers): Socket {
    const { process } = this;
    const { address, onDial } = this.#options;
    onDial(request);
    const url = new URL(request.url);
    url.searchParams.set('from', address);
    return dialFor(
      process,
      handlers,
      (held) => this.network.dial({ ...request, url: url.href }, held),
      { onEnd: (end) => this.#options.onEnd?.(end) },
    );
  }

  /** The process is gone: its machine says so to whoever it was connected with. */
  hangUp(how: Vanishing = 'reset'): void {
    for (const socket of this.network.live) {
      if (how === 'silence') socket.halfOpen();
      if (how === 'late') socket.close(BROKEN, '');
      else socket.terminate();
    }
  }
}
