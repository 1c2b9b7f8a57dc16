/** Who comes to a gateway that is about to end: where they are sent, and when they are to come again. */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld, helloFacts, nobodysFacts, settled } from './gateway-world.ts';
import type { RawClient } from './gateway-world.ts';
import { HeldStore } from './held-store.ts';
import type { DrainOptions } from '../../src/gateway/departure.ts';
import type { Verify } from '../../src/gateway/auth/principal.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../src/ports/log-store.ts';
import type { RefusedFrame } from '../../src/protocol/types.ts';

const ELSEWHERE = 'wss://b.example';

let world: GatewayWorld;

const verify: Verify = (bearer) =>
  Promise.resolve(bearer === 'forged' ? null : { subject: bearer });

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

/** @returns a client that has a session, at a gateway that drains. */
async function draining(options: DrainOptions, store: LogStore = createMemoryStore()) {
  world = new GatewayWorld(store, undefined, { verify });
  const client = world.client();
  const welcome = await client.hello();
  if (welcome.type !== 'welcome') throw new Error(welcome.reason);
  if (store instanceof HeldStore) {
    store.isHeld = true;
    client.audio(1);
  }
  void world.gateway.drain(options);
  return welcome;
}

async function refusalOf(client: RawClient, facts = {}): Promise<RefusedFrame> {
  const answer = await client.hello(facts);
  if (answer.type !== 'refused') throw new Error('let in');
  return answer;
}

function newcomer(): Promise<RefusedFrame> {
  return refusalOf(world.client(), { inst: 'another' });
}

describe('who comes to a gateway that drains', () => {
  it('P17.1: is told where to go, and when to come again: by then another may be there', async () => {
    await draining({ deadlineMs: 15_000, to: [ELSEWHERE] });

    const early = await newcomer();
    await world.clock.advanceAsync(10_000);
    const late = await newcomer();

    expect(early).toMatchObject({ code: 4430, reason: 'draining', to: [ELSEWHERE] });
    expect(early.retryAfterMs).toBeGreaterThanOrEqual(8_000); // 10 s, more or less a fifth
    expect(early.retryAfterMs).toBeLessThanOrEqual(12_000);
    expect(late.retryAfterMs).toBeGreaterThanOrEqual(4_000); // what is left of it
    expect(late.retryAfterMs).toBeLessThanOrEqual(6_000);
  });

  it('with a session is told where to go, and not to wait: it may be had there at once', async () => {
    const { sid, resume, epoch } = await draining({ to: [ELSEWHERE] });

    const refused = await refusalOf(world.client(), { mode: 'resume', sid, resume, epoch, att: 2 });

    expect(refused).toEqual({ type: 'refused', code: 4430, reason: 'draining', to: [ELSEWHERE] });
  });

  it.each([
    ['shows no bearer', nobodysFacts()],
    ['is not believed', { auth: 'forged' }],
  ])('P17.1: and %s is not told where its sessions go', async (_who, facts) => {
    await draining({ to: [ELSEWHERE] });
    const stranger = world.client();

    stranger.send({ type: 'hello', ...nobodysFacts(), ...facts });
    await settled();

    expect(stranger.frames).toEqual([{ type: 'refused', code: 4401, reason: 'unauthorised' }]);
  });

  it('P17.1: is closed like all the others where the deadline comes before its answer', async () => {
    const store = new HeldStore();
    world = new GatewayWorld(store);
    await world.client().hello(); // it stays, and is waited for
    store.isHeld = true;
    const client = world.client();
    client.send({ type: 'hello', ...helloFacts(), inst: 'another' });
    await settled();

    void world.gateway.drain({ deadlineMs: 1_000, to: [ELSEWHERE] });
    await world.clock.advanceAsync(1_000);
    store.release();
    await settled();

    expect(client.closed).toEqual({ code: 4430, reason: 'draining' });
    expect(client.frames).toEqual([]);
  });

  it('is told to come again in a second where it ends as soon as all is in its log', async () => {
    const store = Object.assign(new HeldStore(), { isExclusive: true });
    await draining({}, store);

    const refused = await newcomer();
    store.release();

    expect(refused.to).toBeUndefined();
    expect(refused.retryAfterMs).toBeGreaterThanOrEqual(800);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(1_200);
  });
});
