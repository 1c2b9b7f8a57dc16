/** A spool in a store of texts, as React Native has: a commit is whole or was none, wherever the process ends in it. */
import { describe, expect, it } from 'vitest';

import { Texts } from './texts.ts';
import { fromBase64, toBase64 } from '../../src/spool/base64.ts';
import { KeyValueSpoolStorage } from '../../src/spool/key-value-storage.ts';
import type { KeyValueStore } from '../../src/spool/key-value-storage.ts';
import { openSpoolIn } from '../../src/spool/open-spool.ts';
import type { SpoolChange } from '../../src/ports/spool.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

function change(number: number, dropThrough = 0): SpoolChange {
  const block = { number, bytes: Uint8Array.of(number, 0, 255) };
  return { head: Uint8Array.of(number, 7), block, dropThrough };
}

async function recorded(texts: Texts, isFresh: boolean, blocks: number): Promise<void> {
  const storage = new KeyValueSpoolStorage(texts, 'one');
  await storage.open(isFresh);
  for (let number = 1; number <= blocks; number += 1) await storage.commit(change(number));
  await storage.close();
}

/** All that can happen has. */
function passed(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function contents(texts: Texts): Promise<{ head: number; blocks: readonly number[] }> {
  const { head, blocks } = await new KeyValueSpoolStorage(texts, 'one').open(false);
  return { head: head?.[0] ?? 0, blocks: blocks.map(({ number }) => number) };
}

describe('a spool in a store of texts', () => {
  it('leaves nothing behind that it has let go of, wherever the process ends', async () => {
    for (let changes = 0; changes < 60; changes += 1) {
      const texts = new Texts();
      const storage = new KeyValueSpoolStorage(texts, 'one');
      await storage.open(false);
      for (let number = 1; number <= 40; number += 1) await storage.commit(change(number));
      texts.changesLeft = changes;
      void storage.commit(change(41, 40)).then(() => storage.commit(change(42, 41)));
      await passed();

      const survived = texts.survived();
      const next = new KeyValueSpoolStorage(survived, 'one');
      await next.open(false);
      await next.clear();

      expect({ changes, left: [...survived.texts.keys()] }).toEqual({ changes, left: [] });
    }
  });

  it('is cleared by the next process where the process ends in clearing it', async () => {
    for (let changes = 1; changes < 6; changes += 1) {
      const texts = new Texts();
      const storage = new KeyValueSpoolStorage(texts, 'one');
      await storage.open(false);
      for (const number of [1, 2, 3]) await storage.commit(change(number));
      texts.changesLeft = changes;
      void storage.clear();
      await passed();

      const survived = texts.survived();

      expect(await contents(survived)).toEqual({ head: 0, blocks: [] });
      expect(survived.texts.size).toBe(0);
    }
  });

  it('lets go of what waited for long in several commits: audio does not wait for all of it', async () => {
    const texts = new Texts();
    const storage = new KeyValueSpoolStorage(texts, 'one');
    await storage.open(false);
    for (let number = 1; number <= 40; number += 1) await storage.commit(change(number));

    await storage.commit(change(41, 40));
    expect(texts.texts.size).toBe(26);

    await storage.commit(change(42, 40));
    await storage.commit(change(43, 40));
    expect(texts.texts.size).toBe(4); // three that count, and the head
  });

  it('is cleared of a quarter of an hour of audio sooner than an end gives up waiting', async () => {
    const clock = new VirtualClock();
    const texts = new Texts();
    await recorded(texts, false, 4_000);
    const later = (work: () => unknown): Promise<unknown> =>
      new Promise<void>((resolve) => void clock.setTimeout(resolve, 60)).then(work);
    const slow: KeyValueStore = {
      getItem: (key) => texts.getItem(key),
      setItem: (key, text) => later(() => texts.setItem(key, text)),
      removeItem: (key) => later(() => texts.removeItem(key)),
    };

    const storage = new KeyValueSpoolStorage(slow, 'one');
    const opened = storage.open(false);
    await clock.advanceAsync(1_000);
    await opened;

    void storage.clear();
    await clock.advanceAsync(4_000);

    expect(texts.texts.size).toBe(0);
  });

  it('is cleared where one of its texts could not be removed at first', async () => {
    const texts = new Texts();
    await recorded(texts, false, 200);
    let failures = 1;
    const failing: KeyValueStore = {
      getItem: (key) => texts.getItem(key),
      setItem: (key, text) => texts.setItem(key, text),
      removeItem: (key) => {
        if (!key.endsWith('.100') || (failures -= 1) < 0) return texts.removeItem(key);
        throw new Error('it is busy');
      },
    };

    const storage = new KeyValueSpoolStorage(failing, 'one');
    await storage.open(false);
    await expect(storage.clear()).rejects.toThrow('it is busy');
    await storage.clear();

    expect(texts.texts.size).toBe(0);
  });

  it('has what was committed', async () => {
    const texts = new Texts();
    const storage = new KeyValueSpoolStorage(texts, 'one');
    await storage.open(false);
    for (const number of [1, 2, 3]) await storage.commit(change(number, number - 2));

    expect(await contents(texts.survived())).toEqual({ head: 3, blocks: [2, 3] });

    await storage.clear();
    expect(texts.texts.size).toBe(0);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'has a whole commit where the process ends after %i changes',
    async (changes) => {
      const texts = new Texts();
      const storage = new KeyValueSpoolStorage(texts, 'one');
      await storage.open(false);
      texts.changesLeft = changes;
      const work = async (): Promise<void> => {
        for (const number of [1, 2, 3]) await storage.commit(change(number, number - 1));
      };
      void work();
      for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();

      const { head, blocks } = await contents(texts.survived());

      expect(blocks).toEqual(head === 0 ? [] : [head]);
    },
  );

  it('begins anew, with whatever numbers were there before', async () => {
    const texts = new Texts();
    await recorded(texts, false, 5);

    await recorded(texts, true, 3);

    expect(await contents(texts.survived())).toEqual({ head: 3, blocks: [1, 2, 3] });
  });

  it('has one owner at a time', async () => {
    const texts = new Texts();
    const spool = await openSpoolIn(new KeyValueSpoolStorage(texts, 'one'), { name: 'one' });

    const second = openSpoolIn(new KeyValueSpoolStorage(texts, 'one'), { name: 'one' });

    await expect(second).rejects.toMatchObject({ code: 'SPOOL_IN_USE' });
    await spool.close();
    const third = await openSpoolIn(new KeyValueSpoolStorage(texts, 'one'), { name: 'one' });
    await third.close();
  });

  it('writes base64 as everybody does', () => {
    for (let length = 0; length < 70; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 37 + length) & 0xff);

      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }
  });
});
