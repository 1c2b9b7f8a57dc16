/** What waits at a gateway for a client to read it. */
import { describe, expect, it } from 'vitest';

import { createSimulatedWorld } from '../../src/simulation/simulate.ts';
import { ANSWERS } from '../../src/simulation/nemeses/answers.ts';
import { planOf } from '../../src/simulation/plan.ts';
import { Backlog } from '../../src/simulation/world/backlog.ts';
import { plannedShape } from '../../src/simulation/world/planned-shape.ts';
import { Run } from '../../src/simulation/world/run.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { seconds, speaker } from './an-application.ts';

function slow() {
  const backlog = new Backlog();
  const read: number[] = [];
  backlog.isSlow = true;
  for (const bytes of [10, 20, 5]) backlog.put(bytes, () => read.push(bytes));
  return { backlog, read };
}

describe('what a gateway has written', () => {
  it('is read at once where its client reads', () => {
    const backlog = new Backlog();
    const read: number[] = [];

    backlog.put(10, () => read.push(10));

    expect([read, backlog.bytes]).toEqual([[10], 0]);
  });

  it('is read in order, whole frames, as fast as its client reads', () => {
    const { backlog, read } = slow();

    backlog.read(9);
    expect([[...read], backlog.bytes]).toEqual([[], 35]);
    backlog.read(1);
    backlog.read(19);
    expect([[...read], backlog.bytes]).toEqual([[10], 25]);
    backlog.read(Infinity);
    expect([read, backlog.bytes]).toEqual([[10, 20, 5], 0]);
  });

  it('waits behind what waits already, also when its client reads again', () => {
    const { backlog, read } = slow();
    backlog.isSlow = false;

    backlog.put(1, () => read.push(1));
    backlog.read(Infinity);

    expect(read).toEqual([10, 20, 5, 1]);
  });

  it('is gone with the socket', () => {
    const { backlog, read } = slow();

    backlog.clear();
    backlog.read(Infinity);

    expect([read, backlog.bytes]).toEqual([[], 0]);
  });
});

describe('a client that reads slowly', () => {
  const blow = { on: 0, forMs: 5_000, much: 1_000 };

  it('is hit only while it has a socket', async () => {
    const plan = planOf(seededRandom(1), 10_000, []);
    const run = new Run(1, false, [], (report) => plannedShape(plan, report));
    const begin = () => ANSWERS['slowReader']?.begin(run.world.struckWith(seededRandom(1)), blow);

    expect(begin()).toBeNull();
    run.start();
    await run.run(5_000);
    const end = begin();
    expect(end).not.toBeNull();
    end?.();
    expect(run.world.clients[0]?.access.network.live).toHaveLength(1);
    run.world.clients[0]?.kill();

    expect(run.world.harbour.open).toBeGreaterThan(0); // its gateway has yet to hear of it
    expect(begin()).toBeNull();
  });

  it('is told of where it has none', async () => {
    const faults = [{ kind: 'slowReader', atMs: 0, ...blow }];
    const options = { seed: 1, apps: seconds, clients: [speaker], faults, isTraced: true };
    const world = createSimulatedWorld(options);

    await world.run(1);

    expect(world.result.fired).toEqual({});
    expect(world.result.trace.map(({ what }) => what)).toContain('slowReader hits nothing');
    await world.converge();
  });
});
