/** A gateway that goes: whose sessions wait for it to be gone, whose clients went elsewhere, and what it says of them. */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld, settled } from './gateway-world.ts';
import type { RawClient } from './gateway-world.ts';
import { HeldStore } from './held-store.ts';
import { startGateway } from '../../src/gateway.ts';
import { createEchoApp } from '../../src/gateway/apps/echo.ts';
import type { DrainOptions, DrainReport } from '../../src/gateway/departure.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../src/ports/log-store.ts';
import { CLOSE } from '../../src/protocol/close-codes.ts';

class DirectoryStore extends HeldStore {
  readonly isExclusive = true;
}

/** That its client lives. */
const PING = {
  type: 'ping',
  nonce: 1,
  epoch: 1,
  lastSent: 2,
  received: 0,
  committed: 0,
  maxSeq: 0,
  sentAtMs: 0,
} as const;
/** Of one session it does not say where its log ends. */
class PartlySilentStore extends HeldStore {
  silentAbout = '';

  override tail(id: string): ReturnType<LogStore['tail']> {
    return id === this.silentAbout ? new Promise(() => undefined) : super.tail(id);
  }
}

const ONE_LEFT: DrainReport = { left: 1, unfinished: 0, gone: 0, unwritten: 0, moved: 0 };

let world: GatewayWorld;

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

/** With a client that has sent a chunk of audio. */
async function streaming(store: LogStore): Promise<RawClient> {
  world = new GatewayWorld(store);
  const client = world.client();
  await client.hello();
  client.audio(1);
  await settled();
  world.clock.advance(500);
  await settled();
  return client;
}

/** Its client attaches there, and lets go of nothing. */
async function resumed(there: GatewayWorld, client: RawClient): Promise<void> {
  const { sid, resume, epoch } = client.of('welcome')[0]!;
  const answer = await there.client().hello({ mode: 'resume', sid, resume, epoch, att: 2 });
  expect(answer).toMatchObject({ type: 'welcome', resumed: true });
}

function drained(options?: DrainOptions): { report: DrainReport | null } {
  const outcome: { report: DrainReport | null } = { report: null };
  void world.gateway.drain(options).then((report) => (outcome.report = report));
  return outcome;
}

describe('a gateway whose store nobody else can have', () => {
  it('tells its clients, commits and acknowledges what they sent, and is gone without waiting', async () => {
    const store = new DirectoryStore();
    const client = await streaming(store);
    store.isHeld = true;
    client.audio(1);
    await settled();

    const outcome = drained();
    await settled();
    const before = [client.closed, client.of('ack').at(-1)?.committed, outcome.report];
    store.release();
    await settled();
    await settled();

    expect(client.of('goAway')).toHaveLength(1);
    expect(before).toEqual([null, 1, null]);
    expect(client.of('ack').at(-1)?.committed).toBe(2);
    expect(client.closed?.code).toBe(CLOSE.draining);
    expect(outcome.report).toEqual({ ...ONE_LEFT, unfinished: 1 });
    expect(world.clock.nowMs()).toBe(500);
  });

  it('waits for a store that hangs until the deadline, and says that not all is in it', async () => {
    const store = new DirectoryStore();
    const client = await streaming(store);
    store.isHeld = true;
    client.audio(1);
    await settled();

    const outcome = drained({ deadlineMs: 3_000, stopMs: 700 });
    await world.clock.advanceAsync(2_999);
    const before = client.closed;
    await world.clock.advanceAsync(1);
    const at = client.closed;
    await world.clock.advanceAsync(700);

    expect(before).toBeNull();
    expect(at?.code).toBe(CLOSE.draining);
    expect(client.of('ack').at(-1)?.committed).toBe(1);
    expect(outcome.report).toEqual({ ...ONE_LEFT, unfinished: 1, unwritten: 1 });
    store.release();
  });

  it('waits for its clients where it knows where they can go', async () => {
    const client = await streaming(new DirectoryStore());

    const outcome = drained({ deadlineMs: 3_000, to: ['wss://b.example'] });
    await world.clock.advanceAsync(2_999);
    const before = client.closed;
    await world.clock.advanceAsync(1);

    expect(before).toBeNull();
    expect(client.of('goAway')[0]?.to).toEqual(['wss://b.example']);
    expect(outcome.report?.left).toBe(1);
  });
});

