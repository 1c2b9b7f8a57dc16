/** A log that cannot be read is no empty one: it stays as it is, the operator hears of it, and the client may come again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { GatewayWorld, helloFacts } from './gateway-world.ts';
import type { AuditEvent } from '../../src/gateway/audit.ts';
import { crc32c } from '../../src/protocol/crc32c.ts';
import { openFileStore } from '../../src/gateway/stores/file-store.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../src/ports/log-store.ts';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const STORES: Readonly<Record<string, () => Promise<LogStore>>> = {
  memory: () => Promise.resolve(createMemoryStore()),
  file: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tenuto-'));
    closers.push(() => rm(directory, { recursive: true }));
    return openFileStore({ directory });
  },
};

/** Whole, and of another version. */
function ofVersion1(record: Uint8Array): Uint8Array {
  const other = Uint8Array.from(record);
  const view = new DataView(other.buffer);
  view.setUint8(2, 1);
  const checkedBytes = 48 + view.getUint32(36, true);
  view.setUint32(other.length - 4, crc32c(other, 0, 0, checkedBytes), true);
  return other;
}

const TAILS: Readonly<Record<string, (record: Uint8Array) => Uint8Array>> = {
  'version 1, not 2': ofVersion1,
  damaged: (record) => record.slice(0, -7),
};

/** A session whose gateway is gone, with another record behind its tail. */
async function left(store: LogStore, tailOf: (record: Uint8Array) => Uint8Array) {
  const world = new GatewayWorld(store);
  const client = world.client();
  client.send({ type: 'hello', ...helloFacts() });
  const welcome = await vi.waitFor(() => first(client.of('welcome')));
  client.audio(welcome.epoch);
  await vi.waitFor(() => expect(Array.from(world.gateway.sessions)[0]?.committed).toBe(1));
  await world.gateway.close();
  const { sid } = welcome;
  const tail = await store.tail(sid);
  const foreign = tailOf(tail?.bytes ?? new Uint8Array());
  await store.append(sid, foreign, { after: tail?.position ?? 0, id: 'another' });
  return welcome;
}

function first<T>([one]: readonly T[]): T {
  if (one === undefined) throw new Error('there is none yet');
  return one;
}

async function inLog(store: LogStore, sid: string): Promise<readonly Uint8Array[]> {
  const records: Uint8Array[] = [];
  for await (const { bytes } of store.read(sid, 0)) records.push(bytes);
  return records;
}

describe.each(Object.entries(STORES))('a log in a %s store', (_store, open) => {
  it.each(Object.entries(TAILS))(
    'P20.7: whose tail is %s is told to the operator, and left as it is',
    async (why, tailOf) => {
      const store = await open();
      closers.push(() => store.close());
      const { sid, resume, epoch } = await left(store, tailOf);
      const audit: AuditEvent[] = [];
      const errors: unknown[] = [];
      const ignore = () => undefined;
      const logger = { debug: ignore, info: ignore, warn: ignore };
      const world = new GatewayWorld(store, undefined, {
        onAudit: (event) => audit.push(event),
        logger: { ...logger, error: (_message, fields) => errors.push(fields?.['reason']) },
      });
      closers.push(() => world.gateway.close());
      const before = await inLog(store, sid);

      const client = world.client();
      const back = { mode: 'resume', sid, resume, epoch, att: 2 } as const;
      client.send({ type: 'hello', ...helloFacts(), ...back });
      await vi.waitFor(() => expect(client.closed).not.toBeNull());
      const ended = await world.gateway.logout({ sessionId: sid }).catch((error: unknown) => error);

      expect(client.closed).toEqual({ code: 4440, reason: 'store-unavailable' });
      expect(await inLog(store, sid)).toEqual(before);
      expect(before.length).toBeGreaterThan(1);
      expect(ended).toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(audit.map(({ type }) => type)).toContain('log.unreadable');
      expect(errors[0]).toContain(why);
      expect(world.gateway.readiness).toBe('ready'); // one broken log says nothing of the others
    },
  );
});
