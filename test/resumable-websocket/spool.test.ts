/** What a gateway has not acknowledged survives the process that sent it, and arrives once and in order. */
import { afterEach, describe, expect, it } from 'vitest';

import { SocketLives } from './spool-lives.ts';
import type { SocketLife } from './spool-lives.ts';
import { numbered } from './told.ts';
import { openKeptSpool } from '../../src/spool/open-spool.ts';

let lives: SocketLives;

afterEach(() => lives.world.close());

/** A life that ends with ten messages that were sent without a network, all of them stored. */
async function killedOffline(): Promise<void> {
  const life = await lives.begin();
  await lives.say(life, 10);
  await lives.world.pass(500);
  lives.world.network.memory.refuse();
  lives.world.network.memory.reset();
  await lives.world.pass(500);
  await lives.say(life, 10);
  await life.spool.flush();
  life.kill();
}

/** Nobody has the session any more. */
async function forget(): Promise<void> {
  const ids = Array.from(lives.world.gateway.sessions, ({ id }) => id);
  for (const id of ids) await lives.world.store.drop(id);
  lives.world.crash();
}

async function backOnline(options = {}): Promise<SocketLife> {
  lives.world.network.memory.heal();
  const life = await lives.begin(options);
  await lives.say(life, 10);
  await lives.world.pass(3_000);
  return life;
}

describe('a socket with a spool, whose process is killed', () => {
  it('P12.12: goes on in the same session, and each message arrives once and in order', async () => {
    lives = new SocketLives();
    const one = await lives.begin();
    await lives.say(one, 40);
    for (let more = 0; more < 10; more += 1) lives.write(one);
    await one.spool.flush();
    one.kill(); // the ten are on their way

    const two = await backOnline();

    expect(await lives.world.logged()).toEqual(numbered(60));
    expect(two.losses).toEqual([]);
    expect(two.socket.bufferedAmount).toBe(0);
    expect(Array.from(lives.world.gateway.sessions)).toHaveLength(1);
  });

  it('sends what follows behind what the gateway has and the spool has not', async () => {
    lives = new SocketLives();
    const one = await lives.begin();
    await lives.say(one, 20);
    await one.spool.flush();
    lives.storage.failure = 'broken';
    await lives.say(one, 20);
    await lives.world.pass(500);
    one.kill();
    lives.storage.failure = null;

    const two = await backOnline();

    expect(await lives.world.logged()).toEqual(numbered(50));
    expect(two.losses).toEqual([]);
  });

  it('keeps what was sent without a network, over two lives that never had one', async () => {
    lives = new SocketLives();
    await killedOffline();
    const two = await lives.begin();
    await lives.say(two, 10);
    await two.spool.flush();
    two.kill();

    const three = await backOnline();

    expect(two.remains).toMatchObject({ messages: 10, bytes: 100, taken: 20, isDropped: false });
    expect(three.remains).toMatchObject({ messages: 20, taken: 30 });
    expect(await lives.world.logged()).toEqual(numbered(40));
    expect(three.losses).toEqual([]);
  });

  it('is killed again as soon as it is back, and sends nothing twice', async () => {
    lives = new SocketLives();
    await killedOffline();
    lives.world.network.memory.heal();
    for (let life = 0; life < 5; life += 1) {
      const next = await lives.begin();
      for (let said = 0; said < 5; said += 1) lives.write(next);
      await next.spool.flush();
      await lives.world.pass(100 + 50 * life);
      next.kill();
    }

    const last = await backOnline();

    expect(await lives.world.logged()).toEqual(numbered(55));
    expect(last.losses).toEqual([]);
  });

  it('tells what was sent in a session that is gone, and sends the rest in a new one', async () => {
    lives = new SocketLives();
    await killedOffline();
    await forget();

    const two = await backOnline();

    expect(await lives.world.logged()).toEqual(numbered(20, 10));
    expect(two.losses).toEqual([
      { reason: 'sessionLost', messages: 0, bytes: 0, isCertain: false },
    ]);
  });

  it('sends nothing a second time that may have arrived in a session that is gone', async () => {
    lives = new SocketLives();
    const one = await lives.begin();
    await lives.say(one, 20);
    for (let more = 0; more < 10; more += 1) lives.write(one);
    await one.spool.flush();
    one.kill();
    await forget();

    const two = await backOnline();

    expect(await lives.world.logged()).toEqual(numbered(10, 30));
    expect(two.losses).toMatchObject([{ reason: 'sessionLost', isCertain: false }]);
    expect(two.losses[0]?.messages).toBeGreaterThanOrEqual(10);
  });
});

