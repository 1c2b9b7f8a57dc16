/** What the build says and makes, on a tree of four sources: of the whole tree it takes a minute. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const COPIED = ['scripts', 'tsconfig.json', 'tsconfig.build.json', 'vite.config.ts'];
const PLANTED = {
  'package.json': '{ "type": "module", "exports": {} }',
  'package-lock.json': '{}',
  'machines/chart.ts': "export const chart: string = 'a chart';\n",
  'src/index.ts': "export { chart } from '../machines/chart.ts';\n",
  'src/worklets/source.ts': 'export const source = `say(1);`;\n',
  'visualizations/demo/index.html': '<p>demo</p>\n',
  'visualizations/inspector/index.html': '<p>inspector</p>\n',
};
const TO_RUN = `import('./scripts/build.mjs').then(({ buildIfStale }) => {
  process.stdout.write(String(buildIfStale({ isToRun: true })));
})`;

let tree = '';
const run = (...args: string[]) =>
  spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8' });
const plant = (path: string, text: string): void => {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
};
const isThere = (path: string): boolean => existsSync(join(tree, 'dist', path));

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'tenuto-build-'));
  for (const each of COPIED) cpSync(join(root, each), join(tree, each), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  for (const [path, text] of Object.entries(PLANTED)) plant(path, text);
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe('the build', () => {
  it('is of the modules and pages alone where it is only to be run, and no package is made of that', () => {
    const first = run('--eval', TO_RUN);
    const again = run('--eval', TO_RUN);
    const check = run('scripts/build.mjs', '--check');

    expect(first.stderr).toMatch(/read 3 files\n.*written 3 files\n.*the pages\n$/);
    expect([first.stdout, again.stdout]).toEqual(['true', 'false']);
    expect(isThere('src/index.js') && isThere('pages/demo/index.html')).toBe(true);
    expect(isThere('src/index.d.ts')).toBe(false);
    expect(check.status).toBe(1);
    expect(check.stderr).toContain('npm run pack');
  });

  it('is whole for a package, and serves whoever runs it as well', () => {
    const built = run('scripts/build.mjs');
    const check = run('scripts/build.mjs', '--check');
    const again = run('--eval', TO_RUN);

    expect(built.stderr).toMatch(/checked 3 files/);
    expect(isThere('src/index.d.ts') && isThere('worklet.js')).toBe(true);
    expect(check.status).toBe(0);
    expect(again.stdout).toBe('false');
  });

  it('fails where a type is wrong, says where, and is refused as a package until it is mended', () => {
    plant('machines/chart.ts', 'export const chart: string = 5;\n');

    const built = run('scripts/build.mjs');
    const check = run('scripts/build.mjs', '--check');

    expect(built.status).toBe(1);
    expect(built.stderr).toMatch(/machines\/chart\.ts\(1,14\): error TS2322/);
    expect(check.status).toBe(1);
  });

  it('fails where its configuration has an option that there is not, or is not there', () => {
    const path = join(tree, 'tsconfig.build.json');
    const config = readFileSync(path, 'utf8');
    plant('machines/chart.ts', "export const chart: string = 'a chart';\n");

    plant('tsconfig.build.json', config.replace('"compilerOptions": {', '$& "strickt": true,'));
    const misspelt = run('scripts/compile.mjs', join(tree, 'out'));
    rmSync(path);
    const gone = run('scripts/compile.mjs', join(tree, 'out'));
    plant('tsconfig.build.json', config);

    expect([misspelt.status, gone.status]).toEqual([1, 1]);
    expect(misspelt.stderr).toMatch(/tsconfig\.build\.json\(\d+,\d+\): error TS5025: .*strickt/);
    expect(gone.stderr).toMatch(/^error TS5083: .*tsconfig\.build\.json/);
  });
});
