/** Debian's Chromium, driven by playwright-core. Whoever starts it closes it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from 'playwright-core';
import type { Browser, BrowserContext } from 'playwright-core';

import { findChromium } from '../../../scripts/chromium.mjs';

/** What a page does not do within this, on whatever machine, it never does. */
const HANGS_AFTER_MS = 240_000;

/** Nothing in the browser speaks to anybody but the page's own server; a microphone is there. */
const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-device-for-media-stream',
];
const NOBODY_IS_ASKED = '--use-fake-ui-for-media-stream';

export interface ChromiumOptions {
  /** A WAV file that the fake microphone plays. Default: Chromium's beeps. */
  readonly microphone?: string;
  /** Whether a page may hear is what its context's permissions say. Default: every page may. */
  readonly asksForMicrophone?: boolean;
  readonly args?: readonly string[];
}

export async function startChromium(options: ChromiumOptions = {}): Promise<Browser> {
  const { microphone, asksForMicrophone = false, args = [] } = options;
  const sound = microphone === undefined ? [] : [`--use-file-for-fake-audio-capture=${microphone}`];
  const browser = await chromium.launch({
    executablePath: executable(),
    args: [...FLAGS, ...(asksForMicrophone ? [] : [NOBODY_IS_ASKED]), ...sound, ...args],
  });
  return browser.on('context', (context) => context.setDefaultTimeout(HANGS_AFTER_MS));
}

export interface OrdinaryChromium {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/**
 * One in which a tab that is covered is hidden, and has late timers: those that a driver launches are told to spare their tabs
 * that, and take every page for the one in front.
 */
export async function startOrdinaryChromium(): Promise<OrdinaryChromium> {
  const profile = await mkdtemp(join(tmpdir(), 'tenuto-ordinary-'));
  const own = [`--user-data-dir=${profile}`, '--remote-debugging-port=0', '--headless=new'];
  const args = [...FLAGS, ...own, '--no-first-run', '--mute-audio', 'about:blank'];
  const child = spawn(executable(), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const listening = /DevTools listening on (ws:\S+)/.exec(said);
      if (listening?.[1] !== undefined) resolve(listening[1]);
    });
    child.once('exit', () => reject(new Error(`Chromium did not start: ${said}`)));
  });
  const browser = await chromium.connectOverCDP(address, { noDefaults: true });
  const [context] = browser.contexts();
  if (context === undefined) throw new Error('Chromium has no window.');
  context.setDefaultTimeout(HANGS_AFTER_MS);

  return {
    context,
    async close() {
      const exited = once(child, 'exit');
      await browser.close();
      child.kill('SIGKILL');
      await exited;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function executable(): string {
  const found = findChromium();
  if (found === null) throw new Error('There is no Chromium: node scripts/chromium.mjs');
  return found;
}
