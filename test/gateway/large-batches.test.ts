/** What waits for a slow store is written in records that any store takes, each of which can be taken over from. */
import { afterEach, describe, expect, it } from 'vitest';

import { audioFrame, GatewayWorld, NotingApp, settled } from './gateway-world.ts';
import type { AppHandlers } from '../../src/gateway/app.ts';
import { createEchoApp } from '../../src/gateway/apps/echo.ts';
import { decodeRecord } from '../../src/gateway/records.ts';
import type { SessionRecord } from '../../src/gateway/records.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../src/ports/log-store.ts';
import { decodeFrame } from '../../src/protocol/frames.ts';
import type { DataFrame } from '../../src/protocol/types.ts';

const MAX_RECORD_BYTES = 262_144;
const MESSAGES = 15;
const MESSAGE_BYTES = 60_000;

let world: GatewayWorld;

let letAllHappen: () => void = () => undefined;

afterEach(async () => {
  letAllHappen();
  await world.gateway.close();
});

/** Each append waits for the step that lets it happen. */
function steppedStore() {
  const store = createMemoryStore();
  const records: { readonly bytes: number; readonly record: SessionRecord }[] = [];
  const waiting: (() => void)[] = [];
  let isStepped = false;
  const stepped: LogStore = {
    durability: 'memory',
    append: async (sid, bytes, options) => {
      if (isStepped) await new Promise<void>((resolve) => waiting.push(resolve));
      const record = decodeRecord(bytes.slice());
      if (record !== null) records.push({ bytes: bytes.length, record });
      return store.append(sid, bytes, options);
    },
    tail: (sid) => store.tail(sid),
    read: (sid, after) => store.read(sid, after),
    purge: () => Promise.resolve(),
    drop: (sid) => store.drop(sid),
    close: () => store.close(),
  };
  letAllHappen = () => {
    isStepped = false;
    for (const goOn of waiting.splice(0)) goOn();
  };
  return {
    stepped,
    records,
    begin: () => (isStepped = true),
    step: async () => {
      waiting.shift()?.();
      await settled();
      return waiting.length > 0;
    },
  };
}

function message(epoch: number, seq: number): DataFrame {
  const payload = new Uint8Array(MESSAGE_BYTES).fill(seq);
  return { ...audioFrame(epoch, seq), channel: 0, position: 0, codec: 'binary', payload };
}

async function openEcho(store: LogStore) {
  world = new GatewayWorld(store, undefined, {
    apps: new Map([['echo', createEchoApp()]]),
    limits: { framesPerS: Infinity, bytesPerS: Infinity },
  });
  const { client, epoch } = await world.begun({ app: 'echo' });
  return { client, epoch };
}

/** The seqs of the frames that go one way, in the order of the log. */
function seqsIn(records: readonly { readonly record: SessionRecord }[], isDown: boolean): number[] {
  return records.flatMap(({ record }) =>
    record.frames
      .filter((logged) => logged.isDown === isDown)
      .map(({ bytes }) => decodeFrame(bytes.slice()) as DataFrame)
      .map(({ seq }) => seq),
  );
}

/** Where the finals end. */
function finalsIn(records: readonly { readonly record: SessionRecord }[]): number[] {
  return records
    .flatMap(({ record }) => record.frames)
    .map(({ bytes }) => decodeFrame(bytes.slice()) as DataFrame)
    .map(({ payload }) => (JSON.parse(new TextDecoder().decode(payload)) as { to: number }).to);
}

const ALL = Array.from({ length: MESSAGES }, (_, at) => at + 1);

