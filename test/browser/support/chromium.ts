/** Debian's Chromium, driven by playwright-core. Whoever starts it closes it. */
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

import { findChromium } from '../../../scripts/chromium.mjs';

/** Nothing in the browser speaks to anybody but the page's own server; a microphone is there, and nobody is asked for it. */
const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
];

/** @param microphone a WAV file that the fake microphone plays; default: Chromium's beeps. */
export async function startChromium(
  options: { readonly microphone?: string; readonly args?: readonly string[] } = {},
): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('There is no Chromium: node scripts/chromium.mjs');
  const { microphone, args = [] } = options;
  const sound = microphone === undefined ? [] : [`--use-file-for-fake-audio-capture=${microphone}`];
  return chromium.launch({ executablePath, args: [...FLAGS, ...sound, ...args] });
}
