/** A link that stood still for a while and wakes up: it keeps its session, and nothing of what waited costs a round trip. */
import { afterEach, describe, expect, it } from 'vitest';

import { LinkWorld } from './link-world.ts';

const WAY_MS = 25;
const CHUNK_MS = 20;
/** A final for each chunk, so that something comes down all the time. */
const FINAL_SAMPLES = 320;

let world: LinkWorld;

afterEach(() => world.close());

/** So much audio in chunks of 20 ms. */
async function streamed(ms: number): Promise<void> {
  for (let spoken = 0; spoken < ms; spoken += CHUNK_MS) {
    world.session.write(new Uint8Array(640).fill(spoken & 0x7f));
    await world.clock.advanceAsync(CHUNK_MS);
  }
}

function epoch(): number | undefined {
  return Array.from(world.gateway.sessions, ({ standing }) => standing.epoch)[0];
}

describe('a link that was only slow', () => {
  it.each([1_000, 3_000, 7_000, 11_000, 15_000])(
    'keeps its session: the first chunk after %d ms of stall costs no round trip (P15.4, P15.5)',
    async (stallMs) => {
      world = await new LinkWorld(1, {}, FINAL_SAMPLES).connect();
      await streamed(4_000);
      const before = epoch();
      const heardAtMs: number[] = [];

      world.network.memory.stall(stallMs);
      await streamed(stallMs);
      const wokeAtMs = world.clock.nowMs();
      const heardBefore = world.finals.length;
      world.session.on('transcript', () => heardAtMs.push(world.clock.nowMs()));
      await streamed(1_000);

      expect(epoch()).toBe(before);
      expect((heardAtMs[0] ?? Infinity) - wokeAtMs).toBeLessThanOrEqual(WAY_MS); // of audio that waited
      // All that waited is heard by then, and what was said since is as late as ever.
      expect(world.finals.length - heardBefore).toBeGreaterThanOrEqual(
        (stallMs + 1_000 - 4 * WAY_MS) / CHUNK_MS,
      );
      expect(world.of('connection.reconnecting')).toEqual([]);
      expect(world.network.memory.live).toEqual(world.network.memory.sockets.slice(0, 1));
    },
  );

  it.each([0, 1, 5, 9])(
    'keeps it where the spare link has opened %d ms before it wakes (P15.4)',
    async (laterMs) => {
      world = await new LinkWorld(1, {}, FINAL_SAMPLES).connect();
      await streamed(4_000);
      const before = epoch();
      const { memory } = world.network;
      const [old] = memory.sockets;

      old?.stalled(true);
      const isSpareOpen = (): boolean => memory.sockets[1]?.isOpen ?? false;
      for (let ms = 0; ms < 5_000 && !isSpareOpen(); ms += 1) await world.clock.advanceAsync(1);
      await world.clock.advanceAsync(laterMs);
      old?.stalled(false);
      await streamed(1_000);

      expect(epoch()).toBe(before);
      expect(memory.live).toEqual([old]);
      expect(world.of('connection.recovered')).toHaveLength(1);
    },
  );

  it('is let go when its gateway lets go of it, after 20 s (P15.5)', async () => {
    world = await new LinkWorld(1, {}, FINAL_SAMPLES).connect();
    await streamed(4_000);
    const silentAtMs = world.clock.nowMs();
    const { memory } = world.network;
    let lostAtMs = NaN;
    world.session.on('connection.reconnecting', () => (lostAtMs = world.clock.nowMs()));

    memory.halfOpen();
    memory.outcome = () => 'hangs';
    await streamed(25_000);
    memory.outcome = () => 'opens';
    await streamed(2_000);

    expect(lostAtMs - silentAtMs).toBeGreaterThan(19_500);
    expect(lostAtMs - silentAtMs).toBeLessThan(21_000);
    expect(world.session.ledger).toMatchObject({ gap: 0 });
  });
});
