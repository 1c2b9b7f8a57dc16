/** A page that goes in the midst of a commit leaves another one behind it; and nothing is mixed up where it comes back after all. */
import { describe, expect, it } from 'vitest';

import { Lives } from './lives.ts';
import type { Life } from './lives.ts';

interface Midst {
  readonly lives: Lives;
  readonly life: Life;
  /** The first commit. */
  readonly flushed: Promise<boolean>;
  /** Lets the storage go on with the commits that it was given, in order: as that one comes out. */
  answer(failure?: 'broken' | 'quota'): Promise<void>;
  /** It waits no more. */
  open(): void;
}

/** Five chunks are stored, two more are being stored, one came since. */
async function inTheMidst(key?: Uint8Array): Promise<Midst> {
  const lives = new Lives();
  const life = await lives.begin({}, key && { key });
  const write = (chunks: number): void => {
    for (let chunk = 0; chunk < chunks; chunk += 1) life.write();
  };
  write(5);
  await life.spool.flush();
  const waiting: (() => void)[] = [];
  lives.storage.wait = () => new Promise((resolve) => waiting.push(resolve));
  write(2);
  const flushed = life.spool.flush();
  write(1);
  const answer = async (failure: 'broken' | 'quota' | null = null): Promise<void> => {
    lives.storage.failure = failure;
    waiting.shift()?.();
    await lives.world.pass(0);
    lives.storage.failure = null;
  };
  const open = (): void => {
    lives.storage.wait = () => Promise.resolve();
    for (const go of waiting) go();
  };
  return { lives, life, flushed, answer, open };
}

async function heldAfter({ lives, life }: Midst): Promise<number | undefined> {
  life.kill();
  const { spool } = await lives.begin();
  expect(spool.remains).toMatchObject({ lostMs: 0 });
  return spool.remains?.heldMs;
}

describe('a spool that is left in the midst of a commit', () => {
  it('has given all of it to its storage when the call returns', async () => {
    const midst = await inTheMidst();

    midst.life.spool.leave();
    const { blocks } = midst.lives.storage;
    await midst.answer();
    await midst.answer();

    expect(blocks.length).toBe(1);
    expect(midst.lives.storage.blocks.length).toBe(2);
    expect(await heldAfter(midst)).toBe(800);
  });

  it.each([
    ['both are stored', undefined, undefined, 800],
    ['only the first is', undefined, 'broken', 700],
    ['only the second is', 'broken', undefined, 800],
    ['neither is', 'quota', 'quota', 500],
  ] as const)('loses nothing where the page stays, and %s', async (_, first, second, held) => {
    const midst = await inTheMidst();
    const { life, lives, flushed } = midst;

    life.spool.leave();
    life.spool.leave(); // pagehide, and visibilitychange
    await midst.answer(first);
    await midst.answer(second);
    lives.storage.failure = second ?? null; // of making room, too
    midst.open();
    const isStored = await flushed;
    lives.storage.failure = null;

    const isWell = second === undefined;
    expect(isStored).toBe(isWell);
    expect(life.of('spool.failed').length).toBe(isWell ? 0 : 1);
    const { head, blocks } = lives.storage;
    expect(head).not.toBeNull();
    expect(blocks.length).toBe(held === 500 ? 1 : 2);
    life.write();
    expect(await life.spool.flush()).toBe(true);
    expect(life.of('spool.recovered').length).toBe(isWell ? 0 : 1);
    expect(await heldAfter(midst)).toBe(900);
  });

  it('with a key is stored as ever: sealing takes longer than the call', async () => {
    const midst = await inTheMidst(new Uint8Array(32).fill(7));

    midst.life.spool.leave();
    expect(midst.lives.storage.commits).toBe(1);
    midst.open();
    await midst.flushed;

    expect(await midst.life.spool.flush()).toBe(true);
    expect(midst.life.of('spool.failed')).toEqual([]);
  });
});
