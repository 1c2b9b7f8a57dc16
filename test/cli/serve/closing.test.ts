import { describe, expect, it } from 'vitest';

import { closeInReverse } from '../../../src/cli/serve/closing.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';

describe('what a gateway was opened with', () => {
  it('is closed in reverse, each once the one before it has closed', async () => {
    const clock = new VirtualClock();
    const told: string[] = [];
    const closer = (name: string) => async () => {
      told.push(`${name} closes`);
      await Promise.resolve();
      told.push(`${name} closed`);
    };

    await closeInReverse(['store', 'services', 'server'].map(closer), clock);

    expect(told).toEqual([
      ...['server closes', 'server closed'],
      ...['services closes', 'services closed'],
      ...['store closes', 'store closed'],
    ]);
    expect(clock.pending).toBe(0);
  });

  it('is closed within 5 s each, whatever of it is dead or fails', async () => {
    const clock = new VirtualClock();
    const closed: string[] = [];
    const closers = [
      () => new Promise(() => closed.push('store')),
      () => {
        closed.push('services');
        throw new Error('no');
      },
      () => Promise.reject(new Error('no')),
    ];

    let failures: readonly unknown[] = [];
    const done = closeInReverse(closers, clock).then((failed) => {
      failures = failed;
      closed.push('end');
    });
    await clock.advanceAsync(4_999);
    const early = [...closed];
    await clock.advanceAsync(1);
    await done;

    expect(early).toEqual(['services', 'store']);
    expect(closed).toEqual(['services', 'store', 'end']);
    expect(failures).toEqual([new Error('no'), new Error('no')]);
    expect(clock.pending).toBe(0);
  });
});
