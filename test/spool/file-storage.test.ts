/** A spool in files: what was committed is there, whatever ends the process, and damage is told from a crash. */
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { FileSpoolStorage } from '../../src/spool/file-storage.node.ts';
import { openSpool } from '../../src/spool/open-spool.node.ts';
import { openNodeDisk } from '../../src/files/node-disk.node.ts';
import type { Disk, DiskFile } from '../../src/files/disk.node.ts';
import type { SpoolChange } from '../../src/ports/spool.ts';

let directory = '';
const storages: FileSpoolStorage[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tenuto-spool-'));
});

afterEach(async () => {
  for (const storage of storages.splice(0)) await storage.close();
  await rm(directory, { recursive: true });
});

function storageOf(options = {}): FileSpoolStorage {
  const storage = new FileSpoolStorage(join(directory, 'one'), 'one', options);
  storages.push(storage);
  return storage;
}

function change(number: number, dropThrough = 0, length = 100): SpoolChange {
  const block = { number, bytes: new Uint8Array(length).fill(number) };
  return { head: Uint8Array.of(number), block, dropThrough };
}

const files = async (): Promise<readonly string[]> =>
  (await readdir(join(directory, 'one'))).filter((name) => name.endsWith('.spool')).sort();

const pathOf = (name: string): string => join(directory, 'one', name);

async function reopened(): Promise<{ head: number | undefined; blocks: readonly number[] }> {
  for (const storage of storages.splice(0)) await storage.close();
  const { head, blocks } = await storageOf().open(false);
  for (const { number, bytes } of blocks) expect([...new Set(bytes)]).toEqual([number]);
  return { head: head?.[0], blocks: blocks.map(({ number }) => number) };
}

describe('a spool in files', () => {
  it('has what was committed when it is opened again, and not what was let go of', async () => {
    const storage = storageOf();
    expect(await storage.open(false)).toEqual({ head: null, blocks: [] });

    for (const number of [1, 2, 3, 4]) await storage.commit(change(number, number - 3));

    expect(await reopened()).toEqual({ head: 4, blocks: [2, 3, 4] });
  });

  it('is readable by nobody but its owner', async () => {
    await storageOf().open(false);
    await storages[0]?.commit(change(1));

    const [file = ''] = await files();

    expect((await stat(pathOf(file))).mode & 0o077).toBe(0);
    expect((await stat(join(directory, 'one'))).mode & 0o077).toBe(0);
  });

  it.each(Array.from({ length: 20 }, (_, at) => 1 + at * 7))(
    'is cut off at the last whole commit where %i bytes of the newest are missing',
    async (missing) => {
      const storage = storageOf();
      await storage.open(false);
      for (const number of [1, 2, 3]) await storage.commit(change(number));
      const [file = ''] = await files();
      const { size } = await stat(pathOf(file));
      await storage.close();
      await truncate(pathOf(file), Math.max(0, size - missing));

      const found = await reopened();
      await storages[0]?.commit(change(9));

      expect(found).toEqual(
        missing <= 129 ? { head: 2, blocks: [1, 2] } : { head: 1, blocks: [1] },
      );
      expect((await reopened()).blocks).toEqual([...found.blocks, 9]);
    },
  );

  it('tells SPOOL_CORRUPT where a commit before the last is not what was written, and changes nothing', async () => {
    const storage = storageOf();
    await storage.open(false);
    for (const number of [1, 2, 3]) await storage.commit(change(number));
    await storage.close();
    const [file = ''] = await files();
    const bytes = await readFile(pathOf(file));
    bytes[60] = 99;
    await writeFile(pathOf(file), bytes);

    await expect(openSpool({ name: 'one', directory })).rejects.toMatchObject({
      code: 'SPOOL_CORRUPT',
    });

    expect(await readFile(pathOf(file))).toEqual(bytes);
    const spool = await openSpool({ name: 'one', directory, fresh: true });
    expect(spool.remains).toBeNull();
    await spool.close();
  });

  it('deletes a file when nothing in it is held any more', async () => {
    const storage = storageOf({ fileBytes: 500 });
    await storage.open(false);

    for (let number = 1; number <= 20; number += 1)
      await storage.commit(change(number, number - 2));

    expect((await files()).length).toBeLessThanOrEqual(2);
    expect(await files()).not.toContain('0000000001.spool');
    expect(await reopened()).toEqual({ head: 20, blocks: [19, 20] });
  });

  it('has one owner', async () => {
    const spool = await openSpool({ name: 'one', directory });

    await expect(openSpool({ name: 'one', directory })).rejects.toMatchObject({
      code: 'SPOOL_IN_USE',
      retryable: true,
    });
    const other = await openSpool({ name: 'two', directory });

    await spool.close();
    await other.close();
    const again = await openSpool({ name: 'one', directory });
    await again.close();
  });

  it('tells of a full disk, keeps what it has, and goes on when there is room', async () => {
    let isFull = false;
    const openDisk = async (path: string): Promise<Disk> => {
      const disk = await openNodeDisk(path);
      return { ...disk, create: async (name) => filling(await disk.create(name), () => isFull) };
    };
    const storage = storageOf({ openDisk });
    await storage.open(false);
    await storage.commit(change(1));
    isFull = true;

    await expect(storage.commit(change(2))).rejects.toMatchObject({ code: 'SPOOL_QUOTA_EXCEEDED' });
    isFull = false;
    await storage.commit(change(2));

    expect(await reopened()).toEqual({ head: 2, blocks: [1, 2] });
  });

  it('refuses names that are no names of folders', async () => {
    for (const name of ['', '..', 'a/b', '.a', 'a'.repeat(65)]) {
      await expect(openSpool({ name, directory })).rejects.toMatchObject({
        code: 'OPTION_INVALID',
      });
    }
    await expect(openSpool({ name: 'a', directory: '' })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
  });
});

/** Half of what it is given is written, and then there is no room. */
function filling(file: DiskFile, isFull: () => boolean): DiskFile {
  return {
    size: () => file.size(),
    read: (at, length) => file.read(at, length),
    truncate: (length) => file.truncate(length),
    sync: () => file.sync(),
    close: () => file.close(),
    write: (bytes, at) => {
      if (!isFull()) return file.write(bytes, at);
      if (bytes.length > 60) return file.write(bytes.subarray(0, 60), at);
      return Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    },
  };
}