describe('what a spool cannot keep', () => {
  it('is told by the next life: there was no room', async () => {
    lives = new SocketLives();
    await killedOffline();
    const two = await lives.begin();
    lives.storage.failure = 'quota';
    await lives.say(two, 7);
    await two.spool.flush();
    two.kill();
    lives.storage.failure = null;

    const three = await backOnline();

    expect(two.warnings).toEqual([expect.stringContaining('There is no room')]);
    expect(three.losses).toEqual([{ reason: 'notKept', messages: 7, bytes: 0, isCertain: true }]);
    const arrived = [...numbered(20), ...numbered(10, 27)];
    expect(await lives.world.logged()).toEqual(arrived);
  });

  it('is told by the next life: it was there for too long', async () => {
    lives = new SocketLives({}, { maxAgeMs: 60_000 });
    await killedOffline();
    await lives.world.pass(61_000);

    const two = await backOnline();

    expect(two.remains).toMatchObject({ messages: 10, isDropped: true });
    expect(two.losses).toEqual([{ reason: 'notKept', messages: 10, bytes: 100, isCertain: true }]);
    expect(await lives.world.logged()).toEqual([...numbered(10), ...numbered(10, 20)]);
  });
});

describe('a spool for messages', () => {
  it('shows nothing to who has not its key', async () => {
    const key = new Uint8Array(32).fill(7);
    lives = new SocketLives({}, { key });
    await killedOffline();
    const stored = Buffer.from(lives.storage.bytes).toString('latin1');

    await expect(lives.begin({}, { key: new Uint8Array(32) })).rejects.toMatchObject({
      code: 'SPOOL_KEY_WRONG',
    });
    await backOnline();

    expect(stored).not.toContain('message');
    expect(await lives.world.logged()).toEqual(numbered(30));
  });

  it.each<[string, (bytes: Uint8Array) => void]>([
    ['a message that is longer than there is', (bytes) => bytes.fill(255, 10, 14)],
    ['messages that are missing', (bytes) => bytes.set([1, 2], 7)],
  ])('is refused where it is damaged: %s', async (_, damage) => {
    lives = new SocketLives();
    await killedOffline();
    damage(lives.storage.blocks[0]?.bytes ?? new Uint8Array());

    await expect(lives.begin()).rejects.toMatchObject({ code: 'SPOOL_CORRUPT' });
  });

  it('is refused where its head is one of audio, or counts what cannot be', async () => {
    lives = new SocketLives();
    await killedOffline();
    const head = Buffer.from(lives.storage.head ?? []).toString('latin1');

    for (const wrong of [
      head.replace('"messages"', '"audio"'),
      head.replace('"att":', '"att":-'),
      head.replace('"base":', '"base":"x","was":'),
      `${head}}`,
    ]) {
      lives.storage.setHead(Buffer.from(wrong, 'latin1'));
      await expect(lives.begin()).rejects.toMatchObject({ code: 'SPOOL_CORRUPT' });
    }
  });

  it('is empty once its socket is closed and everything acknowledged, and ends with it', async () => {
    lives = new SocketLives();
    const life = await lives.begin();
    await lives.say(life, 5);

    life.socket.close();
    await lives.world.pass(3_000);

    expect(lives.storage.head).toBeNull();
    expect(life.losses).toEqual([]);
    expect(() => life.socket.reconnect()).toThrow('let go of its spool');
    await expect(life.spool.discard()).rejects.toMatchObject({ code: 'SPOOL_IN_USE' });
  });

  it('keeps what a socket could not deliver before it was closed', async () => {
    lives = new SocketLives();
    const life = await lives.begin();
    await lives.world.pass(1_000);
    lives.world.network.memory.refuse();
    lives.world.network.memory.reset();
    await lives.say(life, 5);

    life.socket.close();
    await lives.world.pass(11_000);
    const next = await backOnline();

    expect(life.losses).toEqual([]);
    expect(next.remains?.messages).toBe(5);
    expect(await lives.world.logged()).toEqual(numbered(15));
  });

  it('is for one socket, that speaks to a gateway', async () => {
    lives = new SocketLives();
    const life = await lives.begin();
    const audio = await openKeptSpool(lives.storage, { name: 'audio', fresh: true });
    const { spool } = life;

    expect(() => lives.world.open({ spool })).toThrow('is open elsewhere');
    expect(() => lives.world.open({ spool, mode: 'auto' })).toThrow('mode is auto');
    expect(() => lives.world.open({ spool: audio as never })).toThrow('none for messages');
    await audio.close();
  });
});
