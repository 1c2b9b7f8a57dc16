/** What is acknowledged and sent is in the log before: with a store that answers when it is told to. */
import { afterEach, describe, expect, it } from 'vitest';

import { audioFrame, GatewayWorld, settled } from './gateway-world.ts';
import { HeldStore } from './held-store.ts';
import { decodeRecord } from '../../src/gateway/records.ts';

let world: GatewayWorld;

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

async function begun() {
  const store = new HeldStore();
  world = new GatewayWorld(store);
  return { store, ...(await world.begun()) };
}

function pingOf(epoch: number, lastSent: number, committed = 0) {
  const facts = { received: committed, committed, maxSeq: 0, sentAtMs: 0 };
  return { type: 'ping', nonce: 1, epoch, lastSent, ...facts } as const;
}

describe('what a client sent', () => {
  it('P1.6, P13.1: is acknowledged when it is in the log; that it was received is said before', async () => {
    const { store, client, welcome } = await begun();
    store.isHeld = true;

    client.audio(welcome.epoch);
    await settled();
    client.send(pingOf(welcome.epoch, 1));
    await world.clock.advanceAsync(300);
    const before = [client.of('ack'), client.of('pong').at(-1)];
    store.release();
    await settled();
    await world.clock.advanceAsync(250);

    expect(before[0]).toEqual([]);
    expect(before[1]).toMatchObject({ received: 1, committed: 0 });
    expect(client.of('ack').at(-1)).toMatchObject({ committed: 1 });
  });

  it('P6.1: is acknowledged together with how long the newest of it waited', async () => {
    const { store, client, welcome } = await begun();
    store.isHeld = true;

    client.audio(welcome.epoch);
    await world.clock.advanceAsync(120);
    store.release();
    await settled();
    await world.clock.advanceAsync(250);
    client.audio(welcome.epoch);
    await settled();
    await world.clock.advanceAsync(250);

    const told = new Map(client.of('ack').map((ack) => [ack.committed, ack.ackDelayMs]));
    expect(Array.from(told)).toEqual([
      [1, 120],
      [2, 0],
    ]);
  });

  it('P7.3: is acknowledged, and may go on, by a PONG as by an ACK', async () => {
    const { client, welcome } = await begun();

    client.audio(welcome.epoch);
    await settled();
    client.send(pingOf(welcome.epoch, 1));

    const pong = client.of('pong').at(-1);
    expect(pong).toMatchObject({ committed: 1, received: 1 });
    expect(pong?.maxSeq).toBeGreaterThanOrEqual(welcome.maxSeq);
  });
});

describe('what a gateway says', () => {
  it('P14.5: is committed before it is sent', async () => {
    const { store, client } = await begun();
    store.isHeld = true;

    world.app.session?.result({ type: 'final', from: 0, to: 1_600, text: 'one' });
    await settled();
    const before = client.of('data').length;
    store.release();
    await settled();

    expect(before).toBe(0);
    expect(client.of('data')).toMatchObject([{ seq: 1 }]);
  });

  it('P14.5: is not sent with what was said while its record was on its way', async () => {
    const { store, client } = await begun();
    store.isHeld = true;

    for (const seq of [1, 2]) {
      world.app.session?.result({ type: 'final', from: seq - 1, to: seq, text: `${seq}` });
      await settled();
    }
    store.release();
    store.isHeld = true; // only the first was
    await settled();
    const first = client.of('data').map(({ seq }) => seq);
    store.release();
    await settled();

    expect(first).toEqual([1]);
    expect(client.of('data').map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('P7.3: is acknowledged by a PING as by an ACK', async () => {
    const { client, welcome } = await begun();
    world.app.session?.send({ type: 'word' });
    await settled();

    client.send(pingOf(welcome.epoch, 0, 1));

    expect(Array.from(world.gateway.sessions)[0]?.standing.downAcked).toBe(1);
  });
});

describe('the log of a session', () => {
  it('P20.1: is appended to by one record at a time, with all that came meanwhile in the next', async () => {
    const { store, client, welcome } = await begun();
    const before = store.appends.length;
    store.isHeld = true;

    for (let seq = 1; seq <= 20; seq += 1) {
      client.send(audioFrame(welcome.epoch, seq));
      await settled();
    }
    store.release();
    await settled();
    await world.clock.advanceAsync(250);

    expect(store.mostInFlight).toBe(1);
    expect(store.appends.length - before).toBe(2);
    expect(client.of('ack').at(-1)?.committed).toBe(20);
  });

  it('P20.2: says in each record where the session stands after it', async () => {
    const { store, client, welcome } = await begun();

    for (let seq = 1; seq <= 3; seq += 1) client.audio(welcome.epoch);
    world.app.session?.result({ type: 'final', from: 0, to: 3_200, text: 'two' });
    await settled();

    const tail = await store.tail(welcome.sid);
    expect(decodeRecord(tail?.bytes ?? new Uint8Array(0))).toMatchObject({
      epoch: 1,
      up: 3,
      down: 1,
      fin: 3_200,
      done: 2,
    });
  });

  it('P20.4: is asked again for what it did not answer, under the same id, and has it once', async () => {
    const { store, client, welcome } = await begun();
    const before = store.appends.length;
    store.forgets = 2;

    client.audio(welcome.epoch);
    await settled();
    for (let passed = 0; passed < 10; passed += 1) await world.clock.advanceAsync(50);

    const asked = store.appends.slice(before);
    const other = new GatewayWorld(store, world.clock);
    const { sid, resume, epoch } = welcome;
    await other.client().hello({ mode: 'resume', sid, resume, epoch, att: 2 });
    const theirs = store.appends.at(-1);
    await other.gateway.close();
    expect(asked).toHaveLength(3);
    expect(new Set(asked).size).toBe(1);
    expect(client.of('ack').at(-1)).toMatchObject({ committed: 1 });
    expect(theirs?.split(':')[0]).not.toBe(asked[0]?.split(':')[0]); // it names the writer
    expect(other.app.audio.map(({ seq }) => seq)).toEqual([1]);
  });
});
