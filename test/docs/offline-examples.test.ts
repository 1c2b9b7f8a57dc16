/** Every example in docs/offline.md compiles where a user is strict, and does what is told of it, with a real gateway. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Examples } from './examples.ts';
import { NotingApp } from '../gateway/gateway-world.ts';
import { startGateway } from '../../src/gateway/server.ts';
import type { GatewayServer } from '../../src/gateway/server.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { Session } from '../../src/session/session.ts';
import type { Spool } from '../../src/ports/spool.ts';

const DOCUMENT = 'docs/offline.md';
const examples = new Examples(DOCUMENT);

interface Documented {
  openRecorder(url: string, directory: string, print: (line: string) => void): Promise<Session>;
  openPocketSpool(store: object): Promise<Spool>;
  openSealed(url: string, directory: string): Promise<{ session: Session; key: unknown }>;
}

let directory = '';
let server: GatewayServer;
const app = new NotingApp();

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tenuto-offline-'));
  server = await startGateway({ store: createMemoryStore(), apps: new Map([['speech', app]]) });
});
afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});
afterAll(() => examples.remove());

async function documented(file: string): Promise<Documented> {
  return (await examples.load(file)) as Documented;
}

describe('the recorder', () => {
  it('goes on with what the one before it did not deliver', async () => {
    const { openRecorder } = await documented('recorder.ts');
    const lines: string[] = [];
    const first = await openRecorder('ws://127.0.0.1:9', directory, () => undefined);
    first.write(new Uint8Array(3_200).fill(5));
    expect(await first.close({ drainTimeoutMs: 0 })).toMatchObject({ spool: 'kept' });

    const second = await openRecorder(server.url, directory, (line) => lines.push(line));
    await vi.waitFor(() => expect(app.audio.map(({ first: byte }) => byte)).toEqual([5]));

    expect(lines).toEqual(['100 ms of last time go on']);
    expect(await second.close()).toMatchObject({ spool: 'emptied', finished: true });
  });
});

describe('the pocket spool', () => {
  it('is a spool in a store of texts', async () => {
    const { openPocketSpool } = await documented('pocket.ts');
    const texts = new Map<string, string>();
    const spool = await openPocketSpool({
      getItem: (key: string) => texts.get(key),
      setItem: (key: string, value: string) => texts.set(key, value),
      removeItem: (key: string) => texts.delete(key),
    });

    expect(spool.remains).toBeNull();
    await spool.close();
  });
});

describe('the sealed recorder', () => {
  it('leaves what only its key opens', async () => {
    const { openSealed } = await documented('sealed.ts');
    const { session } = await openSealed('ws://127.0.0.1:9', directory);
    session.write(new Uint8Array(3_200).fill(5));
    await session.close({ drainTimeoutMs: 0 });

    await expect(openSealed('ws://127.0.0.1:9', directory)).rejects.toMatchObject({
      code: 'SPOOL_KEY_WRONG',
    });
  });
});

describe(DOCUMENT, () => {
  it('has examples that compile where a user is strict', { timeout: 60_000 }, () => {
    expect(examples.files).toEqual(['recorder.ts', 'pocket.ts', 'messages.ts', 'sealed.ts']);
    expect(examples.complaints()).toEqual([]);
  });
});
