/** What is promised of letting go: it goes as far as it was told to, never to the tail, and nothing of it comes back. */
import {
  appendAll,
  bytesOf,
  committedAt,
  expectConflict,
  expectLog,
  expectSame,
  MEND_STORE,
  readAll,
} from './log-store-script.ts';
import type { StoreBench, StoreCases } from './log-store-script.ts';
import { mismatch } from './waiting.ts';

export const lettingGoCases: StoreCases = [
  ['What was purged is not read any more, and everything behind it is.', purgeSome],
  ['The tail is never purged.', purgeAll],
  ['A purge changes nothing of who may append.', appendAfterPurge],
  ['To purge what is not there, or to drop it, is nothing.', letGoOfNothing],
  ['A log that was dropped is empty, and no other is.', drop],
  ['Who holds a position of a log that was dropped can do nothing to the next one.', dropAndBegin],
  ['Letting go while others append harms none of it.', letGoMeanwhile],
];

const FIVE = ['one', 'two', 'three', 'four', 'five'];

async function purgeSome({ store }: StoreBench): Promise<void> {
  const positions = await appendAll(store, 'sid', FIVE);
  await store.purge('sid', positions[1] ?? 0);
  await expectLog(store, 'sid', FIVE.slice(2));
  await store.purge('sid', positions[0] ?? 0);
  await expectLog(store, 'sid', FIVE.slice(2));
  const behind = await readAll(store, 'sid', positions[0]);
  expectSame(
    behind.map(({ position }) => position),
    positions.slice(2),
    'the positions that are left',
  );
}

async function purgeAll({ store }: StoreBench): Promise<void> {
  const positions = await appendAll(store, 'sid', FIVE);
  const tail = positions.at(-1) ?? 0;
  for (const through of [tail, tail + 1_000]) {
    await store.purge('sid', through);
    await expectLog(store, 'sid', ['five']);
  }
  const kept = await store.tail('sid');
  expectSame([kept?.position ?? 0], [tail], 'the position of the tail');
}

async function appendAfterPurge({ store }: StoreBench): Promise<void> {
  const [first = 0, second = 0] = await appendAll(store, 'sid', ['one', 'two']);
  await store.purge('sid', second);
  for (const after of [0, first]) {
    const late = await store.append('sid', bytesOf('late'), { after, id: `late ${after}` });
    expectConflict(late, second, `an append behind ${after}`);
  }
  await appendAll(store, 'sid', ['three'], second);
  await expectLog(store, 'sid', ['two', 'three']);
}

async function letGoOfNothing({ store }: StoreBench): Promise<void> {
  await store.purge('nobody', 7);
  await store.drop('nobody');
  await store.drop('nobody');
  await expectLog(store, 'nobody', []);
  const [position = 0] = await appendAll(store, 'sid', ['one']);
  await store.purge('sid', 0);
  await store.purge('sid', position - 1);
  await expectLog(store, 'sid', ['one']);
}

async function drop({ store }: StoreBench): Promise<void> {
  await appendAll(store, 'a', FIVE);
  await appendAll(store, 'ab', FIVE);
  await store.drop('a');
  await expectLog(store, 'a', []);
  await expectLog(store, 'ab', FIVE);
}

async function dropAndBegin({ store }: StoreBench): Promise<void> {
  const former = await appendAll(store, 'sid', ['one', 'two', 'three']);
  await store.drop('sid');
  const next = await appendAll(store, 'sid', ['new one', 'new two', 'new three']);
  const again = next.filter((position) => former.includes(position));
  if (again.length > 0) {
    throw mismatch(`after a drop position ${again.join(', ')} was given again`, MEND_STORE);
  }
  for (const after of [0, ...former]) {
    const late = await store.append('sid', bytesOf('late'), { after, id: `late ${after}` });
    expectConflict(late, next.at(-1) ?? 0, `an append behind ${after} of the log before`);
  }
  await expectLog(store, 'sid', ['new one', 'new two', 'new three']);
}

async function letGoMeanwhile({ store }: StoreBench): Promise<void> {
  const sessions = ['a', 'b', 'c', 'd'];
  const live = async (sid: string): Promise<void> => {
    let after = 0;
    for (let count = 0; count < 20; count += 1) {
      const id = `${sid}, ${count}`;
      const outcome = await store.append(sid, bytesOf(id), { after, id });
      const isPurged = count % 3 === 2;
      if (isPurged) void store.purge(sid, after).catch(() => undefined);
      after = committedAt(outcome, `the append of ${id}`);
    }
    await store.purge(sid, after - 1);
    await expectLog(store, sid, [`${sid}, 19`]);
  };
  const dropped = async (): Promise<void> => {
    for (let count = 0; count < 20; count += 1) {
      await appendAll(store, 'dropped', [`${count}, one`, `${count}, two`]);
      await store.drop('dropped');
    }
    await expectLog(store, 'dropped', []);
  };
  await Promise.all([...sessions.map(live), dropped()]);
}
