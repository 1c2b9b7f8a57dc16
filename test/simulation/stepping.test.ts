import { nextTick } from 'node:process';

import { describe, expect, it, onTestFinished } from 'vitest';

import { stepThrough } from '../../src/simulation/stepping.ts';

/** More than one turn of the event loop has. */
const MANY = 1_000;

describe('steps of a simulation', () => {
  it('let everything that was promised happen before the next', async () => {
    let done = 0;
    let steps = 0;

    await stepThrough(() => {
      expect(done).toBe(steps);
      if (steps === MANY) return 'last';
      steps += 1;
      void promised().then(() => nextTick(() => void promised().then(() => (done += 1))));
      return 'more';
    });

    expect(done).toBe(MANY);
  });

  it('let what was promised before happen before the first', async () => {
    let isDone = false;
    void promised().then(() => (isDone = true));

    await stepThrough(() => {
      expect(isDone).toBe(true);
      return 'last';
    });
  });

  it('tell of a promise that nobody caught before the next', async () => {
    const known = process.listeners('unhandledRejection');
    const told: unknown[] = [];
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', (error) => told.push(error));
    onTestFinished(() => {
      process.removeAllListeners('unhandledRejection');
      for (const each of known) process.on('unhandledRejection', each);
    });
    let steps = 0;

    await stepThrough(() => {
      expect(told).toHaveLength(steps);
      if (steps === 3) return 'last';
      steps += 1;
      void Promise.reject(new Error('uncaught'));
      return 'more';
    });
  });

  it('end where one throws, and whoever waits is told', async () => {
    let steps = 0;
    const through = stepThrough(() => {
      steps += 1;
      if (steps === 5) throw new Error('the fifth');
      return 'more';
    });

    await expect(through).rejects.toThrow('the fifth');

    await stepThrough(many());
    expect(steps).toBe(5);
  });
});

/** More than whoever has ended could still take. */
function many(): () => 'more' | 'last' {
  let steps = 0;
  return () => ((steps += 1) < MANY ? 'more' : 'last');
}

async function promised(): Promise<void> {
  for (let times = 0; times < 20; times += 1) await Promise.resolve();
}
