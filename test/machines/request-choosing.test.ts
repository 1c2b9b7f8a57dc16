/** Who is asked, who is waited for, and for how long. */
import { describe, expect, it } from 'vitest';

import { presets } from '../../machines/backoff.ts';
import { ONE, RequestWorld } from './request-world.ts';

describe('a request', () => {
  it('goes to the most preferred candidate, at once', () => {
    const world = new RequestWorld();

    expect(world.state).toBe('asking.awaiting');
    expect(world.exchanges).toMatchObject([{ candidate: 0, atMs: 1_000, isAlone: false }]);
    expect(world.signals).toEqual([]);
    expect(world.children).toEqual(['exchange']);
    expect(world.standing(0)).toEqual({
      failures: 0,
      coolUntilMs: 0,
      isLimited: false,
      openUntilMs: 0,
      hasAnswered: false,
      isRefreshed: false,
      isPassed: false,
    });
  });

  it('goes to another where the first has to be waited for, and comes back to it for the next', () => {
    const world = new RequestWorld().failed('rateLimited', { retryAfterMs: 30_000 });

    const second = world.begun().ended().next();
    const third = second.begun().ended().pass(30_000).next();

    expect(world.asked).toEqual([0, 1]);
    expect(second.asked).toEqual([1]);
    expect(third.asked).toEqual([0]);
  });

  it('is asked of whoever may be first, where all have to be waited for', () => {
    const world = new RequestWorld()
      .failed('rateLimited', { retryAfterMs: 30_000 })
      .failed('rateLimited', { retryAfterMs: 20_000 });

    const state = world.state;
    world.pass(19_999);
    const early = world.asked;
    world.pass(1);

    expect(state).toBe('waiting.rateLimited');
    expect(early).toEqual([0, 1]);
    expect(world.asked).toEqual([0, 1, 1]);
    expect(world.exchanges.at(-1)?.atMs).toBe(21_000);
    expect(world.clock.pending).toBe(0);
  });

  it('waits for the more preferred of two that may be asked at the same moment', () => {
    const world = new RequestWorld()
      .failed('rateLimited', { retryAfterMs: 1_000 })
      .failed('transient');

    expect(world.state).toBe('waiting.rateLimited');
  });

  it('is asked of the more preferred of two that may be asked at the same moment', () => {
    const world = new RequestWorld()
      .failed('rateLimited', { retryAfterMs: 20_000 })
      .failed('rateLimited', { retryAfterMs: 20_000 });

    world.pass(20_000);

    expect(world.asked).toEqual([0, 1, 0]);
  });

  it('that a candidate said not to ask yet waits, though it is new', () => {
    const first = new RequestWorld({ candidates: ONE }).failed('rateLimited', {
      retryAfterMs: 9_000,
    });

    const second = first.cancel().pass(1_000).next({ candidates: ONE });
    const state = second.state;
    second.pass(8_000);

    expect(state).toBe('waiting.rateLimited');
    expect(second.asked).toEqual([0]);
    expect(second.signals).toEqual([]);
  });

  it('that is called off asks nobody any more and leaves nothing running', () => {
    const asking = new RequestWorld().begun().cancel();
    const waiting = new RequestWorld({ candidates: ONE }).failed().cancel();

    expect([asking.state, waiting.state]).toEqual(['cancelled', 'cancelled']);
    expect(asking.exchanges).toMatchObject([{ isReleased: true }]);
    expect([asking.children, waiting.children]).toEqual([[], []]);
    expect(waiting.clock.pending).toBe(0);
    expect(asking.output?.outcome).toBe('cancelled');
  });

  it('lets go of an exchange that failed before another is asked', () => {
    const world = new RequestWorld().failed();

    expect(world.exchanges.map(({ isReleased }) => isReleased)).toEqual([true, false]);
    expect(world.children).toEqual(['exchange']);
  });
});

describe('a wait', () => {
  it('is a backoff where the service named no limit', () => {
    const world = new RequestWorld({ candidates: ONE }).failed();

    const state = world.state;
    world.pass(999);
    const early = world.asked;
    world.pass(1);

    expect(state).toBe('waiting.backingOff');
    expect(early).toEqual([0]);
    expect(world.asked).toEqual([0, 0]);
  });

  it('is a backoff where only the failure before it named a limit', () => {
    const world = new RequestWorld({ candidates: ONE })
      .failed('rateLimited', { retryAfterMs: 100 })
      .pass(100)
      .failed();

    expect(world.state).toBe('waiting.backingOff');
  });

  it('is no shorter than the retry budget has it', () => {
    const world = new RequestWorld({ candidates: ONE }).failed('planned', {}, { holdMs: 30_000 });

    world.pass(29_999);
    const early = world.asked;
    world.pass(1);

    expect(early).toEqual([0]);
    expect(world.asked).toEqual([0, 0]);
  });

  it('is by the policy of whoever failed', () => {
    const { production } = presets;
    const second = { policy: { ...production, jitter: 'none', baseMs: 70 } as const };
    const world = new RequestWorld({ candidates: [{}, second] }).failed().failed();

    world.pass(69);
    const early = world.asked;
    world.pass(1);

    expect(early).toEqual([0, 1]);
    expect(world.asked).toEqual([0, 1, 1]);
  });

  it('takes chance from the loss', () => {
    const policy = { jitter: 'full' } as const;
    const world = new RequestWorld({ candidates: ONE, policy }).failed(
      'transient',
      {},
      { unit: 0.25 },
    );

    world.pass(249);
    const early = world.asked;
    world.pass(1);

    expect(early).toEqual([0]);
    expect(world.asked).toEqual([0, 0]);
  });

  it('grows with each failure in a row, and not beyond an answer', () => {
    const world = new RequestWorld({ candidates: ONE });
    const waitsMs = [0, 1, 2].map(() => {
      world.failed();
      const { backoffDelayMs = 0 } = world.signalsOf('connection.reconnecting').at(-1) ?? {};
      world.pass(backoffDelayMs);
      return backoffDelayMs;
    });
    world.begun().ended();

    const next = world.next({ candidates: ONE, policy: { firstDelayMs: 300 } }).failed();

    expect(waitsMs).toEqual([1_000, 2_000, 4_000]);
    expect(next.signalsOf('connection.reconnecting')[0]?.backoffDelayMs).toBe(300);
  });

  it('whose time is no time is over at once', () => {
    const world = new RequestWorld({ candidates: ONE }).failed('rateLimited', {
      retryAfterMs: NaN,
    });

    expect(world.asked).toEqual([0, 0]);
  });
});
