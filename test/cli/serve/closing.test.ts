import { describe, expect, it } from 'vitest';

import { closeInSteps } from '../../../src/cli/serve/closing.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';

const hangs = () => new Promise<never>(() => undefined);

describe('what a gateway was opened with', () => {
  it('is closed step by step, and side by side in each', async () => {
    const clock = new VirtualClock();
    const told: string[] = [];
    const closer = (name: string) => async () => {
      told.push(`${name} closes`);
      await Promise.resolve();
      told.push(`${name} closed`);
    };

    await closeInSteps([[closer('server')], [closer('services'), closer('store')]], clock, 9);

    expect(told).toEqual([
      ...['server closes', 'server closed'],
      ...['services closes', 'store closes', 'services closed', 'store closed'],
    ]);
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['beside each other', [[hangs, hangs, hangs]]],
    ['one after the other', [[hangs], [hangs], [hangs]]],
  ])('has one deadline for all that hang, %s', async (_how, steps) => {
    const clock = new VirtualClock();
    let isDone = false;

    const done = closeInSteps(steps, clock, 3_000).then(() => (isDone = true));
    await clock.advanceAsync(2_999);
    const early = isDone;
    await clock.advanceAsync(1);
    await done;

    expect(early).toBe(false);
    expect(clock.nowMs()).toBe(3_000);
    expect(clock.pending).toBe(0);
  });

  it('is closed though the step before hangs, and what fails is told', async () => {
    const clock = new VirtualClock();
    const closed: string[] = [];
    const throws = () => {
      closed.push('services');
      throw new Error('no');
    };
    const rejects = () => {
      closed.push('store');
      return Promise.reject(new Error('neither'));
    };

    const done = closeInSteps([[hangs], [throws, rejects]], clock, 2_000);
    await clock.advanceAsync(999);
    const early = [...closed];
    await clock.advanceAsync(1);

    expect(await done).toEqual([new Error('no'), new Error('neither')]);
    expect(early).toEqual([]);
    expect(closed).toEqual(['services', 'store']);
    expect(clock.nowMs()).toBe(1_000);
  });
});
