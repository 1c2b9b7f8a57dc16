/** What a page was about to store as it went is noted down at once, and is there for the next even where the browser dropped it. */
import { afterEach, describe, expect, it } from 'vitest';

import { Lives } from './lives.ts';
import type { Life } from './lives.ts';
import { textsIn } from './texts.ts';
import { NotedStorage } from '../../src/spool/noted-storage.ts';
import type { TextPlace } from '../../src/spool/noted-storage.ts';

/** A cipher of an application's own, that takes a moment for each piece. */
const turned = (bytes: Uint8Array) => Promise.resolve(bytes.map((byte) => byte ^ 0xff));
const SEALED = { cipher: { seal: turned, open: turned } };

let all: Lives;
let texts: Map<string, string>;
let noted: NotedStorage;

function lives(place: () => TextPlace = () => textsIn(texts)): Lives {
  texts = new Map();
  all = new Lives();
  all.over = (storage) => (noted = new NotedStorage(storage, 'note', place));
  return all;
}

afterEach(() => all.world.close());

function write(life: Life, chunks: number): void {
  for (let chunk = 0; chunk < chunks; chunk += 1) life.write();
}

/** Five chunks are stored; of what comes now nothing is until `go` is called, a commit at a time. */
async function stuck(life: Life): Promise<() => Promise<void>> {
  write(life, 5);
  await life.spool.flush();
  const waiting: (() => void)[] = [];
  all.storage.wait = () => new Promise((resolve) => waiting.push(resolve));
  return async () => {
    waiting.shift()?.();
    await all.world.pass(100);
  };
}

function leave(life: Life): void {
  life.spool.leave();
  noted.note();
}

/** The next life, and how much it was left. */
async function heldBy(options = {}): Promise<number | undefined> {
  all.storage.wait = () => Promise.resolve();
  const { spool } = await all.begin({}, options);
  expect(texts.size).toBe(0);
  return spool.remains?.heldMs;
}

describe('a page that goes in the midst of writing', () => {
  it.each([
    ['nothing', 0],
    ['the first commit', 1],
    ['both commits', 2],
  ])('leaves all of it, where %s of what it gave was stored', async (_, stored) => {
    const life = await lives().begin();
    const go = await stuck(life);
    write(life, 2);
    void life.spool.flush();
    write(life, 1);

    leave(life);
    for (let commit = 0; commit < stored; commit += 1) await go();
    life.kill();

    expect(await heldBy()).toBe(800);
    expect(all.storage.blocks.length).toBe(2);
  });

  it('leaves the first that it ever wrote', async () => {
    const life = await lives().begin();
    all.storage.wait = () => new Promise(() => undefined);
    write(life, 3);

    leave(life);
    life.kill();

    expect(await heldBy()).toBe(300);
  });

  it('leaves what was sealed by then, where it has a key, and nothing that can be read', async () => {
    const life = await lives().begin({}, SEALED);
    life.spool.prepare();
    await stuck(life);
    write(life, 2);
    await all.world.pass(100);
    write(life, 1); // there is no time to seal this

    leave(life);
    life.kill();

    const note = JSON.parse(texts.get('note') ?? '') as { readonly head: string };
    expect(Buffer.from(note.head, 'base64').toString()).not.toContain('bytesPerSecond');
    expect(await heldBy(SEALED)).toBe(700);
  });

  it('leaves what came while a commit was under way as well, where it has a key', async () => {
    const life = await lives().begin({}, SEALED);
    life.spool.prepare();
    await stuck(life);
    write(life, 2);
    void life.spool.flush();
    await all.world.pass(100);
    for (let chunk = 0; chunk < 10; chunk += 1) {
      write(life, 1);
      await all.world.pass(20);
    }

    leave(life);
    life.kill();

    expect(await heldBy(SEALED)).toBe(1_700);
  });

  it('has each chunk once, where it has a key, seemed to go behind a commit, and stays', async () => {
    const life = await lives().begin({}, SEALED);
    life.spool.prepare();
    const go = await stuck(life);
    write(life, 2);
    void life.spool.flush();
    await all.world.pass(100);
    write(life, 3);
    await all.world.pass(100);
    leave(life);
    write(life, 2);
    all.storage.wait = () => Promise.resolve();
    await go();
    await go();
    await all.world.pass(1_000);
    await life.spool.flush();
    life.kill();

    expect(await heldBy(SEALED)).toBe(1_200);
  });

  it('takes its note back once all is stored, where it stays after all', async () => {
    const life = await lives().begin();
    const go = await stuck(life);
    write(life, 2);
    leave(life);
    expect(texts.size).toBe(1);

    await go();

    expect(texts.size).toBe(0);
    leave(life);
    expect(texts.size).toBe(0);
  });

  it('leaves no note that a later life would take for its own', async () => {
    const life = await lives().begin();
    const go = await stuck(life);
    write(life, 2);
    leave(life);
    const old = new Map(texts);
    all.storage.wait = () => Promise.resolve();
    await go();
    write(life, 2);
    await life.spool.flush();
    life.kill();
    texts = old; // it could not be taken back

    expect(await heldBy()).toBe(900);
  });

  it.each([
    [
      'is forbidden',
      () => ({ ...textsIn(new Map()), ...refusing('getItem', 'setItem', 'removeItem') }),
    ],
    ['is full', () => ({ ...textsIn(new Map()), ...refusing('setItem') })],
    ['is not there', () => refusing('x') as never],
    ['has something else in it', () => ({ ...textsIn(new Map()), getItem: () => '{"after":[0]}' })],
  ])('goes on as ever where the place for notes %s', async (_, place) => {
    const life = await lives(place).begin();
    await stuck(life);
    write(life, 2);

    leave(life);
    life.kill();

    expect(await heldBy()).toBe(500);
  });

  it('leaves as much as a crash does where there is no room when it is taken up', async () => {
    const life = await lives().begin();
    await stuck(life);
    write(life, 2);
    leave(life);
    life.kill();
    all.storage.wait = () => Promise.resolve();
    all.storage.failure = 'quota';

    const { spool } = await all.begin();

    expect(spool.remains?.heldMs).toBe(500);
  });
});

function refusing(...names: readonly string[]): Partial<TextPlace> {
  const refuse = (): never => {
    throw new Error('SecurityError');
  };
  return Object.fromEntries(names.map((name) => [name, refuse]));
}
