import { describe, expect, it } from 'vitest';

import { append, disksAreQuiet, textsOf, worldOf } from './file-store-world.ts';

const SEGMENT_BYTES = 4_096;
const MINUTE_MS = 60_000;

describe('room on the disk', () => {
  it('is bounded in a long run, though the oldest file holds the tail of a session that is silent', async () => {
    const { disk, open } = worldOf();
    const store = await open({ segmentBytes: SEGMENT_BYTES });
    await append(store, 'silent', 'still here');
    let writtenBytes = 0;
    let mostBytes = 0;
    for (let round = 0; round < 300; round += 1) {
      for (const sid of ['a', 'b', 'c', 'd']) {
        await append(store, sid, 'x'.repeat(500), `${round}`);
        writtenBytes += 500;
        const tail = await store.tail(sid);
        if (round % 4 === 0) await store.purge(sid, tail!.position);
      }
      mostBytes = Math.max(mostBytes, disk.usedBytes);
    }

    expect(writtenBytes).toBe(600_000);
    const { create, remove, syncNames } = disk.counts;
    expect(remove).toBeGreaterThan(100);
    expect(syncNames).toBe(create - 1 + remove); // each for good before the next; the lock needs none
    // Alive are four tails and at most 4 × 4 records more; twice that, and three files.
    expect(mostBytes).toBeLessThan(2 * 20 * 600 + 3 * SEGMENT_BYTES);
    expect(await textsOf(store, 'silent')).toEqual(['still here']);
    await store.close();
    const again = await open();
    expect(await textsOf(again, 'silent')).toEqual(['still here']);
    await again.close();
  });

  it('is not given up by a copy that was let go of while it was made', async () => {
    const { disk, open } = worldOf();
    const store = await open({ segmentBytes: 1_024 });
    for (let count = 0; count < 30; count += 1) {
      await append(store, `kept ${count}`, 'x'.repeat(100));
      const noisy = append(store, 'noisy', 'y'.repeat(900));
      void store.drop(`kept ${count - 2}`);
      await noisy;
      await store.purge('noisy', Infinity);
    }
    await store.close();

    const again = await open();
    for (let count = 0; count < 28; count += 1) {
      expect(await textsOf(again, `kept ${count}`)).toEqual([]);
    }
    expect(await textsOf(again, 'kept 28')).toHaveLength(1);
    expect(disk.usedBytes).toBeLessThan(8 * 1_024);
    await again.close();
  });
});

describe('time on the disk (security statement 30)', () => {
  it('ends 15 min after the last append: the log is gone, and no byte of it is left', async () => {
    const { disk, clock, open } = worldOf();
    const store = await open();
    await append(store, 'sid', 'the secret words');
    await clock.advanceAsync(10 * MINUTE_MS);
    await disksAreQuiet();
    expect(await textsOf(store, 'sid')).toEqual(['the secret words']);

    await clock.advanceAsync(5 * MINUTE_MS);
    await disksAreQuiet();

    expect(await textsOf(store, 'sid')).toEqual([]);
    expect(disk.everything.includes('the secret words')).toBe(false);
    await store.close();
  });

  it('does not end while somebody appends', async () => {
    const { clock, open } = worldOf();
    const store = await open();
    for (let minute = 0; minute < 40; minute += 10) {
      await append(store, 'sid', `minute ${minute}`);
      await clock.advanceAsync(10 * MINUTE_MS);
      await disksAreQuiet();
    }

    expect(await textsOf(store, 'sid')).toHaveLength(4);
    await store.close();
  });

  it('of what was dropped ends within a minute, of what was purged within 15', async () => {
    const { disk, clock, open } = worldOf();
    const store = await open();
    await append(store, 'live', 'purged words');
    const { position } = (await store.tail('live'))!;
    await append(store, 'live', 'words that stay');
    await append(store, 'over', 'dropped words');
    await store.purge('live', position);
    await store.drop('over');
    await clock.advanceAsync(MINUTE_MS);
    await disksAreQuiet();

    expect(disk.everything.includes('dropped words')).toBe(false);
    expect(await textsOf(store, 'live')).toEqual(['words that stay']);
    await append(store, 'live', 'more');
    await clock.advanceAsync(14 * MINUTE_MS);
    await disksAreQuiet();
    expect(disk.everything.includes('purged words')).toBe(false);
    await store.close();
  });

  it('goes on while nobody has the directory open', async () => {
    const { disk, clock, open } = worldOf();
    const store = await open();
    await append(store, 'old', 'old words');
    await clock.advanceAsync(10 * MINUTE_MS);
    await append(store, 'new', 'new words');
    await store.close();
    await clock.advanceAsync(5 * MINUTE_MS);

    const again = await open();

    expect(await textsOf(again, 'old')).toEqual([]);
    expect(await textsOf(again, 'new')).toEqual(['new words']);
    expect(disk.everything.includes('old words')).toBe(false);
    await again.close();
  });

  it('costs an idle directory nothing', async () => {
    const { disk, clock, open } = worldOf();
    const store = await open();
    await append(store, 'sid', 'words');
    await clock.advanceAsync(20 * MINUTE_MS);
    await disksAreQuiet();
    const { write, sync } = disk.counts;

    await clock.advanceAsync(60 * MINUTE_MS);
    await disksAreQuiet();

    expect(disk.counts).toMatchObject({ write, sync });
    expect(disk.usedBytes).toBeLessThan(300);
    await store.close();
  });
});
