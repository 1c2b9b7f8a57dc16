/** What is promised of a store that is opened again: after it was closed, or torn out of its work. */
import {
  appendAll,
  bytesOf,
  committedAt,
  expectConflict,
  expectLog,
  expectSame,
  MEND_STORE,
  readAll,
  textOf,
  told,
} from './log-store-script.ts';
import type { StoreBench, StoreCases } from './log-store-script.ts';
import { mismatch } from './waiting.ts';
import type { AppendOutcome } from '../../ports/log-store.ts';

export const reopeningCases: StoreCases = [
  ['Opened again, every log is as it was.', asItWas],
  ['Opened again, what was let go of does not come back.', staysGone],
  ['Opened again, the newest append of each log is known by its id.', knowsIds],
  ['Opened again, it gives no position a second time.', newPositions],
];

export const crashCases: StoreCases = [
  ['Whatever was committed before a crash is there after it, once and in order.', keepsCommitted],
  ['An append that a crash cut off, asked for again under its id, is there once.', cutOff],
];

export const obscureCases: StoreCases = [
  ['An append whose fate is unknown, asked for again under its id, is there once.', unknownFate],
];

const THREE = ['one', 'two', 'three'];

async function asItWas(bench: StoreBench): Promise<void> {
  const sessions = Array.from({ length: 20 }, (_, at) => `s${at}`);
  const positions = await Promise.all(sessions.map((sid) => appendAll(bench.store, sid, THREE)));
  await bench.reopen();
  await bench.reopen();
  for (const [index, sid] of sessions.entries()) {
    await expectLog(bench.store, sid, THREE);
    const found = await readAll(bench.store, sid);
    expectSame(
      found.map(({ position }) => position),
      positions[index] ?? [],
      `the positions of ${sid}`,
    );
    const after = positions[index]?.[1] ?? 0;
    const late = await bench.store.append(sid, bytesOf('late'), { after, id: 'late' });
    expectConflict(late, positions[index]?.[2] ?? 0, `an append behind ${after}`);
  }
}

async function staysGone(bench: StoreBench): Promise<void> {
  const [, second = 0] = await appendAll(bench.store, 'purged', THREE);
  await appendAll(bench.store, 'dropped', THREE);
  await bench.store.purge('purged', second);
  await bench.store.drop('dropped');
  for (let times = 0; times < 2; times += 1) {
    await bench.reopen();
    await expectLog(bench.store, 'purged', ['three']);
    await expectLog(bench.store, 'dropped', []);
  }
}

async function knowsIds(bench: StoreBench): Promise<void> {
  const [, second = 0, third = 0] = await appendAll(bench.store, 'sid', THREE);
  await bench.store.purge('sid', third);
  await bench.reopen();
  const options = { after: second, id: 'three' };
  const again = await bench.store.append('sid', bytesOf('three'), options);
  expectSame([committedAt(again, 'the newest append again')], [third], 'its position');
  await expectLog(bench.store, 'sid', ['three']);
}

async function newPositions(bench: StoreBench): Promise<void> {
  const former = await appendAll(bench.store, 'sid', THREE);
  await bench.store.drop('sid');
  await bench.reopen();
  const next = await appendAll(bench.store, 'sid', THREE);
  const again = next.filter((position) => former.includes(position));
  if (again.length === 0) return;
  throw mismatch(`position ${again.join(', ')} was given again`, MEND_STORE);
}

/** Writers go on until the store is gone; what they were told is held against what is found. */
async function keepsCommitted(bench: StoreBench): Promise<void> {
  for (let crash = 0; crash < 3; crash += 1) {
    const sessions = Array.from({ length: 8 }, (_, at) => `crash ${crash}, session ${at}`);
    const committed = new Map<string, string[]>(sessions.map((sid) => [sid, []]));
    const { store } = bench;
    for (const sid of sessions) void writeOn(store, sid, committed.get(sid) ?? []);
    while (![...committed.values()].every(({ length }) => length >= 3)) {
      await store.tail(sessions[0] ?? '');
    }
    await bench.crash();
    const promised = new Map([...committed].map(([sid, texts]) => [sid, [...texts]]));
    for (const sid of sessions) {
      const wanted = promised.get(sid) ?? [];
      const found = (await readAll(bench.store, sid)).map(textOf);
      expectSame(found.slice(0, wanted.length), wanted, `what was committed of ${sid}`);
      const more = found.length - wanted.length; // the one in flight
      if (more > 1)
        throw mismatch(`${more} records of ${sid} are there that nobody committed`, MEND_STORE);
    }
  }
}

async function writeOn(store: StoreBench['store'], sid: string, texts: string[]): Promise<void> {
  let after = 0;
  for (let count = 0; count < 1_000; count += 1) {
    const id = String(count);
    const outcome = await store.append(sid, bytesOf(id), { after, id }).catch(() => null);
    if (outcome?.kind !== 'committed') return;
    after = outcome.position;
    texts.push(id);
  }
}

async function cutOff(bench: StoreBench): Promise<void> {
  const [after = 0] = await appendAll(bench.store, 'sid', ['one']);
  const options = { after, id: 'two' };
  void bench.store.append('sid', bytesOf('two'), options).catch(() => undefined);
  await bench.crash();
  await settleOnce(bench, after);
}

async function unknownFate(bench: StoreBench): Promise<void> {
  const [after = 0] = await appendAll(bench.store, 'sid', ['one']);
  await bench.obscureNext();
  const options = { after, id: 'two' };
  const first = await bench.store.append('sid', bytesOf('two'), options);
  const again = await bench.store.append('sid', bytesOf('two'), options);
  for (const outcome of [first, again]) assertUnknown(outcome);
  await bench.reopen();
  await settleOnce(bench, after);
}

function assertUnknown(outcome: AppendOutcome): void {
  if (outcome.kind === 'unknown') return;
  throw mismatch(`an append whose fate is unknown was answered ${told(outcome)}`, MEND_STORE);
}

async function settleOnce({ store }: StoreBench, after: number): Promise<void> {
  const options = { after, id: 'two' };
  const second = committedAt(
    await store.append('sid', bytesOf('two'), options),
    'the append again',
  );
  await appendAll(store, 'sid', ['three'], second);
  await expectLog(store, 'sid', THREE);
}
