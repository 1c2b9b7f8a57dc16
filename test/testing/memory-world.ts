/** A memory transport, a clock, and the story of what its sockets told. */
import { MemoryTransport, VirtualClock } from '../../src/testing.ts';
import type { MemorySocket, MemoryTransportOptions } from '../../src/testing.ts';
import type { SocketEnd } from '../../src/ports/socket.ts';

export const request = { url: 'wss://service.test', timeoutMs: 10_000 };

export class MemoryWorld {
  readonly clock = new VirtualClock();
  readonly transport: MemoryTransport;
  readonly story: [atMs: number, what: string | Uint8Array | SocketEnd][] = [];

  constructor(options: Partial<MemoryTransportOptions> = {}) {
    this.transport = new MemoryTransport({ clock: this.clock, ...options });
  }

  dial(): MemorySocket {
    const note = (what: string | Uint8Array | SocketEnd) =>
      void this.story.push([this.clock.nowMs(), what]);
    return this.transport.dial(request, {
      onOpen: () => note('open'),
      onFrame: note,
      onPong: () => note('pong'),
      onDrain: () => note('drain'),
      onEnd: note,
    });
  }

  get frames(): readonly (string | Uint8Array | SocketEnd)[] {
    return this.story.map(([, what]) => what);
  }
}

/** One that stands; its story and its clock begin then. */
export function dialled(options: Partial<MemoryTransportOptions> = {}) {
  const world = new MemoryWorld({ ...options, latencyMs: 0, jitterMs: 0 });
  const socket = world.dial();
  world.transport.latencyMs = options.latencyMs ?? 5;
  world.transport.jitterMs = options.jitterMs ?? 0;
  world.story.length = 0;
  return { world, socket, clock: world.clock, story: world.story, transport: world.transport };
}
