/** What the demonstration keeps in this browser: the key of its spools, and none of them for longer than it is needed. */
import { openDB } from 'idb';

import { forgetSpools } from '../../src/browser.ts';

const PLACE = 'tenuto-demo';
const PREFIX = 'demo-';
/** A page that is reloaded has let go of its spool, and comes back for it well within this. */
const LEFT_AFTER_MS = 600_000;

export function newSpoolName(): string {
  return `${PREFIX}${crypto.randomUUID()}`;
}

/** Made once, and kept where it can be used and not be read. */
export async function spoolKey(): Promise<CryptoKey> {
  const db = await openDB(PLACE, 1, { upgrade: (fresh) => void fresh.createObjectStore('keys') });
  try {
    const known = (await db.get('keys', 'spool')) as CryptoKey | undefined;
    if (known !== undefined) return known;
    const usages: KeyUsage[] = ['encrypt', 'decrypt'];
    const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, usages);
    const adding = db.transaction('keys', 'readwrite');
    const other = (await adding.store.get('spool')) as CryptoKey | undefined; // of a tab that was quicker
    if (other === undefined) await adding.store.put(made, 'spool');
    await adding.done;
    return other ?? made;
  } finally {
    db.close();
  }
}

/** The spool of a run that is over. */
export async function forgetSpool(name: string): Promise<void> {
  await forgetSpools({ prefix: name, maxAgeMs: 0 });
}

/** What tabs left behind that were closed in mid-speech: no page has it, and nobody comes back for it. */
export async function sweepSpools(): Promise<void> {
  await forgetSpools({ prefix: PREFIX, maxAgeMs: LEFT_AFTER_MS });
}
