/** What the last lines of `.ci/run` say of tests that failed: of those lines its reader may have no more. */
import { spawnSync } from 'node:child_process';

import { afterAll, describe, expect, it } from 'vitest';

import { plantTree, projectRoot } from './planted-tree.ts';

const trees: { remove(): void }[] = [];
afterAll(() => {
  for (const tree of trees) tree.remove();
});

/** Runs these steps in a tree of these tests. @returns what is printed after the last step. */
function steps(script: string, tests: Readonly<Record<string, string>> = {}) {
  const head = `import { beforeAll, expect, it } from 'vitest'; import { readFileSync } from 'node:fs';\n`;
  const files = Object.entries(tests).map(([name, text]) => [`${name}.test.js`, head + text]);
  const tree = plantTree({
    ...(Object.fromEntries(files) as Record<string, string>),
    'vitest.config.js': `export default { test: { pool: 'forks' } };`,
  });
  trees.push(tree);
  const bash = `set -euo pipefail; cd ${tree.root}; ln -s ${projectRoot}/.ci .ci; source .ci/steps; ${script}; finish`;
  const { status, stdout } = spawnSync('bash', ['-c', bash], { encoding: 'utf8' });
  const lines = stdout
    .slice(stdout.lastIndexOf('=== '))
    .replaceAll(/\d+ s\b/g, 'N s')
    .split('\n');
  return { status, lines: lines.slice(1, -1) };
}

const VITEST = 'npx vitest run';

describe('the last lines of .ci/run', () => {
  it('name each test that failed, with the first line of its error', () => {
    const { status, lines } = steps(`tests 'the tests' 1m ${VITEST}; step 'fine' true`, {
      good: `it('holds', () => expect(1).toBe(1));`,
      bad: `it('holds not', () => expect('heard').toBe('said'));`,
      broken: `import './nowhere.js';`,
      unready: `beforeAll(() => { throw new Error('no\\nserver'); }); it('is never run', () => undefined);`,
    });

    expect(status).toBe(1);
    expect(lines[0]).toBe('failed: the tests: exit status 1 after N s');
    expect(lines.slice(1, -2).sort()).toEqual([
      "  bad.test.js > holds not: expected 'heard' to be 'said' // Object.is equality",
      expect.stringMatching(/^ {2}broken\.test\.js: .*nowhere\.js/),
      '  unready.test.js: no',
    ]);
    expect(lines.slice(-2)).toEqual(['took N s', 'ci: 2 passed, 3 failed']);
  });

  it('name the test in which a run was killed, and count what had passed', () => {
    const { status, lines } = steps(`tests 'the tests' 1m ${VITEST}`, {
      fatal: `it('holds', () => undefined); it('hangs', async () => {
        const isTold = () => readFileSync(process.env.TENUTO_CI_FACTS, 'utf8').includes('> hangs');
        await expect.poll(isTold, { timeout: 20_000 }).toBe(true);
        process.kill(process.ppid, 'SIGKILL');
        await new Promise(() => undefined);
      }, 60_000);`,
    });

    expect(status).toBe(1);
    expect(lines).toEqual([
      'failed: the tests: exit status 137 after N s',
      '  fatal.test.js > hangs: did not end',
      'took N s',
      'ci: 1 passed, 1 failed',
    ]);
  });

  it('tell what a step said last that failed, and that a run without tests is none', () => {
    const { status, lines } = steps(
      `step 'a check' bash -c 'echo first; echo the reason >&2; exit 3'; tests 'nothing' 1m true`,
    );

    expect(status).toBe(1);
    expect(lines).toEqual([
      'failed: a check: exit status 3 after N s',
      '  first',
      '  the reason',
      'failed: nothing: exit status 0 after N s',
      'took N s',
      'ci: 0 passed, 2 failed',
    ]);
  });

  it('are two where nothing failed', () => {
    const { status, lines } = steps(`step 'fine' true`);

    expect({ status, lines }).toEqual({ status: 0, lines: ['took N s', 'ci: 1 passed, 0 failed'] });
  });
});
