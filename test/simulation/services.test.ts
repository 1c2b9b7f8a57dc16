import { describe, expect, test } from 'vitest';

import { guarded } from '../../src/simulation/leak-guards.ts';
import { NEMESES } from '../../src/simulation/services/nemeses.ts';
import { SERVICES } from '../../src/simulation/services/places.ts';
import { runServicesSeed } from '../../src/simulation/services/run.ts';

const SEEDS = Array.from({ length: 24 }, (_, at) => at + 1);
const HANGS_AFTER_MS = 300_000;

describe('sessions with the services of others', () => {
  test(
    'keep their promises under whatever a seed draws',
    async () => {
      const failed: object[] = [];
      const sometimes = new Set<string>();
      for (const seed of SEEDS) {
        const { violations, sometimes: happened } = await runServicesSeed({ seed });
        if (violations.length > 0) failed.push({ seed, violations });
        for (const what of Object.keys(happened)) sometimes.add(what);
      }

      expect(failed).toEqual([]);
      expect([...sometimes]).toEqual(
        expect.arrayContaining(['replayed', 'restarted', 'failover', 'return', 'gap', 'toolCall']),
      );
    },
    HANGS_AFTER_MS,
  );

  test.each([5, 9, 180])('the seed %s gives the same run twice', async (seed) => {
    const first = await runServicesSeed({ seed, lengthMs: 60_000 });
    const second = await runServicesSeed({ seed, lengthMs: 60_000, isTraced: true });

    expect(second.hash).toBe(first.hash);
    expect({ ...second, trace: [] }).toEqual(first);
    expect(second.trace.length).toBeGreaterThan(10);
  });

  test('a run takes nothing of this machine, whichever the services are', async () => {
    const leaks: string[] = [];
    const asked = new Set<string>();
    await guarded(
      async () => {
        for (let seed = 1; seed <= 16; seed += 1) {
          const { trace } = await runServicesSeed({ seed, lengthMs: 10_000, isTraced: true });
          const [world] = trace;
          for (const name of world?.what.match(/[a-z.]+/g) ?? []) asked.add(name);
        }
      },
      (message) => leaks.push(message),
    );

    expect([...asked]).toEqual(expect.arrayContaining([...SERVICES]));
    expect(leaks).toEqual([]);
  });

  test('another seed gives another run', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map((seed) => runServicesSeed({ seed, lengthMs: 10_000 })),
    );

    expect(one?.hash).not.toBe(other?.hash);
  });

  test('faults that are given take the place of those that the seed draws', async () => {
    const faults = [{ kind: 'reset', atMs: 20_000, on: 0 }];
    const run = await runServicesSeed({ seed: 3, faults, lengthMs: 40_000 });

    expect(run.faults).toEqual(faults);
    expect(run.fired).toEqual({ reset: 1 });
    expect(run.violations).toEqual([]);
  });

  test('its story is told as that of the gateways is: names from 1 on, whom a fault hits, what hit nothing', async () => {
    const faults = [
      { kind: 'reset', atMs: 5_000, on: 0 },
      { kind: 'frozen', atMs: 8_000, forMs: 1_000, on: 0 },
      { kind: 'frozen', atMs: 9_500, forMs: 1_000, on: 7 },
    ];
    const { trace } = await runServicesSeed({ seed: 3, faults, lengthMs: 20_000, isTraced: true });

    const told = trace.map(({ who, to = '', what }) => `${who} -> ${to}: ${what}`);
    expect(told.filter((line) => line.startsWith('fault'))).toEqual([
      'fault -> service 1: reset',
      'fault -> client 1: frozen, for 1 s',
      'fault -> client 1: frozen is over',
      'fault -> client 8: frozen, for 1 s',
      'fault -> client 8: frozen hits nothing',
      'fault -> : all is well again',
    ]);
    expect(told).toContain('client 1 -> service 1: dials');
    expect(told.join()).toMatch(/client 1 -> : has closed: \d+ chunks delivered, 0 in gaps/);
    expect(told.join()).not.toMatch(/(client|service) 0/);
  });

  test.each([2, 3])(
    'what a service is not made for hits nothing, and that is told (seed %i)',
    async (seed) => {
      const faults = [{ kind: 'neverFinal', atMs: 20_000, forMs: 20_000, on: 0 }];
      const run = await runServicesSeed({ seed, faults, lengthMs: 60_000, isTraced: true });

      const [world] = run.trace;
      const struck = run.trace.filter(({ who }) => who === 'fault').map(({ what }) => what);
      expect(world?.what).toContain('service 1 is flux');
      expect(struck).toContain('neverFinal hits nothing');
      expect(struck).not.toContain('neverFinal is over');
      expect(run).toMatchObject({ fired: {}, violations: [] });
    },
  );

  test('every kind of fault says what it is', () => {
    for (const { says } of Object.values(NEMESES)) expect(says.length).toBeGreaterThan(10);
  });
});