describe('a batch that is larger than a record may be', () => {
  it('P20.6 is split over several, in order, and acknowledged as far as they are in', async () => {
    const { stepped, records, begin, step } = steppedStore();
    const { client, epoch } = await openEcho(stepped);
    begin();

    for (const seq of ALL) {
      client.send(message(epoch, seq));
      if (seq === 1) await settled(); // its record is on its way, and everything else waits
    }
    const committed: number[] = [];
    for (let isMore = true; isMore;) {
      isMore = await step();
      await world.clock.advanceAsync(200);
      const taken = { committed: client.of('data').length, maxSeq: 0, ackDelayMs: 0, ranges: [] };
      client.send({ type: 'ack', epoch, ...taken });
      committed.push(client.of('ack').at(-1)?.committed ?? 0);
    }
    await settled();

    expect(Math.max(...records.map(({ bytes }) => bytes))).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    expect(seqsIn(records, false)).toEqual(ALL);
    expect(seqsIn(records, true)).toEqual(ALL);
    expect(new Set(committed).size).toBeGreaterThan(3);
    expect(committed.at(-1)).toBe(MESSAGES);
    expect(client.of('data').map(({ payload }) => payload[0])).toEqual(ALL);
    expect(world.gateway.counters.chunksCommitted).toBe(MESSAGES);
  });

  it('P20.6 leaves no record in which a message was answered and not handled, or acknowledged and not there', async () => {
    const { stepped, records, begin, step } = steppedStore();
    const { client, epoch } = await openEcho(stepped);
    begin();

    for (const seq of ALL) {
      client.send(message(epoch, seq));
      if (seq === 1) await settled();
    }
    for (let isMore = true; isMore;) isMore = await step();

    const told = records.map((_, at) => {
      const so = records.slice(0, at + 1);
      const { up, down, done } = records[at]!.record;
      return {
        up: [up, Math.max(0, ...seqsIn(so, false))],
        down: [down, Math.max(0, ...seqsIn(so, true))],
        done: [done, down],
      };
    });
    const isTrue = ([said, found]: number[]): boolean => said === found;
    expect(told.filter(({ up, down, done }) => ![up, down, done].every(isTrue))).toEqual([]);
  });

  it('P20.5 has in each record the finals through its `fin`, and no others', async () => {
    const { stepped, records, begin, step } = steppedStore();
    world = new GatewayWorld(stepped);
    await world.client().hello();
    begin();

    for (const to of ALL) {
      world.app.session?.result({ type: 'final', from: to - 1, to, text: 'x'.repeat(55_000) });
      if (to === 1) await settled();
    }
    for (let isMore = true; isMore;) isMore = await step();

    const told = records.map(({ record }, at) => [record.fin, Math.max(0, ...finalsIn(records.slice(0, at + 1)))]); // prettier-ignore
    expect(told.filter(([fin, last]) => fin !== last)).toEqual([]);
    expect(Math.max(...records.map(({ bytes }) => bytes))).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    expect(told.at(-1)).toEqual([MESSAGES, MESSAGES]);
  });

  it('P20.6 has all answers to a message in one record with that it is handled', async () => {
    const { stepped, records, begin, step } = steppedStore();
    const app = new NotingApp();
    const open = app.open.bind(app);
    app.open = (session, start): AppHandlers => ({
      ...open(session, start),
      message: (seq, data) => {
        session.message(data);
        session.message(data);
        session.handled(seq);
      },
    });
    world = new GatewayWorld(stepped, undefined, {
      apps: new Map([['speech', app]]),
      limits: { framesPerS: Infinity, bytesPerS: Infinity },
    });
    const { client, epoch } = await world.begun();
    begin();

    // So many that a record would be full between the two answers to one.
    for (let seq = 1; seq <= 16; seq += 1) {
      const payload = new Uint8Array(23_000).fill(seq);
      client.send({ ...message(epoch, seq), payload });
      if (seq === 1) await settled();
    }
    for (let isMore = true; isMore;) isMore = await step();

    const told = records.map(({ record }, at) => [2 * record.done, seqsIn(records.slice(0, at + 1), true).length]); // prettier-ignore
    expect(told.filter(([owed, said]) => owed !== said)).toEqual([]);
    expect(told.at(-1)).toEqual([32, 32]);
  });
});
