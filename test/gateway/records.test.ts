/** What a log is made of: whole, or known not to be. */
import { describe, expect, it } from 'vitest';

import { audioFrame, GatewayWorld, settled } from './gateway-world.ts';
import { decodeRecord, encodeRecord } from '../../src/gateway/records.ts';
import { recall } from '../../src/gateway/takeover.ts';
import type { LogStore } from '../../src/ports/log-store.ts';
import { encodeFrame } from '../../src/protocol/frames.ts';
import type { WelcomeFrame } from '../../src/protocol/types.ts';

const STANDING = { epoch: 1, up: 2, down: 0, downAcked: 0, fin: 0, done: 0 };

function record(): Uint8Array {
  const frames = [1, 2].map((seq) => ({ isDown: false, bytes: encodeFrame(audioFrame(1, seq)) }));
  const card = new TextEncoder().encode('{"card":true}');
  const place = { previous: 7, writtenAtMs: 1_000 };
  return encodeRecord({ kind: 'frames', ...STANDING, ...place, card, frames });
}

describe('a record', () => {
  it('is read as it was written, and is none where any byte of header, card or checksum is another', () => {
    const whole = record();
    const [headerAndCard, last] = [48 + 13, whole.length - 4];
    const places = Array.from(whole.keys()).filter((at) => at < headerAndCard || at >= last);

    const readable = places.filter((at) => {
      const damaged = whole.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      return decodeRecord(damaged) !== null;
    });

    expect(decodeRecord(whole)).toMatchObject({ ...STANDING, previous: 7, writtenAtMs: 1_000 });
    expect(readable).toEqual([]);
  });

  it('is none where it is cut short, wherever', () => {
    const whole = record();
    const readable = Array.from(whole.keys()).filter((end) => decodeRecord(whole.subarray(0, end)));

    expect(readable).toEqual([]);
  });

  it('is not taken for less than it was where a frame in it is damaged', async () => {
    const damaged = record();
    damaged[damaged.length - 100] = 0x55;
    const one = { position: 1, bytes: damaged };
    const store = { read: () => [one] } as unknown as LogStore;

    await expect(recall(store, 'sid', { ...STANDING, up: 2 })).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
    });
  });
});

describe('a log whose newest records the store has lost', () => {
  /** Messages 1 and 2 were handled, and let go of; the record that said so is lost. */
  function logOf(epoch: number): LogStore {
    const frames = [3, 4].map((seq) => ({ isDown: false, bytes: encodeFrame(audioFrame(1, seq)) }));
    const place = { previous: 7, writtenAtMs: 1_000, card: new Uint8Array() };
    const rest = encodeRecord({ kind: 'frames', ...STANDING, up: 4, ...place, frames });
    const fence = encodeRecord({ kind: 'fence', ...STANDING, up: 4, epoch, ...place, frames: [] });
    const records = [rest, fence].map((bytes, at) => ({ position: at + 1, bytes }));
    return { read: () => records } as unknown as LogStore;
  }
  const standing = { ...STANDING, up: 4, epoch: 2, fin: 1_000_000 };

  it('is taken up from what is left of it: nothing is let go of that was not handled', async () => {
    const recalled = await recall(logOf(2), 'sid', standing);

    expect(recalled?.done).toBe(2);
    expect(recalled?.up).toMatchObject([{ seq: 3 }, { seq: 4 }]);
  });

  it('is nothing to go on from where its client has not heard what came of what is gone', async () => {
    expect(await recall(logOf(2), 'sid', { ...standing, fin: 0 })).toBeNull();
  });

  it('is nothing to go on from where nothing is left of it, and not all was handled', async () => {
    expect(await recall(logOf(2), 'sid', { ...standing, up: 9, done: 4 })).toBeNull();
  });

  it('is not taken for that where it is read from a replica that is behind', async () => {
    await expect(recall(logOf(1), 'sid', standing)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
    });
  });
});

describe('the memory store', () => {
  it('holds the record that it was handed for good, and not a copy', async () => {
    const handed: Uint8Array[] = [];
    const world = new GatewayWorld();
    const { store } = world;
    const append = store.append.bind(store);
    store.append = (sid, bytes, options) => {
      handed.push(bytes);
      return append(sid, bytes, options);
    };
    const client = world.client();
    const { epoch, sid } = (await client.hello()) as WelcomeFrame;

    client.audio(epoch);
    await settled();
    const tail = await store.tail(sid);

    expect(tail?.bytes).toBe(handed.at(-1));
    await world.gateway.close();
  });
});
