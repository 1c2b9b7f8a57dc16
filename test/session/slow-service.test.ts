/** A recogniser that is merely slow: it falls ever further behind, and nothing that is done about it may set it back. */
import { describe, expect, it } from 'vitest';

import { SlowService } from './slow-service.ts';
import type { SlowServiceOptions } from './slow-service.ts';
import { TalkWorld } from './talk-world.ts';

const SPOKEN_MS = 60_000;
const FINAL_EVERY_MS = 4_000;

/** What its finals cover of what was spoken. */
const ofFinals = (everyMs = FINAL_EVERY_MS): number => SPOKEN_MS - (SPOKEN_MS % everyMs);

async function worldWith(options: Partial<SlowServiceOptions>): Promise<TalkWorld> {
  const service = new SlowService({
    paceRatio: 0.8,
    finalEveryMs: FINAL_EVERY_MS,
    hasInterims: true,
    pongsInTurn: false,
    ...options,
  });
  const world = new TalkWorld({ onFrame: service.onFrame });
  service.workOn(world.clock, world.transport.sockets);
  return world.connected();
}

/** How long it took, and what came of it. */
async function drained(world: TalkWorld): Promise<{ isDrained: boolean; afterMs: number }> {
  const askedAtMs = world.clock.nowMs();
  let outcome = { isDrained: false, afterMs: Infinity };
  void world.session.drain().then((isDrained) => {
    outcome = { isDrained, afterMs: world.clock.nowMs() - askedAtMs };
  });
  await world.pass(5 * SPOKEN_MS);
  return outcome;
}

describe('a service that takes audio at less than real time', () => {
  it.each([
    { paceRatio: 0.8, hasInterims: false, pongsInTurn: false },
    { paceRatio: 0.8, hasInterims: true, pongsInTurn: true },
    { paceRatio: 0.5, finalEveryMs: 25_000, hasInterims: false, pongsInTurn: false },
    { paceRatio: 0.5, finalEveryMs: 25_000, hasInterims: true, pongsInTurn: true },
  ])('is alive as long as it answers, and keeps its one link: %o', async (options) => {
    const world = await worldWith(options);

    await world.speak(SPOKEN_MS);
    await world.pass(2 * SPOKEN_MS);

    expect(world.transport.sockets).toHaveLength(1);
    expect(world.session.status).toBe('active');
    const deliveredMs = ofFinals(options.finalEveryMs);
    expect(world.session.ledger).toMatchObject({ deliveredMs, replayed: 0, gap: 0 });
  });

  it.each([4_000, 25_000])(
    'is waited for until it has understood all, with a final each %d ms',
    async (finalEveryMs) => {
      const world = await worldWith({ paceRatio: 0.5, finalEveryMs });
      await world.speak(SPOKEN_MS);

      const { isDrained, afterMs } = await drained(world);

      expect(isDrained).toBe(true);
      expect(afterMs).toBeGreaterThan(SPOKEN_MS - 1_000);
      expect(afterMs).toBeLessThan(SPOKEN_MS + 1_000);
      expect(world.session.ledger).toMatchObject({ deliveredMs: SPOKEN_MS, bufferedMs: 0, gap: 0 });
    },
  );

  it.each([4_000, 12_000, 25_000])(
    'and gives no sign of life for long is dialled anew, and gets through: a final each %d ms',
    async (finalEveryMs) => {
      const world = await worldWith({ finalEveryMs, hasInterims: false, pongsInTurn: true });

      await world.speak(SPOKEN_MS);
      await world.pass(2 * SPOKEN_MS);

      expect(world.transport.sockets.length).toBeGreaterThan(1);
      expect(world.session.ledger).toMatchObject({ deliveredMs: ofFinals(finalEveryMs), gap: 0 });
    },
  );
});
