import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { failureOf } from './chart-world.ts';
import { MINUTE_MS, OrchestraWorld } from './orchestrator-world.ts';

type Step = (world: OrchestraWorld) => Promise<void>;

const CANDIDATES = [
  { standby: 1, endsAfterMs: 3 * MINUTE_MS, region: 'eu' },
  { region: 'us', endsAfterMs: 2 * MINUTE_MS, makesBeforeBreaks: false },
  { provider: 'second', standby: 1, faculties: ['speaking'] },
] as const;

/** What can happen, by name, so that a counterexample can be read. */
const STEPS: Readonly<Record<string, Step>> = {
  connect: (world) => world.connect(),
  served: (world) => world.served(),
  confirmed: (world) => world.confirmed(),
  ready: (world) => world.ready(),
  lost: (world) => world.lost(),
  'lost as planned': (world) => world.lost({ failure: failureOf('planned') }),
  'lost to a rate limit': (world) =>
    world.lost({ failure: failureOf('rateLimited', { retryAfterMs: 9_000 }), waitMs: 9_000 }),
  'a dial failed': (world) => world.dialFailed(),
  'lost beside': (world) => world.lost({ lane: world.beside }),
  failed: (world) => world.failed(),
  'failed for good': (world) => world.failed(failureOf('quota')),
  'failed beside': (world) => world.failed(failureOf('transient'), { lane: world.beside }),
  'refused beside': (world) => world.failed(failureOf('quota'), { lane: world.beside }),
  'a fact of an old lane': (world) => world.failed(failureOf('quota'), { lane: 0 }),
  'first barred': (world) => world.barred(0, 30_000),
  'last barred': (world) => world.barred(2, 30_000),
  'first free': (world) => world.barred(0, 0),
  'an end is near': (world) => world.ends(20_000),
  'an end beside is near': (world) => world.ends(20_000, world.beside),
  'speech starts': (world) => world.speaks(),
  'speech pauses': (world) => world.pauses(),
  offline: (world) => world.networkLost(),
  online: (world) => world.networkRestored(),
  'online again': (world) => world.networkRestored({ resetsAttempts: false }),
  'voice is lost': (world) => world.faculty('faculty.lost', 'speaking'),
  'voice is back': (world) => world.faculty('faculty.restored', 'speaking'),
  '200 ms pass': (world) => world.pass(200),
  '3 s pass': (world) => world.pass(3_000),
  '31 s pass': (world) => world.pass(31_000),
  '2 minutes pass': (world) => world.pass(2 * MINUTE_MS),
};

const walks = fc.array(fc.constantFrom(...Object.keys(STEPS)), { minLength: 5, maxLength: 60 });

async function walk(names: readonly string[], check: Step): Promise<void> {
  const world = await new OrchestraWorld({ candidates: CANDIDATES }).steady();
  for (const name of names) {
    await STEPS[name]?.(world);
    await check(world);
  }
  await world.close();
  expect(world.children).toEqual([]);
  expect(world.clock.pending).toBe(0);
}

describe('the orchestrator, on any walk', () => {
  it('has the connections that it knows of, and no others', async () => {
    await fc.assert(
      fc.asyncProperty(walks, (names) =>
        walk(names, async (world) => {
          const { carrier, beside } = world.context;
          const known = [carrier, beside].flatMap((lane) => (lane === null ? [] : [lane.id]));

          expect(world.live.map(({ id }) => id).sort()).toEqual([...known].sort());
          expect(carrier !== null).toBe(world.state.startsWith('serving'));
          expect(world.live.filter(({ id }) => id === carrier?.id)).toHaveLength(carrier ? 1 : 0);
        }),
      ),
      { numRuns: 150 },
    );
  });

  it('stays well, and waits for nothing that cannot come', async () => {
    await fc.assert(
      fc.asyncProperty(walks, (names) =>
        walk(names, async (world) => {
          const { beside, unservedSinceMs } = world.context;

          expect(world.actor.getSnapshot().status).toBe('active');
          expect(world.context.nowMs).toBeLessThanOrEqual(world.clock.nowMs());
          if (world.state === 'serving.preparing') {
            expect(beside).toMatchObject({ isReady: false });
            expect(beside?.purpose).not.toBe('standby');
          }
          if (world.state === 'serving.steady') {
            expect(unservedSinceMs).toBeNull();
            expect(beside?.purpose ?? 'standby').toBe('standby');
          }
          if (world.state === 'degraded') {
            expect(world.context.standings.some(({ isBarred }) => !isBarred)).toBe(true);
          }
        }),
      ),
      { numRuns: 150 },
    );
  });

  it('dials no more often than twice a second, whatever fails', async () => {
    const quick = fc.array(
      fc.constantFrom('served', 'ready', 'lost', 'a dial failed', 'failed', 'failed beside'),
      { minLength: 400, maxLength: 400 },
    );

    await fc.assert(
      fc.asyncProperty(quick, async (names) => {
        const world = await new OrchestraWorld({ candidates: CANDIDATES }).steady();
        for (const name of names) {
          await STEPS[name]?.(world);
          await world.pass(100);
        }
        await world.close();

        expect(world.lanes.length).toBeLessThanOrEqual(80);
      }),
      { numRuns: 20 },
    );
  });

  it('pairs what it says: whoever is degraded is restored or degraded in another way', async () => {
    await fc.assert(
      fc.asyncProperty(walks, async (names) => {
        const world = await new OrchestraWorld({ candidates: CANDIDATES }).steady();
        for (const name of names) await STEPS[name]?.(world);
        await world.close();

        let mode: string | null = null;
        for (const signal of world.signals) {
          if (signal.type === 'session.degraded') {
            expect(signal.mode).not.toBe(mode);
            ({ mode } = signal);
          } else if (signal.type === 'session.restored') {
            expect(signal.mode).toBe(mode);
            mode = null;
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
