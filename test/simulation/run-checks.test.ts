/** What a whole run is held to: a world in which one thing is made to go wrong. */
import { describe, expect, it } from 'vitest';

import { planOf } from '../../src/simulation/plan.ts';
import type { Plan } from '../../src/simulation/plan.ts';
import { AudioClient } from '../../src/simulation/world/audio-client.ts';
import { plannedShape } from '../../src/simulation/world/planned-shape.ts';
import { Run } from '../../src/simulation/world/run.ts';
import { seededRandom } from '../../src/ports/random.ts';

const LENGTH_MS = 3_000;
const plan: Plan = {
  ...planOf(seededRandom(1), LENGTH_MS, []),
  clients: [
    {
      kind: 'audio',
      chunkMs: 100,
      sampleRateHz: 8_000,
      retentionMs: 20_000,
      startsAtMs: 100,
      turnsMs: [1_000, 500],
      finishAtMs: null,
      endsWithinMs: 90_000,
      spool: null,
    },
  ],
};

/** @param goesWrong before anything happens. */
async function toldOf(goesWrong: (run: Run) => void) {
  const run = new Run(1, false, [], (report) => plannedShape(plan, report));
  goesWrong(run);
  run.start();
  await run.run(LENGTH_MS);
  await run.converge();
  return run.result.violations.map(({ invariant }) => invariant);
}

function sessionOf({ world }: Run) {
  const [client] = world.clients;
  if (!(client instanceof AudioClient)) throw new Error('There is no microphone.');
  if (client.session === null) throw new Error('It has not begun.');
  return client.session;
}

describe('a run', () => {
  it('in which nothing goes wrong is told nothing', async () => {
    expect(await toldOf(() => undefined)).toEqual([]);
  });

  it('I8: has gateways that hold no more than they may', async () => {
    const told = toldOf(({ world: { houses } }) => {
      const [house] = houses;
      if (house) Object.defineProperty(house.gateway, 'memoryBytes', { value: 1_800 * 1_024 });
    });

    expect(await told).toEqual(['I8']);
  });

  it('I14: has microphones that are never refused', async () => {
    const told = toldOf((run) => {
      sessionOf(run).write = () => {
        throw new Error('not now');
      };
    });

    expect(await told).toContain('I14');
  });

  it('I14: has microphones that never wait', async () => {
    const told = toldOf((run) => {
      const session = sessionOf(run);
      const write = session.write.bind(session);
      session.write = (chunk) => {
        run.world.clock.advance(1);
        return write(chunk);
      };
    });

    expect(await told).toContain('I14'); // what happens meanwhile finds a chunk half written
  });

  it.each<[string, (run: Run) => void]>([
    [
      'is thrown in a timer',
      ({ world }) => {
        world.clock.setTimeout(() => {
          throw new Error('thrown');
        }, 500);
      },
    ],
    [
      'is rejected',
      ({ world }) => {
        world.clock.setTimeout(() => void Promise.reject(new Error('rejected')), 500);
      },
    ],
    [
      'a client that has closed still waits for',
      ({ world: { clients } }) => void clients[0]?.process.setTimeout(() => undefined, 30_000),
    ],
    [
      'a gateway that has closed still waits for',
      ({ world }) => {
        const [house] = world.houses;
        const close = house?.gateway.close.bind(house.gateway);
        if (house === undefined || close === undefined) return;
        house.gateway.close = () => {
          house.process.setTimeout(() => undefined, 20_000);
          return close();
        };
      },
    ],
    ['rings for ever', ({ world }) => void world.clock.setTimeout(() => undefined, 3_600_000)],
  ])('I19: has nothing that %s', async (_what, goesWrong) => {
    expect(await toldOf(goesWrong)).toEqual(['I19']);
  });
});
