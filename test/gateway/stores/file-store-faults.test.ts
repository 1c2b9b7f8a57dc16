import { describe, expect, it } from 'vitest';

import { append, StoreWorld, textsOf, worldOf } from './file-store-world.ts';
import { settle } from '../../../src/testing/virtual-clock.ts';

const NEWEST = '0000000001.log';

describe('what waits', () => {
  it('is written in one write and one sync, and answered after it', async () => {
    const { disk, ...world } = worldOf();
    const store = await world.open();
    await append(store, 'warm', 'up');
    const release = disk.holdSyncs();
    const first = append(store, 'first', 'one');
    await settle();
    const answered: string[] = [];
    const waiting = Array.from({ length: 50 }, (_, at) =>
      append(store, `s${at}`, 'one').then(({ kind }) => answered.push(kind)),
    );
    await settle();
    const { write, sync } = disk.counts;

    expect(answered).toEqual([]);
    release();
    await Promise.all([first, ...waiting]);

    expect(answered).toEqual(Array.from({ length: 50 }, () => 'committed'));
    expect(disk.counts.write - write).toBe(1);
    expect(disk.counts.sync - sync).toBe(2);
    await store.close();
  });

  it('is not shown before it is synced', async () => {
    const { disk, open } = worldOf();
    const store = await open();
    await append(store, 'sid', 'one');
    const release = disk.holdSyncs();
    const second = append(store, 'sid', 'two');
    await settle();

    expect(await textsOf(store, 'sid')).toEqual(['one']);
    release();
    await second;
    expect(await textsOf(store, 'sid')).toEqual(['one', 'two']);
    await store.close();
  });

  it('is written whole by a disk that takes a few bytes at a time', async () => {
    const { disk, open } = worldOf();
    disk.mostBytesAWrite = 7;
    const store = await open();
    await append(store, 'sid', 'one');
    await append(store, 'sid', 'two');
    disk.crash();

    const again = await open();
    expect(await textsOf(again, 'sid')).toEqual(['one', 'two']);
    await again.close();
  });
});

