import type { AnyStateNode } from 'xstate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { networkMachine } from '../../machines/network.machine.ts';
import {
  OFFLINE_HYSTERESIS_MS,
  RESET_INTERVAL_MS,
  RETURN_HYSTERESIS_MS,
  TRIAL_INTERVAL_MS,
} from '../../machines/network.rules.ts';
import { networkWays, NetworkWorld } from './network-world.ts';

describe('one source that says offline', () => {
  it('is not believed at once', () => {
    const world = new NetworkWorld().says('offline');

    expect(world.state).toBe('doubtful');
    expect(world.told).toEqual([]);
  });

  it('is believed at the exact moment when no byte came for long enough', () => {
    const world = new NetworkWorld().says('offline').pass(OFFLINE_HYSTERESIS_MS - 1);

    const before = world.state;
    world.pass(1);

    expect(before).toBe('doubtful');
    expect(world.state).toBe('offline');
    expect(world.told).toEqual([{ type: 'network.lost', atMs: world.nowMs }]);
  });

  it('is believed no later for saying so again', () => {
    const world = new NetworkWorld().says('offline').pass(1_900).says('offline').pass(100);

    expect(world.state).toBe('offline');
  });

  it('is not believed once it takes that back; what waits may dial, and what stands is asked', () => {
    const world = new NetworkWorld().says('offline').pass(1_000).says('online');

    const atMs = world.nowMs;
    world.pass(60_000);

    expect(world.state).toBe('online');
    expect(world.told).toEqual([{ type: 'network.restored', atMs, resetsAttempts: true }]);
  });

  it('and takes that back many times is heard every 2 s', () => {
    const world = new NetworkWorld();

    for (let flap = 0; flap < 20; flap += 1)
      world.says('offline').pass(100).says('online').pass(100);

    expect(world.told).toMatchObject([
      { type: 'network.restored', resetsAttempts: true },
      { type: 'network.restored', resetsAttempts: false },
    ]);
  });

  it('is not answered for by another source that says online', () => {
    const world = new NetworkWorld().says('offline').says('online', 'interfaces');

    expect(world.state).toBe('doubtful');
  });

  it('is wrong where a byte comes after its word, and not where one was still on its way', () => {
    const world = new NetworkWorld().says('offline').pass(499).traffic();

    const afterStraggler = world.state;
    world.pass(1).traffic();
    const afterProof = world.state;
    world.pass(60_000);

    expect(afterStraggler).toBe('doubtful');
    expect(afterProof).toBe('online');
    expect(world.told).toEqual([]);
  });

  it('whose word is void is one source again when it says so anew', () => {
    const world = new NetworkWorld().says('offline').pass(600).traffic();

    world.says('offline', 'interfaces');

    expect(world.state).toBe('doubtful');
  });
});

describe('two sources that say offline', () => {
  it('are believed at once', () => {
    const world = new NetworkWorld().says('offline').pass(10).says('offline', 'interfaces');

    expect(world.state).toBe('offline');
    expect(world.told).toEqual([{ type: 'network.lost', atMs: world.nowMs }]);
  });

  it('are two: one source that says so twice is not', () => {
    const world = new NetworkWorld().says('offline').says('offline');

    expect(world.state).toBe('doubtful');
  });

  it('are not put to the test of a dial', () => {
    const world = new NetworkWorld();
    networkWays['offline']!(world);

    world.pass(10 * TRIAL_INTERVAL_MS);

    expect(world.state).toBe('offline');
    expect(world.told).toHaveLength(1);
  });

  it('are not put to the test either where the second says so later', () => {
    const world = new NetworkWorld().says('offline').pass(OFFLINE_HYSTERESIS_MS + 1_000);

    world.says('offline', 'interfaces').pass(TRIAL_INTERVAL_MS);

    expect(world.state).toBe('offline');
  });
});

describe('a network that was lost', () => {
  const lost = (): NetworkWorld => {
    const world = new NetworkWorld();
    networkWays['offline']!(world);
    world.told.length = 0;
    return world.pass(100);
  };

  it.each(['navigator', 'netinfo'])('is restored at once when %s says online', (source) => {
    const world = lost().says('online', source);

    expect(world.state).toBe('returning');
    expect(world.told).toEqual([
      { type: 'network.restored', atMs: world.nowMs, resetsAttempts: true },
    ]);
  });

  it('is restored by a byte, whatever is said, and not by one that was still on its way', () => {
    const world = lost().pass(399).traffic();

    const afterStraggler = world.told.length;
    world.pass(1).traffic().pass(60_000);

    expect(afterStraggler).toBe(0);
    expect(world.told).toMatchObject([{ type: 'network.restored', resetsAttempts: true }]);
    expect(world.state).toBe('online');
  });

  it('is lost anew where one source goes on saying so', () => {
    const world = lost().says('online').pass(RETURN_HYSTERESIS_MS);

    const afterReturn = world.state;
    world.pass(OFFLINE_HYSTERESIS_MS);

    expect(afterReturn).toBe('doubtful');
    expect(world.told.map(({ type }) => type)).toEqual(['network.restored', 'network.lost']);
    expect(world.told[1]).toMatchObject({ atMs: world.nowMs });
  });

  it('of which a single source tells is tried by a dial every 30 s', () => {
    const world = new NetworkWorld().says('offline').pass(OFFLINE_HYSTERESIS_MS);

    world.pass(TRIAL_INTERVAL_MS - 1);
    const before = world.state;
    world.pass(1);

    expect(before).toBe('offline');
    expect(world.state).toBe('returning');
    expect(world.told.at(-1)).toEqual({
      type: 'network.restored',
      atMs: world.nowMs,
      resetsAttempts: true,
    });
    world.pass(RETURN_HYSTERESIS_MS + OFFLINE_HYSTERESIS_MS);
    expect(world.told.at(-1)).toEqual({ type: 'network.lost', atMs: world.nowMs });
  });
});

