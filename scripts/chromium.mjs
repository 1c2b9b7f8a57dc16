// Chromium for the browser tests: Debian's. Installs it where that can be done, and else says what is missing and fails.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The executable; null where there is none. TENUTO_CHROMIUM names another one. */
export function findChromium() {
  const named = process.env['TENUTO_CHROMIUM'];
  return [...(named === undefined ? [] : [named]), ...PLACES].find(existsSync) ?? null;
}

function install() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (...args) => spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env });
  run('update', '-qq');
  run('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation');
}

if (findChromium() === null) install();
const chromium = findChromium();
if (chromium === null) {
  process.stderr.write(
    'The browser tests need Chromium, and there is none. As root: apt-get install chromium fonts-liberation. ' +
      'Or name one that you have: TENUTO_CHROMIUM=/path/to/chrome.\n',
  );
  process.exitCode = 1;
} else process.stderr.write(`Chromium: ${chromium}\n`);