describe('a full disk', () => {
  it('takes nothing, keeps what it has, and takes it again when there is room', async () => {
    const { disk, open } = worldOf();
    const store = await open();
    await append(store, 'sid', 'one');
    disk.capacityBytes = disk.usedBytes + 20; // some of it fits

    const { sync } = disk.counts;
    const refused = await append(store, 'sid', 'two');
    expect(refused).toEqual({ kind: 'unavailable', reason: 'ENOSPC' });
    expect(disk.counts.sync - sync).toBe(1); // what was taken back is so for good
    expect(await append(store, 'other', 'one')).toMatchObject({ kind: 'unavailable' });
    expect(await textsOf(store, 'sid')).toEqual(['one']);
    disk.capacityBytes = Infinity;
    expect(await append(store, 'sid', 'three')).toMatchObject({ kind: 'committed' });

    disk.crash();
    const again = await open();
    expect(await textsOf(again, 'sid')).toEqual(['one', 'three']);
    expect(await textsOf(again, 'other')).toEqual([]);
    await again.close();
  });

  it('never shows what it refused, also where the machine stops right after', async () => {
    const { disk, open } = worldOf();
    const store = await open();
    await append(store, 'sid', 'one');
    disk.capacityBytes = disk.usedBytes + 70; // the first of two fits whole
    const outcomes = await Promise.all([append(store, 'a', 'x'), append(store, 'b', 'x')]);

    expect(outcomes.map(({ kind }) => kind)).toEqual(['unavailable', 'unavailable']);
    disk.crash((_, written) => written);

    const again = await open();
    expect(await textsOf(again, 'a')).toEqual([]);
    await again.close();
  });

  it('is left by letting go, though there is no room to write down what goes', async () => {
    const { disk, open } = worldOf();
    const store = await open({ segmentBytes: 1_024 });
    for (let count = 0; count < 8; count += 1) await append(store, 'sid', 'x'.repeat(600));
    disk.capacityBytes = disk.usedBytes;

    await expect(store.drop('sid')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await settle();
    const outcomes = [await append(store, 'new', 'one'), await append(store, 'new', 'one')];

    expect(outcomes.at(-1)).toMatchObject({ kind: 'committed' });
    expect(await textsOf(store, 'sid')).toEqual([]);
    await store.close();
  });

  it('does not bring back a log whose drop it could not write down, once the next log began', async () => {
    const { disk, open } = worldOf();
    const store = await open();
    await append(store, 'sid', 'of the first log');
    disk.capacityBytes = disk.usedBytes;
    await expect(store.drop('sid')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await append(store, 'sid', 'refused')).toMatchObject({ kind: 'unavailable' });
    disk.heal();
    await append(store, 'sid', 'of the second');
    disk.crash();

    const again = await open();
    expect(await textsOf(again, 'sid')).toEqual(['of the second']);
    await again.close();
  });

  it('has no room for a new file either, and takes it up when it has', async () => {
    const { disk, open } = worldOf();
    const store = await open({ segmentBytes: 1_024 });
    await append(store, 'sid', 'x'.repeat(1_024));
    disk.capacityBytes = disk.usedBytes + 5;

    expect(await append(store, 'sid', 'two')).toMatchObject({ kind: 'unavailable' });
    disk.capacityBytes = Infinity;
    expect(await append(store, 'sid', 'two')).toMatchObject({ kind: 'committed' });
    await store.close();
    const again = await open();
    expect(await textsOf(again, 'sid')).toHaveLength(2);
    await again.close();
  });
});

describe('a sync that fails', () => {
  it('leaves the fate open, is not tried again, and stops the store until it is opened', async () => {
    const { disk, open } = worldOf();
    const store = await open();
    await append(store, 'sid', 'one');
    disk.failNext('sync');
    const first = await append(store, 'sid', 'two', 'two');
    const { sync, write } = disk.counts;

    expect(first).toMatchObject({ kind: 'unknown', reason: 'a sync failed (EIO)' });
    const after = 1;
    const bytes = Buffer.from('two');
    expect(await store.append('sid', bytes, { after, id: 'two' })).toMatchObject({
      kind: 'unknown',
    });
    expect(await store.append('sid', bytes, { after, id: 'new' })).toMatchObject({
      kind: 'unavailable',
    });
    await expect(store.tail('sid')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(disk.counts).toMatchObject({ sync, write });
    await store.close();

    const again = await open();
    expect(await append(again, 'sid', 'three')).toMatchObject({ kind: 'committed' });
    await again.close();
  });

  it('is made good when the files are opened: what it left in memory is written again', async () => {
    const { disk, open } = worldOf();
    const store = await open();
    await append(store, 'sid', 'one');
    disk.failNext('sync');
    await append(store, 'sid', 'two');
    await store.close();
    const { write } = disk.counts;

    const again = await open();
    expect(await textsOf(again, 'sid')).toEqual(['one', 'two']);
    expect(disk.counts.write - write).toBeGreaterThan(0);
    await again.close();
  });

  it('after a write that was taken back stops it as well', async () => {
    const { disk, open } = worldOf();
    const store = await open();
    await append(store, 'sid', 'one');
    disk.failNext('write', 'EIO');
    disk.failNext('truncate', 'EIO');

    expect(await append(store, 'sid', 'two')).toMatchObject({ kind: 'unknown' });
    expect(await store.append('other', Buffer.from('x'), { after: 0, id: 'x' })).toMatchObject({
      kind: 'unavailable',
    });
    await store.close();
  });
});

describe('damage', () => {
  it('at the torn end is cut off, and told in the log', async () => {
    const world = new StoreWorld();
    const store = await world.open();
    await append(store, 'sid', 'one');
    await store.close();
    const whole = world.disk.contentOf(NEWEST);
    world.disk.replace(NEWEST, Buffer.concat([whole, Buffer.alloc(100, 1)]));

    const again = await world.open();

    expect(world.warnings).toEqual([{ file: `logs/${NEWEST}`, at: whole.length, bytes: 100 }]);
    expect(await textsOf(again, 'sid')).toEqual(['one']);
    await again.close();
    await (await world.open()).close();
    expect(world.warnings).toHaveLength(1);
  });

  it('in every other byte is found, and the file and the place are named', async () => {
    const { disk, open } = worldOf();
    const store = await open();
    await append(store, 'sid', 'one');
    await append(store, 'sid', 'two');
    await store.close();
    const whole = Buffer.from(disk.contentOf(NEWEST));
    const sealAt = whole.length - 44;

    for (let at = 0; at < sealAt; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = damaged[at]! ^ 0x10;
      disk.replace(NEWEST, damaged);
      const error = await open().catch((thrown: unknown) => thrown);
      expect(error, `byte ${at}`).toMatchObject({
        code: 'STORE_CORRUPT',
        message: expect.stringMatching(/logs\/0000000001\.log.* byte \d+/),
      });
    }
    expect(disk.openFiles).toBe(0);
    expect(disk.files).toEqual([NEWEST]);
  });

  it('that the end of a client’s audio looks like is not taken for entries', async () => {
    const { disk, open } = worldOf();
    const store = await open();
    await append(store, 'sid', 'one');
    await store.close();
    const forged = Buffer.from(disk.contentOf(NEWEST)); // of another store: its mark is another one
    const second = new StoreWorld();
    const other = await second.open();
    await append(other, 'sid', 'before');
    void append(other, 'sid', forged).catch(() => undefined);
    await settle();
    second.disk.crash((_, written) => {
      const torn = Buffer.from(written);
      torn.fill(0, torn.length - forged.length - 60, torn.length - forged.length - 50);
      return torn;
    });

    const again = await second.open();
    expect((await textsOf(again, 'sid'))[0]).toBe('before');
    await again.close();
  });

  it('of a file that is missing between others is found', async () => {
    const { disk, open } = worldOf();
    const store = await open({ segmentBytes: 1_024 });
    for (let count = 0; count < 4; count += 1) await append(store, 'sid', 'x'.repeat(1_024));
    await store.close();
    disk.removeFile('0000000002.log');

    await expect(open()).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining('logs/0000000002.log'),
    });
  });

  it('that comes while it is open is told by the read', async () => {
    const { disk, open } = worldOf();
    const store = await open();
    await append(store, 'sid', 'one');
    disk.contentOf(NEWEST).fill(0, 60);

    await expect(store.tail('sid')).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    await store.close();
  });
});
