// Compiles machines/ and src/ to dist/ and builds the pages of visualizations/ into dist/pages/, unless dist/ was made from these
// very sources. Install scripts are off in this project, so whatever needs dist/ calls this itself: `npm start` and `npm test` do,
// and src/cli/tenuto.mjs in a clone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const stampFile = join(dist, '.hash');

/** Returns whether it had to build. Throws where the compiler found errors; dist/ then counts as stale. */
export function buildIfStale() {
  const hash = hashOfSources();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash) return false;
  build(hash);
  return true;
}

/** The compiler writes beside dist/ and the result is moved in, so that a process which runs from dist/ never meets half of it. */
function build(hash) {
  removeLeftOver();
  const scratch = join(root, '.tmp', `build-${String(process.pid)}`);
  const fresh = join(scratch, 'new');
  mkdirSync(scratch, { recursive: true });
  say('compiling; this is done once, and again when a source has changed …');
  try {
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
    const isCompiled = runNode(tsc, '-p', 'tsconfig.build.json', '--outDir', fresh);
    if (isCompiled) say('the pages …');
    const isBuilt = isCompiled && buildPages(join(fresh, 'pages')) && publish(fresh);
    if (isBuilt) writeFileSync(join(fresh, '.hash'), hash);
    if (existsSync(fresh)) replaceDist(fresh, join(scratch, 'old'));
    if (!isBuilt) throw new Error('The build failed: the errors are above.');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function say(what) {
  process.stderr.write(`building: ${what}\n`);
}

/** Of builds that were ended in the middle, as Ctrl-C does. */
function removeLeftOver() {
  const folder = join(root, '.tmp');
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const [, pid] = /^build-(\d+)$/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function buildPages(outDir) {
  return runNode(join(root, 'node_modules/vite/bin/vite.js'), 'build', '--outDir', outDir);
}

/** By a process of its own: whoever only asks whether dist/ is stale need not load a compiler. */
function publish(folder) {
  publishWorklet(folder);
  return runNode(join(root, 'scripts/slim.mjs'), folder);
}

function runNode(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
  return status === 0;
}

/** The worklet as a file, for pages whose policy forbids to make it of a Blob. */
function publishWorklet(folder) {
  const module = readFileSync(join(folder, 'src/worklets/source.js'), 'utf8');
  const [, text] = /= `([^]*)`;/.exec(module);
  writeFileSync(join(folder, 'worklet.js'), text.replace(/\\([`$\\])/g, '$1'));
}

function replaceDist(fresh, old) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      if (existsSync(dist)) renameSync(dist, `${old}${String(attempt)}`);
      renameSync(fresh, dist);
      return;
    } catch (error) {
      // Another build moved its own result in at the same moment.
      if (attempt >= 5 || !['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
    }
  }
}

function hashOfSources() {
  const hash = createHash('sha256');
  const files = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'vite.config.ts',
    'scripts/build.mjs',
    'scripts/fvad-for-pages.mjs',
    'scripts/slim.mjs',
  ];
  for (const folder of ['machines', 'src', 'visualizations']) {
    for (const entry of readdirSync(join(root, folder), { recursive: true })) {
      if (/\.(tsx?|css|html|json)$/.test(entry)) files.push(join(folder, entry));
    }
  }
  for (const file of files.sort()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stderr.write(buildIfStale() ? 'built dist/\n' : 'dist/ is up to date\n');
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
