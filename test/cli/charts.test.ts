/** `tenuto charts` with a place where no pictures can be. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';

import { runCharts } from '../../src/cli/commands/charts.ts';

const machine = createMachine({ id: 'door', initial: 'closed', states: { closed: {} } });
const charts = [{ name: 'door', question: 'Is it open?', machine }];

describe('tenuto charts', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenuto-out-'));
    await writeFile(join(folder, 'file'), '');
    await mkdir(join(folder, 'full', 'door.svg'), { recursive: true });
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it.each([
    ['a file', 'file', 'it is a file'],
    ['a place inside a file', 'file/x', 'it is a file'],
    ['a folder with a folder in the place of a picture', 'full', 'a folder is where a picture'],
    ['a name that is too long', 'x'.repeat(400), 'the name is too long'],
    ['no name', '', 'no name'],
  ])('says of %s that it cannot be used, to write and to check', async (_what, name, why) => {
    const outDir = name === '' ? '' : join(folder, name);

    for (const check of [false, true]) {
      await expect(
        runCharts({ check, outDir, charts }, { write: () => undefined }),
      ).rejects.toEqual(
        expect.objectContaining({
          code: 'OPTION_INVALID',
          message: expect.stringContaining(why) as string,
          remediation: expect.stringContaining('--out') as string,
        }),
      );
    }
  });
});
