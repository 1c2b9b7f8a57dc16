/** What is promised of an append: it is behind the tail or not at all, once, and as it was given. */
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

export const appendCases: StoreCases = [
  ['An empty log has no tail, and nothing in it.', empty],
  ['What was committed is read back in order, and its last is the tail.', inOrder],
  ['A read begins behind the position that it is given.', readBehind],
  ['Records of every length and with every byte are read back as they were.', everyLength],
  ['A record stays as it was, though its bytes are used again.', bytesUsedAgain],
  ['Behind anything but the tail nothing is appended, and the answer names the tail.', conditional],
  ['Of all that append behind the same tail one wins, and the others are told of it.', race],
  ['Of all that begin a log one does.', raceForTheFirst],
  ['Many writers of one log make one chain: each record stands behind what its writer saw.', chain],
  ['The same id commits once, however often and however late it is asked for.', sameId],
  ['The same id at the same moment commits once.', sameIdAtOnce],
  ['An id says nothing in another log.', sameIdElsewhere],
  ['Many sessions at once do not get into each other.', manySessions],
  ['A read while others append is a beginning of the log.', readMeanwhile],
];

async function empty({ store }: StoreBench): Promise<void> {
  await expectLog(store, 'nobody', []);
  await expectLog(store, 'nobody', []);
}

async function inOrder({ store }: StoreBench): Promise<void> {
  const texts = numbered('record', 20);
  await appendAll(store, 'sid', texts);
  await expectLog(store, 'sid', texts);
}

async function readBehind({ store }: StoreBench): Promise<void> {
  const texts = numbered('record', 5);
  const positions = await appendAll(store, 'sid', texts);
  for (const [index, position] of positions.entries()) {
    const behind = await readAll(store, 'sid', position);
    expectSame(behind.map(textOf), texts.slice(index + 1), `the log behind ${position}`);
  }
}

