import { expect, test } from 'vitest';

import { expectAllCovered, expectJournalKept, expectQuiet, expectSaidOnce } from './exact.ts';
import { HANGS_AFTER_MS, Hour } from './hour.ts';
import { expectEachAnswered, expectEachSpoken } from './voice-exact.ts';
import { agentOf, faultsOf, startServices, toolTimesOf } from './voice-world.ts';

/** In the second a result comes while a request that failed waits to be asked again. */
test.each([
  [7, 'socket'],
  [8, 'socket'],
  [8, 'requests'],
] as const)(
  'an hour with a voice agent, a fault a minute of what hears, thinks and speaks in turn, is exact (%s, by %s)',
  async (seed, by) => {
    const hour = new Hour(seed);
    const services = await startServices(hour);
    const { ear, mind, mouth, networks } = services;
    const agent = agentOf(hour, services, by);
    hour.toolTakesMs = toolTimesOf(hour);

    const { ledger } = await hour.talk(agent, faultsOf(hour, services, agent));
    await ear.close();
    await mind.close();
    await mouth.close();

    expectAllCovered(hour, ledger);
    expectSaidOnce(hour);
    expectEachAnswered(hour);
    expectEachSpoken(hour);
    expectJournalKept(hour, agent.conversation.items);
    if (by === 'socket') expect(hour.rotations).toBeGreaterThan(10);
    expectQuiet(hour);
    expect([networks.mind.held, networks.mouth.held]).toEqual([0, 0]);
  },
  HANGS_AFTER_MS,
);
