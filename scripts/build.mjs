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
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const stampFile = join(dist, '.hash');

/**
 * Returns whether it had to build. Throws where the compiler found errors; dist/ then counts as stale.
 *
 * @param isToRun all that the command line needs is enough: types are not checked, and there are neither declarations nor
 * dist/slim/, which takes a third of the time. Such a dist/ is stale to whoever asks for the whole.
 */
export function buildIfStale({ isToRun = false } = {}) {
  const hash = hashOfSources();
  const stamp = isToRun ? `${TO_RUN}${hash}` : hash;
  if ([hash, stamp].includes(stampOfDist())) return false;
  build(stamp, isToRun);
  return true;
}

const TO_RUN = 'to run ';

function stampOfDist() {
  return existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '';
}

/** The compiler writes beside dist/ and the result is moved in, so that a process which runs from dist/ never meets half of it. */
function build(stamp, isToRun) {
  removeLeftOver();
  const scratch = join(root, '.tmp', `build-${String(process.pid)}`);
  const fresh = join(scratch, 'new');
  mkdirSync(scratch, { recursive: true });
  say('this is done once, and again when a source has changed');
  try {
    const how = isToRun ? ['--to-run'] : [];
    const isCompiled = runNode(join(root, 'scripts/compile.mjs'), fresh, ...how);
    const isBuilt = isCompiled && buildPages(join(fresh, 'pages')) && publish(fresh, isToRun);
    if (isBuilt) writeFileSync(join(fresh, '.hash'), stamp);
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
  say('the pages');
  return runNode(join(root, 'node_modules/vite/bin/vite.js'), 'build', '--outDir', outDir);
}

function publish(folder, isToRun) {
  publishWorklet(folder);
  if (isToRun) return true;
  say('what pages import, without words (dist/slim)');
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

/** A package is made of what is there: nothing builds it as it is packed, since install scripts are off. */
function refuseStale() {
  if (stampOfDist() === hashOfSources()) return;
  throw new Error(
    'dist/ is not made of these sources: npm run build makes it, npm run pack a package of it.',
  );
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
    'scripts/compile.mjs',
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
    if (process.argv.includes('--check')) refuseStale();
    else process.stderr.write(buildIfStale() ? 'built dist/\n' : 'dist/ is up to date\n');
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
