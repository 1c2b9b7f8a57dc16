/** How a client and a gateway meet: what comes first, what is answered, and who is let in. */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld, helloFacts, resumption } from './gateway-world.ts';
import type { RawClient } from './gateway-world.ts';
import { HeldStore } from './held-store.ts';
import { createSpeechApp } from '../../src/gateway/pipeline/speech-app.ts';
import { encodeFrame } from '../../src/protocol/frames.ts';
import type { HelloFrame, WelcomeFrame } from '../../src/protocol/types.ts';

let world: GatewayWorld;

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

async function welcomed(facts: Partial<HelloFrame> = {}): Promise<[RawClient, WelcomeFrame]> {
  const client = world.client();
  const welcome = await client.hello(facts);
  if (welcome.type !== 'welcome') throw new Error(welcome.reason);
  return [client, welcome];
}

const PING = {
  type: 'ping',
  nonce: 7,
  epoch: 1,
  lastSent: 0,
  received: 0,
  committed: 0,
  maxSeq: 0,
  sentAtMs: 1,
} as const;

describe('a socket', () => {
  it('P2.1: is closed for a text message, before its welcome and after', async () => {
    world = new GatewayWorld();
    const fresh = world.client();
    const [known] = await welcomed();

    fresh.send('{}');
    known.send('{}');

    expect([fresh.closed?.code, known.closed?.code]).toEqual([4400, 4400]);
  });

  it('P2.4: says HELLO before anything else, and once', async () => {
    world = new GatewayWorld(undefined, undefined, { verify: () => new Promise(() => undefined) });
    const hasty = world.client();
    const twice = world.client();
    const hello = { type: 'hello', ...helloFacts() } as const;

    hasty.send(PING);
    twice.send(hello);
    twice.send(hello);

    expect([hasty.closed?.code, twice.closed?.code]).toEqual([4400, 4400]);
    expect(hasty.frames).toEqual([]);
    await world.clock.advanceAsync(5_000);
  });

  it('P2.4: that is refused is closed with the code that it was told', async () => {
    world = new GatewayWorld(undefined, undefined, { limits: { sessionsPerPrincipal: 1 } });
    await welcomed();
    const client = world.client();

    const answer = await client.hello();

    expect(answer).toMatchObject({ type: 'refused', code: 4422, reason: 'session-limit' });
    expect(client.closed).toEqual({ code: 4422, reason: 'session-limit' });
  });

  it('P21.2: passes over frames with bit 7 set, and words in caps that it does not know', async () => {
    world = new GatewayWorld();
    const [client, welcome] = await welcomed({ caps: ['sack', 'x-new.1'] });

    client.send(Uint8Array.of(0x80, 1, 2, 3));
    client.send({ ...PING, epoch: welcome.epoch });

    expect(client.closed).toBeNull();
    expect(client.of('pong')).toMatchObject([{ nonce: 7, echoMs: 1 }]);
  });

  it('P6.3: is sent no ranges by a gateway that did not say sack', async () => {
    world = new GatewayWorld();
    const [client, welcome] = await welcomed({ caps: ['sack'] });

    client.audio(welcome.epoch);
    await world.clock.advanceAsync(250);

    expect(welcome.caps).toEqual([]);
    expect(client.of('ack').flatMap(({ ranges }) => ranges)).toEqual([]);
    expect(client.of('ack').at(-1)).toMatchObject({ committed: 1 });
  });
});

