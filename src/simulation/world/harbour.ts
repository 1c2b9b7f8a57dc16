/** Where sockets come in: a balancer in front of the gateways, each of which has an address of its own as well. */
import type { House } from './house.ts';
import { ServerEnd } from './server-end.ts';
import type { Wiretap } from './server-end.ts';
import type { SeededRandom } from '../../ports/random.ts';
import type { Frame, SocketEnd } from '../../ports/socket.ts';
import { SUBPROTOCOL } from '../../protocol/subprotocol.ts';
import type { MemoryPeer } from '../../testing/memory-network.ts';
import type { MemorySocket } from '../../testing/memory-socket.ts';

const BALANCER_PORT = 9_000;
const NOBODY: Omit<SocketEnd, 'kind'> = { code: 1006, reason: '', errorCode: 'ECONNREFUSED' };
const UNAVAILABLE: Omit<SocketEnd, 'kind'> = { code: 1006, reason: '', status: 503 };

/** Machines of one's own: nothing in the clear goes to other ones. */
export const BALANCER_URL = `ws://127.0.0.1:${BALANCER_PORT}`;

export function addressOf(house: number): string {
  return `ws://127.0.0.1:${BALANCER_PORT + 1 + house}`;
}

export class Harbour implements MemoryPeer<MemorySocket> {
  readonly #houses: readonly House[];
  readonly #random: SeededRandom;
  readonly #tap: Wiretap;
  readonly #ends = new Map<MemorySocket, ServerEnd>();
  /** So many faults have the balancer let nobody through. */
  #shuts = 0;

  constructor(houses: readonly House[], random: SeededRandom, tap: Wiretap) {
    this.#houses = houses;
    this.#random = random;
    this.#tap = tap;
  }

  /** Until what is returned is called nobody is let through. */
  shut(): () => void {
    this.#shuts += 1;
    return () => {
      this.#shuts -= 1;
    };
  }

  /** Gateways that have an address. */
  get count(): number {
    return this.#houses.length;
  }

  get ends(): Iterable<ServerEnd> {
    return this.#ends.values();
  }

  get open(): number {
    return this.#ends.size;
  }

  onDial(socket: MemorySocket): void {
    const house = this.#houseFor(new URL(socket.request.url));
    if (house === null) {
      socket.refuse(this.#shuts > 0 ? UNAVAILABLE : NOBODY);
      return;
    }
    house.process.run(() => {
      if (!socket.isLive) return;
      socket.protocol = SUBPROTOCOL;
      socket.accept();
      const end = new ServerEnd(socket, house, this.#tap);
      this.#ends.set(socket, end);
      end.open(house.gateway.accept(end));
    });
  }

  readonly onFrame = (socket: MemorySocket, frame: Frame): void => {
    if (typeof frame !== 'string') this.#ends.get(socket)?.hear(frame);
  };

  onPing(socket: MemorySocket): void {
    this.#ends.get(socket)?.pinged();
  }

  onGone(socket: MemorySocket): void {
    const end = this.#ends.get(socket);
    this.#ends.delete(socket);
    end?.gone();
  }

  /** Its machine or its process is gone. `silence`: nobody is told; `late`: what it had written still arrives. */
  drop(house: House, how: 'reset' | 'late' | 'silence'): number {
    const ends = [...this.#ends.values()].filter((end) => end.house === house);
    for (const end of ends) {
      this.#ends.delete(end.socket);
      if (how === 'silence') end.socket.halfOpen();
      else if (how === 'late') end.socket.hangUp(1006);
      else end.socket.end(1006, '', { errorCode: 'ECONNRESET' });
    }
    return ends.length;
  }

  #houseFor({ port }: URL): House | null {
    const at = Number(port) - BALANCER_PORT - 1;
    if (at >= 0) return this.#houses[at]?.isUp === true ? (this.#houses[at] ?? null) : null;
    if (this.#shuts > 0) return null;
    const up = this.#houses.filter(({ isUp }) => isUp);
    const ready = up.filter(({ isReady }) => isReady);
    const among = ready.length > 0 ? ready : up;
    return among.length === 0 ? null : this.#random.pick(among);
  }
}
