/** Who cannot print ends as what it was, and not as if a promise had not held: in a process of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const cwd = fileURLToPath(new URL('../..', import.meta.url));
const command = ['src/cli/tenuto.mjs', 'simulate', '--seed', '3', '--world', 'gateways'];
const args = [...command, '--length-ms', '3000', '--trace'];

describe('a command whose output breaks', () => {
  it('ends quietly with 141 where nobody reads on', { timeout: 60_000 }, async () => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let noted = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (noted += text));
    child.stdout.destroy();

    const [status] = (await once(child, 'close')) as [number | null];

    expect({ status, noted }).toEqual({ status: 141, noted: '' });
  });

  it.runIf(existsSync('/dev/full'))(
    'says that it cannot write, and ends with 2',
    { timeout: 60_000 },
    () => {
      const full = openSync('/dev/full', 'w');
      const stdio = ['ignore', full, 'pipe'] as const;

      const { status, stderr } = spawnSync(process.execPath, args, {
        cwd,
        stdio: [...stdio],
        encoding: 'utf8',
      });

      closeSync(full);
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: 'tenuto: cannot write (ENOSPC).\n',
      });
    },
  );
});
