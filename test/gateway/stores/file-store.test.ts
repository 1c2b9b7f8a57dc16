import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { StoreWorld } from './file-store-world.ts';
import { openFileStore } from '../../../src/gateway/stores/file-store.ts';
import { logStoreConformance } from '../../../src/testing/conformance/log-store-conformance.ts';

const onDisk = logStoreConformance({
  makePlace: () => mkdtempSync(join(tmpdir(), 'tenuto-store-')),
  open: (directory) => openFileStore({ directory }),
  discard: (directory) => {
    rmSync(directory, { recursive: true });
  },
});

/** Half of what was not synced is there, and what is behind it as well, as of a disk that writes as it likes. */
function torn(synced: Buffer, written: Buffer): Buffer {
  const found = Buffer.from(written);
  const from = synced.length + (written.length - synced.length) / 4;
  return found.fill(0, from, from + (written.length - synced.length) / 4);
}

const crashing = (crash: (world: StoreWorld) => void) =>
  logStoreConformance({
    makePlace: () => new StoreWorld(),
    open: (world) => world.open({ segmentBytes: 1_024 }),
    crash,
    obscureNext: ({ disk }) => {
      disk.failNext('sync');
    },
    largestBytes: 20_000,
  });

describe('logs in files', () => {
  for (const { name, run } of onDisk.cases) it(name, run);
});

describe('logs in files, on a disk that forgets what was not synced', () => {
  for (const { name, run } of crashing(({ disk }) => disk.crash()).cases) it(name, run);
});

describe('logs in files, of a process that is killed while its disk goes on', () => {
  const { cases, unsupported } = crashing(({ disk }) => disk.crash((_, written) => written));
  for (const { name, run } of cases) it(name, run);

  it('are held to everything', () => expect(unsupported).toEqual([]));
});

describe('logs in files, on a disk that tears what was not synced', () => {
  for (const { name, run } of crashing(({ disk }) => disk.crash(torn)).cases) it(name, run);
});

describe('a directory of logs', () => {
  it('is made where there is none, and is for its owner only', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'tenuto-store-'));
    const directory = join(parent, 'a', 'b');
    const store = await openFileStore({ directory });
    await store.append('sid', Buffer.from('one'), { after: 0, id: 'one' });
    await store.close();

    const modes = [directory, ...readdirSync(directory).map((name) => join(directory, name))].map(
      (path) => (statSync(path).mode & 0o777).toString(8),
    );

    expect(modes).toEqual(['700', '600']);
    rmSync(parent, { recursive: true });
  });

  it.each([
    [{ directory: '' }, 'no directory'],
    [{ directory: 'x', maxAgeMs: 0 }, 'maxAgeMs is 0'],
    [{ directory: 'x', segmentBytes: 1_023 }, 'segmentBytes is 1023'],
    [{ directory: 'x', sync: false }, 'no file store option "sync"'],
  ])('refuses %j before anything is opened', async (options, message) => {
    await expect(openFileStore(options)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(message),
    });
  });

  it.skipIf(process.platform !== 'linux')(
    'that can never be made says so, and does not try for ever',
    async () => {
      await expect(openFileStore({ directory: '/proc/logs/of/ours' })).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
      });
    },
  );

  it('that cannot be made says so', async () => {
    await expect(openFileStore({ directory: '/dev/null/logs' })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('ENOTDIR'),
    });
  });

  it('is left without open files, timers and locks', async () => {
    const world = new StoreWorld();
    const store = await world.open();
    await store.append('sid', Buffer.from('one'), { after: 0, id: 'one' });

    await store.close();

    expect(world.disk.openFiles).toBe(0);
    expect(world.clock.pending).toBe(0);
    expect(world.disk.files).toEqual(['0000000001.log']);
  });
});