async function everyLength({ store, largestBytes }: StoreBench): Promise<void> {
  const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const large = Uint8Array.from({ length: largestBytes }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
  const records = [new Uint8Array(1), every, large, bytesOf('the last')];
  let after = 0;
  for (const [index, bytes] of records.entries()) {
    const outcome = await store.append('sid', bytes, { after, id: String(index) });
    after = committedAt(outcome, `the append of ${bytes.length} bytes`);
  }
  const found = await readAll(store, 'sid');
  expectSame(
    found.map(({ bytes }) => Buffer.from(bytes).toString('base64')),
    records.map((bytes) => Buffer.from(bytes).toString('base64')),
    'the bytes of the log',
  );
}

async function bytesUsedAgain({ store }: StoreBench): Promise<void> {
  const bytes = Buffer.from('as it was'); // whose `slice` is a view
  committedAt(await store.append('sid', bytes, { after: 0, id: 'a' }), 'the first append');
  bytes.fill(0);
  const held = await readAll(store, 'sid');
  await appendAll(store, 'sid', ['the second'], held[0]?.position);
  await expectLog(store, 'sid', ['as it was', 'the second']);
  expectSame(held.map(textOf), ['as it was'], 'a record that was read before');
}

async function conditional({ store }: StoreBench): Promise<void> {
  const texts = numbered('record', 3);
  const positions = await appendAll(store, 'sid', texts);
  const tail = positions.at(-1) ?? 0;
  for (const after of [0, ...positions.slice(0, -1), tail + 1, tail + 1_000]) {
    const outcome = await store.append('sid', bytesOf('no'), { after, id: `behind ${after}` });
    expectConflict(outcome, tail, `an append behind ${after}`);
  }
  const early = await store.append('empty', bytesOf('no'), { after: tail, id: 'early' });
  expectConflict(early, 0, `an append behind ${tail} to an empty log`);
  await expectLog(store, 'sid', texts);
  await expectLog(store, 'empty', []);
}

const RACERS = 16;
const RACES = 12;

async function race({ store }: StoreBench): Promise<void> {
  let [after = 0] = await appendAll(store, 'sid', ['the first']);
  const winners = ['the first'];
  for (let round = 0; round < RACES; round += 1) {
    const names = numbered(`round ${round}, writer`, RACERS);
    after = await raceBehind({ store }, 'sid', after, names, winners);
  }
  await expectLog(store, 'sid', winners);
}

async function raceForTheFirst({ store }: StoreBench): Promise<void> {
  const winners: string[] = [];
  await raceBehind({ store }, 'sid', 0, numbered('writer', RACERS), winners);
  await expectLog(store, 'sid', winners);
}

async function raceBehind(
  { store }: Pick<StoreBench, 'store'>,
  sessionId: string,
  after: number,
  names: readonly string[],
  winners: string[],
): Promise<number> {
  const outcomes = await Promise.all(
    names.map((name) => store.append(sessionId, bytesOf(name), { after, id: name })),
  );
  const won = names.filter((_, index) => outcomes[index]?.kind === 'committed');
  if (won.length !== 1) {
    throw mismatch(
      `of ${names.length} appends behind ${after}, ${won.length} were committed`,
      MEND_STORE,
    );
  }
  winners.push(...won);
  const winner = outcomes.find(({ kind }) => kind === 'committed');
  const position = winner?.kind === 'committed' ? winner.position : 0;
  for (const outcome of outcomes) {
    if (outcome !== winner) expectConflict(outcome, position, 'the append of who lost');
  }
  return position;
}

const WRITERS = 6;
const EACH = 8;

async function chain({ store }: StoreBench): Promise<void> {
  const write = async (name: string): Promise<void> => {
    for (let count = 0; count < EACH;) {
      const after = (await store.tail('sid'))?.position ?? 0;
      const id = `${name}, ${count}`;
      const outcome = await store.append('sid', bytesOf(`${after} ${id}`), { after, id });
      if (outcome.kind === 'committed') count += 1;
      else if (outcome.kind !== 'conflict') {
        throw mismatch(`an append was answered ${told(outcome)}`, MEND_STORE);
      }
    }
  };
  const names = numbered('writer', WRITERS);
  await Promise.all(names.map(write));
  const records = await readAll(store, 'sid');
  expectSame(
    records.map((record) => Number.parseInt(textOf(record), 10)),
    [0, ...records.map(({ position }) => position)].slice(0, -1),
    'what each writer saw as the tail',
  );
  expectSame(
    records.map((record) => textOf(record).replace(/^\d+ /, '')).sort(),
    names.flatMap((name) => Array.from({ length: EACH }, (_, at) => `${name}, ${at}`)).sort(),
    'what the writers were told is committed',
  );
}

async function sameId({ store }: StoreBench): Promise<void> {
  const append = (after: number, id: string) => store.append('sid', bytesOf(id), { after, id });
  const first = committedAt(await append(0, 'one'), 'the first append');
  expectSame([committedAt(await append(0, 'one'), 'the same again')], [first], 'its position');
  const second = committedAt(await append(first, 'two'), 'the second append');
  expectSame([committedAt(await append(0, 'one'), 'the first again')], [first], 'its position');
  expectSame([committedAt(await append(first, 'two'), 'the same')], [second], 'its position');
  await store.purge('sid', second);
  expectSame([committedAt(await append(first, 'two'), 'the same')], [second], 'its position');
  await expectLog(store, 'sid', ['two']);
}

async function sameIdAtOnce({ store }: StoreBench): Promise<void> {
  const options = { after: 0, id: 'one' };
  const outcomes = await Promise.all(
    Array.from({ length: 8 }, () => store.append('sid', bytesOf('one'), options)),
  );
  const positions = outcomes.map((outcome) => committedAt(outcome, 'one of eight with one id'));
  expectSame([new Set(positions).size], [1], 'the positions of one id');
  await expectLog(store, 'sid', ['one']);
}

async function sameIdElsewhere({ store }: StoreBench): Promise<void> {
  await appendAll(store, 'a', ['one', 'two']);
  await appendAll(store, 'b', ['two', 'one']);
  await expectLog(store, 'a', ['one', 'two']);
  await expectLog(store, 'b', ['two', 'one']);
}

async function manySessions({ store }: StoreBench): Promise<void> {
  const sessions = numbered('s', 100).map((name) => name.replace(' ', '')); // s1, s10, s100
  await Promise.all(sessions.map((sid) => appendAll(store, sid, numbered(`of ${sid},`, 5))));
  for (const sid of sessions) await expectLog(store, sid, numbered(`of ${sid},`, 5));
}

async function readMeanwhile({ store }: StoreBench): Promise<void> {
  const texts = numbered('record', 40);
  const [tail] = await appendAll(store, 'sid', texts.slice(0, 20)).then((all) => all.slice(-1));
  const appending = appendAll(store, 'sid', texts.slice(20), tail);
  const found = (await readAll(store, 'sid')).map(textOf);
  expectSame(found, texts.slice(0, Math.max(found.length, 20)), 'the log while it grows');
  await appending;
}

function numbered(what: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${what} ${index + 1}`);
}
