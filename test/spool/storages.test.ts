/** Wherever a spool is stored, its storage keeps the same promises. IndexedDB's is in test/browser. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { MemorySpool } from './memory-spool.ts';
import { Texts, textsIn } from './texts.ts';
import { FaultyDisk } from '../gateway/stores/faulty-disk.ts';
import { FileSpoolStorage } from '../../src/spool/file-storage.node.ts';
import { NotedStorage } from '../../src/spool/noted-storage.ts';
import { KeyValueSpoolStorage } from '../../src/spool/key-value-storage.ts';
import { spoolStorageConformance } from '../../src/testing/conformance/spool-storage-conformance.ts';

const ROOM_BYTES = 700;

const inMemory = spoolStorageConformance({
  makePlace: () => new MemorySpool(),
  make: (place) => place.handle(),
  crash: (place) => {
    place.kill();
    return place;
  },
  fill: (place, isFull) => {
    const used = place.blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
    place.roomBytes = isFull ? used + ROOM_BYTES : Infinity;
  },
});

/** As browsers have it: a note of what may not be stored lies beside it. */
const withNotes = spoolStorageConformance({
  makePlace: () => ({ spool: new MemorySpool(), texts: new Map<string, string>() }),
  make: ({ spool, texts }) => new NotedStorage(spool.handle(), 'note', () => textsIn(texts)),
  crash: (place) => {
    place.spool.kill();
    return place;
  },
});

const inFiles = spoolStorageConformance({
  makePlace: () => mkdtemp(join(tmpdir(), 'tenuto-spool-')),
  make: (place) => new FileSpoolStorage(join(place, 'one'), 'one'),
  discard: (place) => rm(place, { recursive: true }),
});

/** Where one file has little room, and the machine stops. */
const onDisk = spoolStorageConformance({
  makePlace: () => new FaultyDisk(),
  make: (place) => {
    const openDisk = () => Promise.resolve(place.mount());
    return new FileSpoolStorage('/spools/one', 'one', { openDisk, fileBytes: 500 });
  },
  crash: (place) => {
    place.crash();
    return place;
  },
  fill: (place, isFull) => {
    place.capacityBytes = isFull ? place.usedBytes + ROOM_BYTES : Infinity;
  },
});

const inTexts = spoolStorageConformance({
  makePlace: () => new Texts(),
  make: (place) => new KeyValueSpoolStorage(place, 'one'),
  crash: (place) => {
    const next = place.survived();
    place.changesLeft = 0;
    return next;
  },
  fill: (place, isFull) => {
    place.room = isFull ? place.used + ROOM_BYTES : Infinity;
  },
});

describe.each([
  ['memory', inMemory, []],
  ['memory, with notes', withNotes, ['there is always room']],
  ['files', inFiles, ['it is not ended without being closed', 'there is always room']],
  ['files of a disk that stops and fills up', onDisk, []],
  ['texts by their keys', inTexts, []],
])('a spool in %s', (_, { cases, unsupported }, untried) => {
  for (const { name, run } of cases) it(name, run);

  it('is tried in all that it can do', () => {
    expect(unsupported).toEqual(untried);
  });
});

/** What each of the cases is there for, done to storage in memory. */
const MISTAKES: Readonly<Record<string, (storage: MemorySpool) => void>> = {
  'what was cleared is still there': (storage) => {
    storage.clear = () => Promise.resolve();
  },
  'a full place says nothing of it': (storage) => {
    const commit = storage.commit.bind(storage);
    storage.commit = async (change) => commit(change).catch(() => undefined);
  },
  'what is let go of stays': (storage) => {
    const commit = storage.commit.bind(storage);
    storage.commit = async (change) => commit({ ...change, dropThrough: 0 });
  },
};

describe('a storage with a mistake', () => {
  it.each(Object.keys(MISTAKES))('is found out: %s', async (mistake) => {
    const { cases } = spoolStorageConformance({
      makePlace: () => {
        const place = new MemorySpool();
        MISTAKES[mistake]?.(place);
        return place;
      },
      make: (place) => place.handle(),
      fill: (place, isFull) => {
        place.roomBytes = isFull ? 700 : Infinity;
      },
    });

    const found = await Promise.allSettled(cases.map(({ run }) => run()));

    const codes = found.flatMap((each) =>
      each.status === 'rejected' ? [(each.reason as { code?: string }).code] : [],
    );
    expect(codes).toContain('MODEL_MISMATCH');
  });
});
