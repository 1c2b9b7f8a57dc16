/** Processes that the demonstration keeps alive, and what becomes of one that does not stay so. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it, onTestFinished } from 'vitest';

import { Supervised } from '../../src/cli/demo/supervised.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

/** Notes each start, and comes up as often as it may. */
const SCRIPT = `
  const { appendFileSync, readFileSync } = require('node:fs');
  const [starts, most] = process.argv.slice(1);
  appendFileSync(starts, '.');
  if (readFileSync(starts, 'utf8').length > Number(most)) process.exit(1);
  console.log(JSON.stringify({ port: 4711 }));
  setInterval(() => undefined, 1_000);
`;

async function supervised(comesUp: number) {
  const folder = mkdtempSync(join(tmpdir(), 'tenuto-supervised-'));
  const file = join(folder, 'starts');
  writeFileSync(file, '');
  const clock = new VirtualClock();
  const kept = new Supervised({
    name: 'The process',
    args: () => ['-e', SCRIPT, '--', file, String(comesUp)],
    clock,
  });
  onTestFinished(async () => {
    await kept.close();
    rmSync(folder, { recursive: true });
    expect(clock.pending).toBe(0);
  });
  await kept.start();
  const starts = () => readFileSync(file, 'utf8').length;
  return { kept, clock, starts };
}

const SOON = { timeout: 20_000, interval: 20 };

it('is started again when it has died, and not before it may be', async () => {
  const { kept, starts } = await supervised(9);

  const release = kept.kill();
  await expect.poll(() => kept.pid, SOON).toBe(null);
  const meanwhile = starts();
  release();
  await expect.poll(() => kept.pid, SOON).not.toBe(null);
  await expect.poll(starts, SOON).toBe(2);
  process.kill(kept.pid!, 'SIGKILL');
  await expect.poll(starts, SOON).toBe(3);

  expect(meanwhile).toBe(1);
});

it('is left alone for 30 s where it does not come up five times in a row, and then tried', async () => {
  const { kept, clock, starts } = await supervised(1);

  kept.kill()();
  await expect.poll(() => [starts(), clock.pending, kept.pid], SOON).toEqual([6, 1, null]);
  await clock.advanceAsync(29_999);
  const before = starts();
  await clock.advanceAsync(1);
  await expect.poll(() => [starts(), clock.pending, kept.pid], SOON).toEqual([7, 1, null]);

  expect(before).toBe(6);
});
