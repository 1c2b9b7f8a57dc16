/** What clients may have in a gateway's memory while its store is slow. */
import { afterEach, describe, expect, it } from 'vitest';

import { audioFrame, GatewayWorld, settled } from './gateway-world.ts';
import type { RawClient } from './gateway-world.ts';
import type { AdmissionLimits } from '../../src/gateway/admission/limits.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../src/ports/log-store.ts';
import type { WelcomeFrame } from '../../src/protocol/types.ts';

let world: GatewayWorld;
let goOn: () => Promise<void> = () => Promise.resolve();

afterEach(async () => {
  await goOn();
  await world.gateway.close();
});

/** @returns stalls the store. */
function open(limits: Partial<AdmissionLimits>): () => void {
  const store = createMemoryStore();
  let stalled: Promise<void> | null = null;
  const slow: LogStore = Object.assign(Object.create(store) as LogStore, {
    tail: (sid: string) => store.tail(sid),
    append: async (...given: Parameters<LogStore['append']>) => {
      await stalled;
      return store.append(...given);
    },
    purge: () => Promise.resolve(),
    drop: (sid: string) => store.drop(sid),
    close: () => store.close(),
  });
  const rates = { framesPerS: Infinity, bytesPerS: Infinity };
  world = new GatewayWorld(slow, undefined, { limits: { ...rates, ...limits } });
  return () => {
    stalled = new Promise((resolve) => {
      goOn = () => {
        stalled = null;
        resolve();
        return settled();
      };
    });
  };
}

/** So many frames of 60,000 bytes, on credit that was granted for small ones. */
function send(client: RawClient, epoch: number, frames: number, from = 1): void {
  for (let seq = from; seq < from + frames; seq += 1) {
    const payload = new Uint8Array(60_000 - 24);
    client.send({ ...audioFrame(epoch, seq), position: (seq - 1) * 30_000, payload });
  }
}

describe('a client that sends large frames on the credit of small ones', () => {
  it('P13.4 is closed with 4423 where more than 1 MiB would wait for the log', async () => {
    const stall = open({});
    const client = world.client();
    const { epoch, maxSeq } = (await client.hello()) as WelcomeFrame;
    stall();

    send(client, epoch, 17);
    const within = client.closed;
    send(client, epoch, 1, 18);

    expect(maxSeq).toBeGreaterThan(18);
    expect(within).toBeNull();
    expect(client.closed).toEqual({ code: 4423, reason: 'over-credit' });
  });

  it('P13.4 goes on as the log takes it', async () => {
    const stall = open({});
    const { client, epoch } = await world.begun();
    stall();

    send(client, epoch, 17);
    await goOn();
    send(client, epoch, 17, 18);
    await settled();

    expect(client.closed).toBeNull();
    expect(Array.from(world.gateway.sessions)[0]?.committed).toBe(34);
  });
});

describe('a gateway whose memory is full', () => {
  it('P18.2 grants nobody more and lets no new session in, until there is room', async () => {
    open({ memoryBytes: 40_000 });
    const [other, client] = [world.client(), world.client()];
    await other.hello({ auth: 'bob' });
    await client.hello();
    const [session] = Array.from(world.gateway.sessions);
    world.app.session?.send({ type: 'word', text: 'x'.repeat(50_000) });
    await settled();

    other.send({ ...audioFrame(1, 1), payload: new Uint8Array(2) });
    await settled();
    const full = { committed: session?.committed, maxSeq: session?.maxSeq };
    const refused = await world.client().hello({ auth: 'eve' });
    client.send({ type: 'ack', epoch: 1, committed: 1, maxSeq: 0, ackDelayMs: 0, ranges: [] });
    const welcomed = await world.client().hello({ auth: 'eve' });

    expect(full).toEqual({ committed: 1, maxSeq: 1_024 });
    expect(refused).toMatchObject({ type: 'refused', code: 4420 });
    expect(session?.maxSeq).toBe(1_025);
    expect(welcomed).toMatchObject({ type: 'welcome' });
  });

  it('has it back of sessions that are gone', async () => {
    open({ memoryBytes: 40_000 });
    await world.client().hello({ auth: 'bob' });
    world.app.session?.send({ type: 'word', text: 'x'.repeat(50_000) });
    await settled();

    const refused = await world.client().hello({ auth: 'eve' });
    await world.gateway.logout({ subject: 'bob' });
    const welcomed = await world.client().hello({ auth: 'eve' });

    expect(refused).toMatchObject({ type: 'refused', code: 4420 });
    expect(welcomed).toMatchObject({ type: 'welcome' });
  });
});