describe('a network that just came back', () => {
  const back = (): NetworkWorld => {
    const world = new NetworkWorld();
    networkWays['offline']!(world);
    world.says('online', 'interfaces').says('online');
    world.told.length = 0;
    return world;
  };

  it('is online for good after a while, at the exact moment', () => {
    const world = back().pass(RETURN_HYSTERESIS_MS - 1);

    const before = world.state;
    world.pass(1);

    expect(before).toBe('returning');
    expect(world.state).toBe('online');
    expect(world.told).toEqual([]);
  });

  it('is not lost for a flap that is over by then', () => {
    const world = back();

    for (let flap = 0; flap < 9; flap += 1) {
      world.says('offline').says('offline', 'interfaces').pass(100);
      world.says('online').says('online', 'interfaces').pass(100);
    }
    world.pass(60_000);

    expect(world.state).toBe('online');
    expect(world.told).toEqual([]);
  });

  it('is lost where two sources stand by it that it is gone', () => {
    const world = back().says('offline').says('offline', 'interfaces').pass(RETURN_HYSTERESIS_MS);

    expect(world.state).toBe('offline');
    expect(world.told).toEqual([{ type: 'network.lost', atMs: world.nowMs }]);
  });

  it('is there where a byte comes after such words', () => {
    const world = back().says('offline').says('offline', 'interfaces').pass(600).traffic();

    world.pass(60_000);

    expect(world.state).toBe('online');
    expect(world.told).toEqual([]);
  });
});

describe('a network that flaps', () => {
  const source = fc.constantFrom('navigator', 'interfaces');
  const steps = fc.array(
    fc.tuple(source, fc.constantFrom('online' as const, 'offline' as const), fc.nat(1_500)),
    { maxLength: 60 },
  );

  it('resets the attempts at most once in 5 s, is told as restored every 2 s at most, and lost only once at a time', () => {
    fc.assert(
      fc.property(steps, (words) => {
        const world = new NetworkWorld();

        for (const [from, word, ms] of words) world.says(word, from).pass(ms);

        const resets = world.told.filter((told) => 'resetsAttempts' in told && told.resetsAttempts);
        for (const [index, { atMs }] of resets.slice(1).entries()) {
          expect(atMs - resets[index]!.atMs).toBeGreaterThanOrEqual(RESET_INTERVAL_MS);
        }
        for (const [index, { type, atMs }] of world.told.slice(1).entries()) {
          const before = world.told[index]!;
          if (type === 'network.lost') expect(before.type).toBe('network.restored');
          else if (before.type === type) {
            expect(atMs - before.atMs).toBeGreaterThanOrEqual(RETURN_HYSTERESIS_MS);
          }
        }
      }),
    );
  });

  it('is dialled at once in each turn, also in those that reset nothing', () => {
    const world = new NetworkWorld();

    for (let turn = 0; turn < 4; turn += 1) {
      world.says('offline').says('offline', 'interfaces').pass(500);
      world.says('online').says('online', 'interfaces').pass(RETURN_HYSTERESIS_MS);
    }

    const restored = world.told.filter(({ type }) => type === 'network.restored');
    expect(restored).toMatchObject([
      { resetsAttempts: true },
      { resetsAttempts: false },
      { atMs: restored[0]!.atMs + RESET_INTERVAL_MS, resetsAttempts: true },
      { resetsAttempts: false },
    ]);
  });
});

describe.each(Object.entries(networkWays))('in %s', (state, way) => {
  it('another network is told, and a sleep as well, and nothing else changes', () => {
    const world = new NetworkWorld();
    way(world);
    const before = world.told.length;

    world.says('changed').woke();

    expect(world.state).toBe(state);
    expect(world.told.slice(before)).toEqual([
      { type: 'network.changed', atMs: world.nowMs },
      { type: 'network.changed', atMs: world.nowMs },
    ]);
  });

  it('stopping leaves no timer', () => {
    const world = new NetworkWorld();
    way(world);

    world.actor.stop();

    expect(world.clock.pending).toBe(0);
  });
});

describe('the network chart', () => {
  const states: readonly AnyStateNode[] = Object.values(networkMachine.root.states);

  it('describes every state, and the tests know a way into each', () => {
    for (const { id, description } of states) expect(description, id).toMatch(/^[A-Z].*\.$/s);
    expect(Object.keys(networkWays)).toEqual(states.map(({ key }) => key));
  });

  it('waits only for delays that it declares', () => {
    const delays = states.flatMap(({ after }) => after.map(({ delay }) => delay));

    expect(delays.length).toBeGreaterThan(0);
    for (const delay of delays)
      expect(networkMachine.implementations.delays).toHaveProperty([String(delay)]);
  });
});
