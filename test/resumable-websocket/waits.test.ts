/** When a resumable WebSocket is dialled again, as docs/resumable-websocket.md has it ("Waits"). */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld } from './gateway-world.ts';
import { PlainWorld } from './plain-world.ts';
import type { ResumableSocket } from '../../src/resumable-websocket/resumable-socket.ts';

let world: GatewayWorld | PlainWorld;

afterEach(() => world.close());

/** The waits that are told, from a loss on, with nobody there. */
async function waitsOf(socket: ResumableSocket, ms: number): Promise<readonly number[]> {
  const waits: number[] = [];
  socket.addEventListener('reconnecting', ({ delayMs }) => waits.push(delayMs));
  world.network.memory.refuse(ms);
  world.network.memory.reset();
  await world.pass(ms);
  return waits;
}

/** Those that are made after so long. */
function after(waits: readonly number[], ms: number): readonly number[] {
  let passedMs = 0;
  return waits.filter((wait) => {
    passedMs += wait;
    return passedMs > ms;
  });
}

describe('after a healthy spell', () => {
  it.each([1, 2, 3])(
    'a gateway is dialled at once, every quarter to half second for 15 s, and then ever less often (seed %d)',
    async (seed) => {
      world = new GatewayWorld({ seed });
      const { socket } = await world.opened();
      await world.pass(10_000);

      const waits = await waitsOf(socket, 90_000);

      const pressed = waits.slice(1, 25);
      const later = after(waits, 17_000);
      expect(waits[0]).toBe(0);
      expect(Math.min(...pressed)).toBeGreaterThanOrEqual(250);
      expect(Math.max(...pressed)).toBeLessThanOrEqual(500);
      expect(later.length).toBeGreaterThan(2);
      expect(later.length).toBeLessThan(30);
      expect(Math.max(...later)).toBeGreaterThan(1_000);
      expect(Math.max(...later)).toBeLessThanOrEqual(30_000);
    },
  );

  it('a plain server is dialled within 250 ms, and then within 1, 2, 4 … 30 s', async () => {
    world = new PlainWorld();
    const { socket } = await world.opened();
    await world.pass(60_000);

    const waits = await waitsOf(socket, 90_000);

    expect(waits[0]).toBeLessThanOrEqual(250);
    waits.slice(1).forEach((wait, at) => {
      expect(wait).toBeLessThanOrEqual(Math.min(30_000, 2_000 * 2 ** at));
    });
    expect(Math.max(...waits)).toBeGreaterThan(2_000);
  });
});
