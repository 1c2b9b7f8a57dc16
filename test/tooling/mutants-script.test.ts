/** `npm run mutants` says how it is used. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const cwd = fileURLToPath(new URL('../..', import.meta.url));

function mutants(...args: readonly string[]) {
  const options = { cwd, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['scripts/mutants.mjs', ...args],
    options,
  );
  return { status, stdout, stderr };
}

describe('npm run mutants', () => {
  it('says how it is used, and runs nothing', () => {
    const { status, stdout } = mutants('--help');

    expect(status).toBe(0);
    for (const option of ['--seeds', '--from', '--enough', '--jobs', '--check', '--write']) {
      expect(stdout).toContain(option);
    }
  });

  it.each([
    [['--sedes', '5'], /^mutants: Unknown option '--sedes'/],
    [['--seeds', 'many'], /^mutants: --seeds cannot be "many"/],
    [['no-such-mutant'], /mutants: there is no mutant "no-such-mutant"/],
  ])('refuses %j in a line', (args, words) => {
    const { status, stderr } = mutants(...args);

    expect(status).toBe(2);
    expect(stderr).toMatch(words);
    expect(stderr.trim()).not.toContain('\n');
  });
});
