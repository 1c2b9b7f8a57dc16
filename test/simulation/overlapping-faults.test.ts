/** Faults that overlap: each ends what it began, and nothing of another. */
import { describe, expect, it } from 'vitest';

import { seededRandom } from '../../src/ports/random.ts';
import { NEMESES } from '../../src/simulation/nemeses/index.ts';
import { planOf } from '../../src/simulation/plan.ts';
import { ClientClock } from '../../src/simulation/services/client-side.ts';
import { AudioClient } from '../../src/simulation/world/audio-client.ts';
import { plannedShape } from '../../src/simulation/world/planned-shape.ts';
import { Run } from '../../src/simulation/world/run.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const LENGTH_MS = 10_000;
const audioSeed = Array.from({ length: 50 }, (_, seed) => seed).find(
  (seed) => planOf(seededRandom(seed), LENGTH_MS, []).clients[0]?.kind === 'audio',
);

async function opened() {
  const plan = planOf(seededRandom(audioSeed ?? 0), LENGTH_MS, []);
  const { world, ...run } = started(new Run(1, false, [], (report) => plannedShape(plan, report)));
  await run.passed;
  const begin = (kind: string): (() => void) => {
    const blow = { on: 0, forMs: 1_000, much: 8_000 };
    const end = NEMESES[kind]?.begin(world.struckWith(seededRandom(2)), blow);
    if (!end) throw new Error(`${kind} hits nothing`);
    return end;
  };
  return { world, begin };
}

function started(run: Run) {
  run.start();
  return { world: run.world, passed: run.run(5_000) };
}

type World = Awaited<ReturnType<typeof opened>>['world'];

/** What each kind does to the first client's world, and whether it still does. */
const KINDS: Readonly<Record<string, (world: World) => boolean | Promise<boolean>>> = {
  halfOpenOut: ({ clients: [client] }) => client?.access.network.live[0]?.isHalfOpen === true,
  halfOpenIn: ({ clients: [client] }) => client?.access.network.live[0]?.isHalfOpen === true,
  clientFreeze: ({ clients: [client] }) => client?.process.isFrozen === true,
  sleep: ({ clients: [client] }) => client?.process.isFrozen === true,
  verifierAway: ({ verifier }) =>
    verifier.verify('client-0/1').then(
      () => false,
      () => true,
    ),
  bearersExpire: async ({ verifier }) =>
    (await verifier.verify('client-0/1'))?.expiresAtMs !== undefined,
};

describe('of two faults that overlap', () => {
  it.each(Object.entries(KINDS))('%s lasts until the second is over', async (kind, isStruck) => {
    const { world, begin } = await opened();
    const [first, second] = [begin(kind), begin(kind)];

    first();
    expect(await isStruck(world)).toBe(true);

    second();
    expect(await isStruck(world)).toBe(false);
  });

  it.each(['offline', 'sleep'])(
    '%s ends nothing of a line that is clogged and narrow',
    async (kind) => {
      const { world, begin } = await opened();
      const network = world.clients[0]?.access.network;
      const [clog, over] = [begin('clog'), begin(kind)];
      over();
      const socket = network?.dial(
        { url: 'ws://127.0.0.1:9000?from=10.0.0.1', timeoutMs: 1_000, protocols: [], headers: {} },
        { onOpen() {}, onFrame() {}, onPong() {}, onDrain() {}, onEnd() {} },
      );

      world.clock.advance(900);
      expect(socket?.isOpen).toBe(false);

      clog();
      world.clock.advance(500);
      expect(socket?.isOpen).toBe(true);
    },
  );

  it('a microphone stays off until the last pause is over', async () => {
    const { world, begin } = await opened();
    const [client] = world.clients;
    if (!(client instanceof AudioClient)) throw new Error('There is no microphone.');
    const [first, second] = [begin('pause'), begin('pause')];
    const { chunks } = client.brought;

    first();
    world.clock.advance(20_000);
    expect(client.brought.chunks).toBe(chunks);

    second();
    world.clock.advance(20_000);
    expect(client.brought.chunks).toBeGreaterThan(chunks);
  });

  it('a client of services stands still until the last has let go', () => {
    const clock = new ClientClock(new VirtualClock());
    clock.freeze();
    clock.freeze();

    clock.thaw();
    expect(clock.isHeld).toBe(true);

    clock.thaw();
    expect(clock.isHeld).toBe(false);
  });
});
