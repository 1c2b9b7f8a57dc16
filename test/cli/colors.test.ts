/** Where the command line writes colours, and where it does not. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a mistake is answered with, in a pipe. */
function refusal(env: NodeJS.ProcessEnv): string {
  return spawnSync(process.execPath, ['src/cli/tenuto.mjs', 'transcribe', 'missing.wav'], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    encoding: 'utf8',
  }).stderr;
}

describe('a pipe', () => {
  it('gets no colours, on a build machine either', () => {
    expect(refusal({})).toMatch(/^tenuto: /);
    expect(refusal({ CI: 'true' })).toMatch(/^tenuto: /);
  });

  it('gets them where FORCE_COLOR asks for them, and NO_COLOR does not forbid it', () => {
    expect(refusal({ FORCE_COLOR: '1' })).toContain('\u001b[31mtenuto:');
    expect(refusal({ FORCE_COLOR: '1', NO_COLOR: '1' })).toContain('tenuto: ');
    expect(refusal({ FORCE_COLOR: '1', NO_COLOR: '1' })).not.toContain('\u001b[31m');
  });
});