describe('a welcome', () => {
  it('P9.6: has ids and a token of chance, each in its alphabet', async () => {
    world = new GatewayWorld();
    const told = [(await welcomed())[1], (await welcomed())[1]];

    for (const { sid, lin, resume } of told) {
      expect(sid).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
      expect(lin).toMatch(/^[A-Za-z0-9_-]{22,64}$/); // 128 bits, in base32 or denser
      expect(resume).toMatch(/^[A-Za-z0-9_-]{43,128}$/); // 256 bits, in base64
    }
    expect(new Set(told.flatMap(({ sid, lin, resume }) => [sid, lin, resume])).size).toBe(6);
  });

  it('P11.1: tells how long the gateway bears silence', async () => {
    world = new GatewayWorld();
    const [client, { ping }] = await welcomed();

    await world.clock.advanceAsync(ping.deadMs - 1);
    const before = client.closed;
    await world.clock.advanceAsync(ping.idleMs);

    expect(ping).toEqual({ idleMs: 5_000, deadMs: 20_000 });
    expect(before).toBeNull();
    expect(client.closed?.code).toBe(4408);
  });

  it('P12.2: comes once its fence is in the log, and not before', async () => {
    const store = new HeldStore();
    world = new GatewayWorld(store);
    store.isHeld = true;
    const client = world.client();

    const answer = client.hello().catch(() => null);
    await world.clock.advanceAsync(1_000);
    const before = [...client.frames];
    store.release();
    await answer;
    await world.clock.advanceAsync(0);

    expect(before).toEqual([]);
    expect(client.frames.map(({ type }) => type)).toEqual(['welcome']);
  });

  it('P12.2: has the epoch after the greatest that either knows, up to 1,000 more than the log', async () => {
    world = new GatewayWorld();
    const [, first] = await welcomed();

    const [, ahead] = await welcomed({ ...resumption(first), epoch: first.epoch + 1_000 });
    const liar = await world
      .client()
      .hello({ ...resumption(ahead, 3), epoch: ahead.epoch + 1_001 });
    const [, behind] = await welcomed({ ...resumption(ahead, 4), epoch: 0 });

    expect([first.epoch, ahead.epoch, behind.epoch]).toEqual([1, 1_002, 1_003]);
    expect(liar).toMatchObject({ type: 'refused', code: 4400 });
  });

  it('P19.2: is no other for a client whose clock is wrong, and nothing else is', async () => {
    world = new GatewayWorld();
    const told: unknown[] = [];

    for (const wall of [0, 253_402_300_799_000]) {
      const [client, { epoch, up, maxSeq }] = await welcomed({ clock: { wall, mono: 0 } });
      client.audio(epoch, 1);
      await world.clock.advanceAsync(0);
      told.push([epoch, up, maxSeq, client.of('ack').at(-1)?.committed]);
    }

    expect(told[1]).toEqual(told[0]);
    expect(world.app.audio.map(({ capturedAtMs }) => capturedAtMs)).toEqual([0, 0]);
  });
});

describe('an attachment', () => {
  // P1.5
  it('P12.4: ends the one before it: as its own, or as somebody else’s for good', async () => {
    world = new GatewayWorld();
    const [first, begun] = await welcomed();
    const [second, again] = await welcomed(resumption(begun));

    const [third, elsewhere] = await welcomed({ ...resumption(again, 1), inst: 'b'.repeat(32) });
    first.audio(begun.epoch, 1);
    second.audio(again.epoch, 1);
    await world.clock.advanceAsync(0);

    expect(first.closed).toEqual({ code: 4409, reason: 'fenced' });
    expect(second.closed).toEqual({ code: 4410, reason: 'superseded' });
    expect(third.closed).toBeNull();
    expect([begun.epoch, again.epoch, elsewhere.epoch]).toEqual([1, 2, 3]);
    expect(world.app.audio).toEqual([]); // of those that were ended
  });

  it('P23.8: is refused by the speech app where its audio is none that it hears', async () => {
    const speech = createSpeechApp({ candidates: () => [] });
    world = new GatewayWorld(undefined, undefined, { apps: new Map([['speech', speech]]) });
    const audio = { encoding: 'opus', sampleRateHz: 48_000 } as const;

    expect(await world.client().hello({ audio })).toMatchObject({ type: 'refused', code: 4400 });
  });

  it('is refused with 4400 where it asks for an application that there is not', async () => {
    world = new GatewayWorld();

    expect(await world.client().hello({ app: 'nothing' })).toMatchObject({ code: 4400 });
  });
});

describe('a hello that is no longer than a frame may be', () => {
  it('P2.5: is all that is kept of a socket before its welcome', () => {
    world = new GatewayWorld();
    const client = world.client();
    const hello = encodeFrame({ type: 'hello', ...helloFacts() });

    client.send(new Uint8Array(8_201));
    client.send(hello);

    expect(client.closed).toEqual({ code: 4413, reason: 'too-large' });
    expect(client.frames).toEqual([]);
  });
});
