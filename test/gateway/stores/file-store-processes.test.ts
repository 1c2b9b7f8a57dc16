/** Processes of their own, from what was built: they are killed, and they come twice. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { worldOf } from './file-store-world.ts';
import { isOwnerRunning, nameOf, thisProcess } from '../../../src/files/lock.node.ts';
import { openFileStore } from '../../../src/gateway/stores/file-store.ts';
import { seededRandom } from '../../../src/ports/random.ts';

const CHILD = fileURLToPath(new URL('appending-child.mjs', import.meta.url));
const KILLS = 20;
const SESSIONS = 8;
/** For what hangs: a process takes its time to begin, on a machine that has much else to do. */
const EACH_WITHIN_MS = 30_000;

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tenuto-store-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('a process that is killed', () => {
  const limit = { timeout: KILLS * EACH_WITHIN_MS };
  // P11.3
  it(
    `leaves every record that it acknowledged, in order and once, ${KILLS} times`,
    limit,
    async () => {
      const random = seededRandom(5);
      const acknowledged = new Map<string, number>();
      for (let kill = 0; kill < KILLS; kill += 1) {
        const more = 1 + Math.floor(random.unit() * 200);
        await killAfter(more, acknowledged);

        const store = await openFileStore({ directory });
        for (let at = 0; at < SESSIONS; at += 1) {
          const counts: number[] = [];
          for await (const { bytes } of store.read(`s${at}`, 0)) {
            const text = Buffer.from(bytes).toString();
            counts.push(Number(text.slice(0, 8)));
            expect(text.slice(8)).toBe('x'.repeat((counts.at(-1)! * 37) % 700));
          }
          const last = counts.at(-1) ?? -1;
          const promised = acknowledged.get(`s${at}`) ?? -1;
          expect(counts).toEqual(counts.map((_, index) => last - counts.length + 1 + index));
          expect(last).toBeGreaterThanOrEqual(promised);
          if (last < 15) expect(counts.length).toBe(last + 1); // nothing was purged yet
          acknowledged.set(`s${at}`, last);
        }
        await store.close();
      }
      expect([...acknowledged.values()].every((count) => count > 15)).toBe(true);
    },
  );

  it('leaves a lock that nobody minds', async () => {
    await killAfter(1, new Map());
    expect(locks()).toHaveLength(1);

    const store = await openFileStore({ directory });

    expect(locks()).toHaveLength(1);
    await store.close();
    expect(locks()).toEqual([]);
  });
});

describe('a directory that is open', () => {
  it('is opened by no other process, which is told by whom and what to do', async () => {
    const child = start();
    await once(child.stdout!, 'data');

    await expect(openFileStore({ directory })).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: expect.stringMatching(new RegExp(`Process ${child.pid} on .* ${directory} open`)),
      remediation: expect.stringContaining(locks()[0]!),
    });
    expect(locks()).toHaveLength(1);
    child.kill('SIGKILL');
    await once(child, 'close');
  });

  it('is not opened twice by one process either', async () => {
    const store = await openFileStore({ directory });

    await expect(openFileStore({ directory })).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    await store.close();
    await (await openFileStore({ directory })).close();
  });

  it('is opened by one at most of those that come at once', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => openFileStore({ directory })),
    );
    const stores = outcomes.flatMap((outcome) =>
      outcome.status === 'fulfilled' ? [outcome.value] : [],
    );

    expect(stores.length).toBeLessThanOrEqual(1);
    for (const store of stores) await store.close();
    expect(locks()).toEqual([]);
  });

  it('on another host is left alone, since nobody here can tell', async () => {
    const { disk, open } = worldOf();
    const name = nameOf({ host: 'elsewhere', pid: 7, started: 'x' });
    await (await disk.mount().create(name)).close();

    await expect(open()).rejects.toMatchObject({
      message: expect.stringContaining('Process 7 on elsewhere'),
      remediation: expect.stringContaining(name),
    });
    expect(disk.files).toEqual([name]);
  });
});

describe('the owner of a lock', () => {
  it.each([
    ['this process', {}, true],
    [
      'a process whose id was given to another',
      { started: 'boot-1' },
      process.platform !== 'linux',
    ],
    ['a process that is gone', { pid: 4_194_305 }, false],
  ])('%s is found out', (_, difference, isRunning) => {
    expect(isOwnerRunning({ ...thisProcess(), ...difference })).toBe(isRunning);
  });
});

function start(): ChildProcess {
  return spawn(process.execPath, [CHILD, directory, String(SESSIONS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Kills it when it has acknowledged so many, and takes down all that it did. */
async function killAfter(more: number, acknowledged: Map<string, number>): Promise<void> {
  const child = start();
  let text = '';
  let lines = 0;
  child.stdout!.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    lines += piece.split('\n').length - 1;
    if (lines > more) child.kill('SIGKILL');
  });
  await once(child, 'close');
  for (const [, sid = '', count] of text.matchAll(/^(s\d+) (\d+)$/gm)) {
    acknowledged.set(sid, Number(count));
  }
}

function locks(): readonly string[] {
  return readdirSync(directory).filter((name) => name.startsWith('lock.'));
}
