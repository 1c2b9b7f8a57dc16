/**
 * Whether a `SpoolStorage` keeps its contract: a commit is whole or was none, what was stored is there for the next process and
 * for one at a time, and what was let go of is gone.
 *
 * ```ts
 * const { cases } = spoolStorageConformance({ makePlace: () => new Map(), make: (place) => new MyStorage(place) });
 * for (const { name, run } of cases) test(name, run);
 * ```
 */
import type { ConformanceCase } from './provider-conformance.ts';
import {
  blockOf,
  changeOf,
  commitAll,
  expectBytes,
  expectRefusal,
  expectStored,
  withSpoolBench,
} from './spool-storage-script.ts';
import type { SpoolBench, SpoolCases, SpoolStorageScript } from './spool-storage-script.ts';

export interface SpoolStorageConformance {
  readonly cases: readonly ConformanceCase[];
  /** What no case tries, since the script leaves it out. */
  readonly unsupported: readonly string[];
}

const ALWAYS: SpoolCases = [
  ['A place with nothing in it gives nothing.', findNothing],
  ['What was committed is there for the next, in order.', keepAll],
  ['Bytes come back as they were, whatever they are and however many.', keepBytes],
  ['Whoever committed may use the bytes again.', reuseBytes],
  ['What is let go of is gone, and what follows it is not.', letGo],
  ['A commit without a block changes the rest.', commitHead],
  ['A block that is written again takes the place of the one before.', writeAgain],
  ['A long run holds what was not let go of, and no more.', runLong],
  ['What was cleared is gone, and what comes then is numbered anew.', clearAndBegin],
  ['What was there is thrown away unread where a fresh place is asked for.', openFresh],
  ['One at a time has it; the next may have it once it is closed.', refuseSecond],
  ['What is closed stores nothing.', refuseClosed],
];

const CRASHES: SpoolCases = [
  ['What was committed is there after a crash.', crashBetween],
  ['A commit that a crash interrupts is whole or was none.', crashWithin],
  ['What a crash interrupts is no hindrance to what is committed then.', crashAndGoOn],
];

const FULL: SpoolCases = [
  ['Where there is no room that is said, and nothing has changed.', refuseFull],
  ['What is let go of makes room.', makeRoom],
];

/** Makes the cases; nothing is opened before they run. Each has a place of its own. */
export function spoolStorageConformance<Place>(
  script: SpoolStorageScript<Place>,
): SpoolStorageConformance {
  const crashes = script.crash !== undefined;
  const fills = script.fill !== undefined;
  const cases = [...ALWAYS, ...(crashes ? CRASHES : []), ...(fills ? FULL : [])];
  return {
    cases: cases.map(([name, course]) => ({
      name,
      steps: 0,
      run: () => withSpoolBench(script, course),
    })),
    unsupported: [
      ...(crashes ? [] : ['it is not ended without being closed']),
      ...(fills ? [] : ['there is always room']),
    ],
  };
}

async function findNothing(bench: SpoolBench): Promise<void> {
  expectStored(await bench.open(), null, [], 'at first');
  expectStored(await bench.reopen(), null, [], 'after nothing was stored');
}

async function keepAll(bench: SpoolBench): Promise<void> {
  await bench.open();
  await commitAll(bench.storage, [1, 2, 3]);
  expectStored(await bench.reopen(), 3, [1, 2, 3], 'in the next life');
  await commitAll(bench.storage, [4, 5]);
  expectStored(await bench.reopen(), 5, [1, 2, 3, 4, 5], 'in the one after it');
}

async function keepBytes(bench: SpoolBench): Promise<void> {
  const lengths = [1, 255, 256, 65_537, 262_144];
  await bench.open();
  for (const [at, length] of lengths.entries())
    await bench.storage.commit(changeOf(at + 1, 0, length));
  const { head, blocks } = await bench.reopen();
  lengths.forEach((length, at) => {
    expectBytes(blocks[at]?.bytes, blockOf(at + 1, length), `a block of ${length} bytes`);
  });
  expectBytes(head ?? undefined, changeOf(5, 0, 262_144).head, 'the head');
}

async function reuseBytes(bench: SpoolBench): Promise<void> {
  await bench.open();
  const change = changeOf(1);
  await bench.storage.commit(change);
  change.block?.bytes.fill(9);
  change.head.fill(9);
  const { head, blocks } = await bench.reopen();
  expectBytes(blocks[0]?.bytes, blockOf(1, 3), 'a block that was changed afterwards');
  expectBytes(head ?? undefined, changeOf(1).head, 'a head that was changed afterwards');
}

async function letGo(bench: SpoolBench): Promise<void> {
  await bench.open();
  await commitAll(bench.storage, [1, 2, 3, 4]);
  await bench.storage.commit(changeOf(5, 3));
  expectStored(await bench.reopen(), 5, [4, 5], 'after three were let go of');
  await bench.storage.commit(changeOf(6, 3));
  expectStored(await bench.reopen(), 6, [4, 5, 6], 'after they were let go of again');
}