describe('what a drain tells', () => {
  it('is that a session is left, and unfinished, whose client has gone as it was told to', async () => {
    const killed = await streaming(new HeldStore());

    const outcome = drained({ deadlineMs: 30_000 });
    await settled();
    killed.lose();
    await settled();

    expect(killed.of('goAway')).toHaveLength(1);
    expect(outcome.report).toEqual({ ...ONE_LEFT, unfinished: 1, gone: 1 });
  });

  it('is that nothing is unfinished of which all was handled, and acknowledged', async () => {
    const client = await streaming(new HeldStore());
    world.app.session?.send({ type: 'said' });
    world.app.session?.handled(1);
    await settled();
    client.send({ type: 'ack', epoch: 1, committed: 1, maxSeq: 0, ackDelayMs: 0, ranges: [] });

    const outcome = drained({ deadlineMs: 0 });
    await world.clock.advanceAsync(0);

    expect(outcome.report).toEqual(ONE_LEFT);
  });

  it('is nothing of a session in which both sides have said all', async () => {
    const client = await streaming(new HeldStore());
    client.send({ type: 'fin', lastSeq: 1 });
    world.app.session?.send({ type: 'said' });
    world.app.session?.handled(1);
    await settled();
    client.lose();

    const outcome = drained({ deadlineMs: 0 });
    await world.clock.advanceAsync(0);

    expect(world.app.isClosed).toBe(true);
    expect(outcome.report).toEqual({ ...ONE_LEFT, left: 0 });
  });

  it('is that a session has moved which another gateway took up, and one whose client was killed has not', async () => {
    const store = new HeldStore();
    const mover = await streaming(store);
    const killed = world.client();
    await killed.hello({ auth: 'bob', inst: 'b'.repeat(32) });
    const there = new GatewayWorld(store, world.clock);

    const outcome = drained({ deadlineMs: 30_000, to: ['wss://b.example'] });
    await resumed(there, mover);
    mover.lose();
    killed.lose();
    await settled();

    expect(outcome.report).toEqual({ ...ONE_LEFT, moved: 1 });
    await there.gateway.close();
  });

  it('is that a session has moved whose client was away before, and is elsewhere now', async () => {
    const store = new HeldStore();
    const client = await streaming(store);
    client.lose();
    await settled();
    const there = new GatewayWorld(store, world.clock);
    await resumed(there, client);

    const outcome = drained();
    await settled();

    expect(outcome.report).toEqual({ ...ONE_LEFT, left: 0, moved: 1 });
    await there.gateway.close();
  });

  it.each([
    ['a second', 5_000, 1_000],
    ['the time that there is', 300, 300],
  ])(
    'is what is known after %s, where the store is silent about another session',
    async (_what, stopMs, tookMs) => {
      const store = new PartlySilentStore();
      const mover = await streaming(store);
      const other = world.client();
      await other.hello({ auth: 'bob', inst: 'b'.repeat(32) });
      mover.lose();
      await settled();
      const there = new GatewayWorld(store, world.clock);
      await resumed(there, mover);
      store.silentAbout = other.of('welcome')[0]!.sid;

      const outcome = drained({ deadlineMs: 0, stopMs });
      await world.clock.advanceAsync(tookMs - 1);
      const before = outcome.report;
      await world.clock.advanceAsync(1);

      expect(before).toBeNull();
      expect(outcome.report).toEqual({ ...ONE_LEFT, moved: 1 });
      await world.clock.advanceAsync(1_000 - tookMs);
      await there.gateway.close();
    },
  );

  it('is that a session has not moved whose last record is its own, though the store never said that it is in', async () => {
    const store = new HeldStore();
    const client = await streaming(store);

    const outcome = drained({ deadlineMs: 120_000, to: ['wss://b.example'] });
    store.forgets = Infinity;
    client.audio(1);
    for (let second = 0; second < 70 && client.closed === null; second += 1) {
      client.send(PING);
      await world.clock.advanceAsync(1_000);
    }
    client.lose();
    await settled();

    expect(client.closed?.code).toBe(CLOSE.storeUnavailable);
    expect(outcome.report).toEqual({ ...ONE_LEFT, unfinished: 1, unwritten: 1 });
  });

  it('is that a session has not moved which nobody else can have, wherever its client went', async () => {
    const client = await streaming(new DirectoryStore());

    const outcome = drained({ deadlineMs: 30_000, to: ['wss://b.example'] });
    client.lose();
    await settled();

    expect(outcome.report).toEqual({ ...ONE_LEFT, unfinished: 1, gone: 1 });
  });

  it('is that a session has moved once its new socket stands, over WebSockets too', async () => {
    world = new GatewayWorld();
    const store = createMemoryStore();
    const gateway = await startGateway({
      store,
      apps: new Map([['messages', createEchoApp()]]),
    });
    const { ResumableWebSocket } = await import('../../src/resumable-websocket/websocket.node.ts');
    const there = await startGateway({
      store,
      apps: new Map([['messages', createEchoApp()]]),
    });
    const socket = new ResumableWebSocket(gateway.url, [], { mayMoveTo: [there.url] });
    await new Promise((resolve) => socket.addEventListener('open', resolve));

    const report = await gateway.drain({ deadlineMs: 2_000, to: [there.url] });

    expect(report).toEqual({ ...ONE_LEFT, left: 0, moved: 1 });
    const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
    socket.close();
    await closed;
    await there.close();
  });
});

describe('what a drain takes', () => {
  it.each<[string, object, RegExp]>([
    ['no time', { deadlineMs: -1 }, /deadlineMs is -1/],
    ['a time that is none', { stopMs: '5' }, /stopMs is 5/],
    ['no list', { to: 'wss://b.example' }, /to is no list/],
    ['no address of a socket', { to: ['https://b.example'] }, /to is no list/],
    ['a secret', { to: ['wss://a:b@b.example'] }, /to is no list/],
    [
      'more than a client is told',
      { to: Array<string>(17).fill('wss://b.example') },
      /to is no list/,
    ],
    ['a slip', { too: [] }, /no drain option "too"/],
  ])('is refused where it is %s', async (_what, options, message) => {
    world = new GatewayWorld();

    await expect(world.gateway.drain(options)).rejects.toThrow(message);
    expect(world.gateway.readiness).toBe('ready');
  });
});
