/** Audio waits for its append as long as nobody but its acknowledgement waits for it. PROTOCOL.md, P20.8 */
import { afterEach, describe, expect, it } from 'vitest';

import { audioFrame, GatewayWorld, settled } from './gateway-world.ts';
import { HeldStore } from './held-store.ts';
import { StoreOver } from './store-over.ts';
import { decodeRecord } from '../../src/gateway/records.ts';
import type { AppendOutcome, LogStore } from '../../src/ports/log-store.ts';
import type { DataFrame } from '../../src/protocol/types.ts';
import { VirtualClock } from '../../src/testing.ts';

let world: GatewayWorld;

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

function begun(store?: LogStore, clock?: VirtualClock) {
  world = new GatewayWorld(store, clock);
  return world.begun();
}

class SlowStore extends StoreOver {
  readonly clock = new VirtualClock();
  takesMs = 0;

  override async append(...given: Parameters<LogStore['append']>): Promise<AppendOutcome> {
    const { clock, takesMs } = this;
    if (takesMs > 0) await new Promise<void>((resolve) => clock.setTimeout(resolve, takesMs));
    return super.append(...given);
  }
}

/** How many frames of the client's each record has that has any. */
async function framesOfRecords(sid: string): Promise<readonly number[]> {
  const counts: number[] = [];
  for await (const { bytes } of world.store.read(sid, 0)) {
    const up = decodeRecord(bytes)?.frames.filter(({ isDown }) => !isDown).length ?? 0;
    if (up > 0) counts.push(up);
  }
  return counts;
}

describe('audio that came in', () => {
  it('P20.8: is in the log when its acknowledgement is due, in one record', async () => {
    const { client, welcome } = await begun();
    client.audio(welcome.epoch);
    await settled();
    for (let n = 0; n < 8; n += 1) {
      client.audio(welcome.epoch);
      await world.clock.advanceAsync(20);
    }
    const before = await framesOfRecords(welcome.sid);

    await world.clock.advanceAsync(20);

    expect(before).toEqual([1]);
    expect(await framesOfRecords(welcome.sid)).toEqual([1, 8]);
    expect(client.of('ack').map(({ committed }) => committed)).toEqual([1, 9]);
  });

  it('P13.2: is on its way to the log before that by as long as the log takes, so that acknowledgements keep their pace', async () => {
    const store = new SlowStore();
    const { client, welcome } = await begun(store, store.clock);
    store.takesMs = 40;
    const toldAtMs: number[] = [];
    for (let passedMs = 0; passedMs < 2_000; passedMs += 10) {
      const frame = audioFrame(welcome.epoch, 1 + passedMs / 10);
      client.send({ ...frame, payload: new Uint8Array(2) });
      await store.clock.advanceAsync(10);
      if (client.of('ack').length > toldAtMs.length) toldAtMs.push(store.clock.nowMs());
    }
    store.takesMs = 0;
    await store.clock.advanceAsync(1_000);
    const [, ...pauses] = toldAtMs.map((atMs, at) => atMs - (toldAtMs[at - 1] ?? 0));

    expect(Math.max(...pauses)).toBeLessThanOrEqual(170);
    expect(pauses.length).toBeGreaterThan(9);
    expect(pauses.length).toBeLessThan(13);
  });

  it('waits for its own acknowledgement where it came while a record was written', async () => {
    const store = new HeldStore();
    const { client, welcome } = await begun(store);
    client.audio(welcome.epoch);
    await settled();
    client.audio(welcome.epoch);
    store.isHeld = true;
    await world.clock.advanceAsync(170);
    client.audio(welcome.epoch);
    await settled();
    store.release();
    await settled();
    const before = await framesOfRecords(welcome.sid);

    await world.clock.advanceAsync(170);

    expect(before).toEqual([1, 1]);
    expect(await framesOfRecords(welcome.sid)).toEqual([1, 1, 1]);
    expect(client.of('ack').map(({ committed }) => committed)).toEqual([1, 2, 3]);
  });

  it('does not wait where a message follows, or the client goes', async () => {
    const { client, welcome } = await begun();
    client.audio(welcome.epoch);
    await settled();
    client.audio(welcome.epoch);
    client.send(eventFrame(welcome.epoch, 3));
    await settled();
    client.audio(welcome.epoch, 4);
    client.lose();
    await settled();

    expect(await framesOfRecords(welcome.sid)).toEqual([1, 2, 1]);
  });

  it('does not wait where it is much', async () => {
    const { client, welcome } = await begun();
    client.audio(welcome.epoch);
    await settled();
    for (let n = 0; n < 12; n += 1) client.audio(welcome.epoch); // of 3,224 bytes each
    await settled();

    expect(await framesOfRecords(welcome.sid)).toEqual([1, 12]);
  });

  it('does not wait where half of what the client may send waits', async () => {
    const { client, welcome } = await begun();
    const half = welcome.maxSeq / 2 + 1;
    const tiny = new Uint8Array(2);
    for (let seq = 1; seq <= half; seq += 1) {
      client.send({ ...audioFrame(welcome.epoch, seq), payload: tiny });
      if (seq === 1) await settled();
    }
    await settled();

    const committed = (await framesOfRecords(welcome.sid)).reduce((sum, frames) => sum + frames, 0);
    expect(half * (24 + tiny.length)).toBeLessThan(32_768); // it was not too many bytes
    expect(committed).toBeGreaterThan(half / 2);
  });
});

function eventFrame(epoch: number, seq: number): DataFrame {
  const payload = new TextEncoder().encode('{"type":"note"}');
  return { ...audioFrame(epoch, seq), channel: 0, codec: 'json', payload };
}