async function commitHead(bench: SpoolBench): Promise<void> {
  await bench.open();
  await commitAll(bench.storage, [1, 2]);
  await bench.storage.commit({ ...changeOf(7), block: null, dropThrough: 1 });
  expectStored(await bench.reopen(), 7, [2], 'after a commit without a block');
  await bench.storage.commit({ ...changeOf(8), block: null, dropThrough: 2 });
  expectStored(await bench.reopen(), 8, [], 'after the last block was let go of');
}

async function writeAgain(bench: SpoolBench): Promise<void> {
  await bench.open();
  await commitAll(bench.storage, [1, 2]);
  await bench.storage.commit({ ...changeOf(2), block: { number: 2, bytes: blockOf(50, 10) } });
  const stored = await bench.reopen();
  expectStored(stored, 2, [1, 2], 'after a block was written again');
  expectBytes(stored.blocks[1]?.bytes, blockOf(50, 10), 'the block that was written again');
}

async function runLong(bench: SpoolBench): Promise<void> {
  const numbers = Array.from({ length: 200 }, (_, at) => at + 1);
  await bench.open();
  for (const number of numbers) {
    await bench.storage.commit(changeOf(number, Math.max(0, number - 10), 4_096));
  }
  expectStored(await bench.reopen(), 200, numbers.slice(-10), 'after 200 commits');
}

async function clearAndBegin(bench: SpoolBench): Promise<void> {
  await bench.open();
  await commitAll(bench.storage, [1, 2, 3, 4, 5], 1);
  await bench.storage.clear();
  expectStored(await bench.reopen(), null, [], 'after it was cleared');
  await commitAll(bench.storage, [1, 2]);
  await bench.storage.clear();
  await commitAll(bench.storage, [1, 2, 3]);
  expectStored(await bench.reopen(), 3, [1, 2, 3], 'after it was cleared and written to');
}

async function openFresh(bench: SpoolBench): Promise<void> {
  await bench.open();
  await commitAll(bench.storage, [1, 2, 3, 4, 5]);
  expectStored(await bench.reopen(true), null, [], 'in a fresh place');
  await commitAll(bench.storage, [1, 2]);
  expectStored(await bench.reopen(), 2, [1, 2], 'after a fresh place was written to');
}

async function refuseSecond(bench: SpoolBench): Promise<void> {
  await bench.open();
  await commitAll(bench.storage, [1]);
  const second = bench.another();
  await expectRefusal(second.open(true), 'SPOOL_IN_USE', 'a second open of the same place');
  await second.close();
  await commitAll(bench.storage, [2]);
  expectStored(await bench.reopen(), 2, [1, 2], 'after another was refused');
}

async function refuseClosed(bench: SpoolBench): Promise<void> {
  await bench.open();
  await commitAll(bench.storage, [1]);
  await bench.storage.close();
  await expectRefusal(bench.storage.commit(changeOf(2)), null, 'a commit to what is closed');
  expectStored(await bench.reopen(), 1, [1], 'after a commit to what was closed');
}

async function crashBetween(bench: SpoolBench): Promise<void> {
  await bench.open();
  await commitAll(bench.storage, [1, 2, 3], 1);
  expectStored(await bench.crash(), 3, [2, 3], 'after a crash');
}

async function crashWithin(bench: SpoolBench): Promise<void> {
  await bench.open();
  await commitAll(bench.storage, [1, 2]);
  void bench.storage.commit(changeOf(3, 1)).catch(() => undefined);
  const stored = await bench.crash();
  const isStored = stored.head?.[0] === 3;
  expectStored(stored, isStored ? 3 : 2, isStored ? [2, 3] : [1, 2], 'after a crash in a commit');
}

async function crashAndGoOn(bench: SpoolBench): Promise<void> {
  await bench.open();
  await commitAll(bench.storage, [1, 2]);
  void bench.storage.commit(changeOf(3)).catch(() => undefined);
  await bench.crash();
  await bench.storage.commit({ ...changeOf(3), block: { number: 3, bytes: blockOf(30, 5) } });
  const stored = await bench.reopen();
  expectStored(stored, 3, [1, 2, 3], 'after a crash, and another commit');
  expectBytes(stored.blocks[2]?.bytes, blockOf(30, 5), 'the block that was written after a crash');
}

async function refuseFull(bench: SpoolBench): Promise<void> {
  await bench.open();
  await commitAll(bench.storage, [1, 2]);
  await bench.fill(true);
  const full = bench.storage.commit(changeOf(3, 1, 1_024));
  await expectRefusal(full, 'SPOOL_QUOTA_EXCEEDED', 'a commit for which there is no room');
  await bench.fill(false);
  expectStored(await bench.reopen(), 2, [1, 2], 'after a commit for which there was no room');
}

async function makeRoom(bench: SpoolBench): Promise<void> {
  await bench.open();
  await bench.storage.commit(changeOf(1, 0, 1_024));
  await bench.storage.commit(changeOf(2));
  await bench.fill(true);
  await bench.storage.commit(changeOf(3, 0, 1_024)).catch(() => undefined);
  await bench.storage.commit({ ...changeOf(2, 1), block: null });
  await bench.fill(false);
  await bench.storage.commit(changeOf(3, 1, 1_024));
  expectStored(await bench.reopen(), 3, [2, 3], 'after there was room again');
}
