// Makes the README's pictures of the demonstration, light and dark, of a real run with three of its buttons pressed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

import { findChromium } from './chromium.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const WIDTH = 1_280;
/** What is broken, and when: seconds of speech. */
const FAULTS = [
  [6, 'cut'],
  [20, 'half-open'],
  [47, 'airplane'],
];
const MOST_BYTES = 400_000;

const executablePath = findChromium();
if (executablePath === null) throw new Error('There is no Chromium: node scripts/chromium.mjs');
const demo = spawn(process.execPath, ['src/cli/tenuto.mjs', 'demo', '--json', '--port', '0'], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = await once(demo.stdout, 'data');
const { url } = JSON.parse(String(line));
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required', '--mute-audio'],
});
try {
  const page = await browser.newPage({ viewport: { width: WIDTH, height: 900 } });
  await page.goto(url);
  await page.locator('#play').click();
  for (const [seconds, fault] of FAULTS) {
    const said = new RegExp(`^0:${String(seconds).padStart(2, '0')} `);
    await page.locator('.time', { hasText: said }).waitFor({ timeout: 90_000 });
    await page.locator(`[data-fault="${fault}"]`).click();
  }
  await page.getByText(/ s of speech, \d+ faults: /).waitFor({ timeout: 150_000 });
  const pair = await page.locator('.pair').boundingBox();
  const clip = { x: 0, y: 0, width: WIDTH, height: Math.ceil(pair.y + pair.height + 24) };
  for (const [colorScheme, name] of [
    ['light', 'demo.png'],
    ['dark', 'demo-dark.png'],
  ]) {
    await page.emulateMedia({ colorScheme });
    await page.mouse.move(0, 0);
    await page.evaluate(() => new Promise((done) => globalThis.requestAnimationFrame(done)));
    const path = join(root, 'visualizations', name);
    await page.screenshot({ path, clip, fullPage: true });
    const { size } = statSync(path);
    process.stdout.write(`visualizations/${name}: ${String(Math.round(size / 1_000))} kB\n`);
    if (size > MOST_BYTES) throw new Error(`${name} is larger than ${String(MOST_BYTES)} bytes.`);
  }
} finally {
  await browser.close();
  demo.kill('SIGINT');
  await once(demo, 'exit');
}
