/** A directory that somebody removed: who has its files open could write on for ever, to what nobody will find. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { openFileStore } from '../../../src/gateway/stores/file-store.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';

const MINUTE_MS = 60_000;
let directory = '';

afterEach(() => rm(directory, { recursive: true, force: true }));

async function opened(clock = new VirtualClock()) {
  directory = await mkdtemp(join(tmpdir(), 'tenuto-gone-'));
  const store = await openFileStore({ directory, clock });
  await store.append('a', Uint8Array.of(1), { after: 0, id: 'a:0' });
  return { store, clock };
}

describe('a file store whose directory was removed', () => {
  it('says so when it is closed', async () => {
    const { store } = await opened();

    await rm(directory, { recursive: true });
    const closed = await store.close().catch((error: unknown) => error);

    expect(closed).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(String(closed)).toContain(directory);
  });

  it('takes nothing any more within a minute', async () => {
    const { store, clock } = await opened();

    await rm(directory, { recursive: true });
    clock.advance(MINUTE_MS);
    await vi.waitFor(async () => {
      const outcome = await store.append('c', Uint8Array.of(1), { after: 9, id: 'c' });
      expect(outcome.kind).toBe('unavailable');
    });

    await expect(store.close()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('is none where it is there', async () => {
    const { store, clock } = await opened();

    clock.advance(MINUTE_MS);
    const outcome = await store.append('b', Uint8Array.of(1), { after: 0, id: 'b:0' });

    expect(outcome.kind).toBe('committed');
    await expect(store.close()).resolves.toBeUndefined();
  });
});
