/** How sessions end on a gateway, and how they do not: apps that throw, stores that are silent, silence. */
import { afterEach, describe, expect, it } from 'vitest';

import { audioFrame, GatewayWorld, NotingApp, settled, resumption } from './gateway-world.ts';
import type { App, AppHandlers, AppSession, AppStart } from '../../src/gateway/app.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import { UpStream } from '../../src/gateway/up-stream.ts';
import type { LogStore } from '../../src/ports/log-store.ts';

let world: GatewayWorld;

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

/** The store, with some of it otherwise. */
function storeWith(store: LogStore, others: Partial<LogStore>): LogStore {
  return {
    durability: 'memory',
    tail: (sid) => store.tail(sid),
    append: (...given) => store.append(...given),
    read: (sid, after) => store.read(sid, after),
    purge: (sid, through) => store.purge(sid, through),
    drop: (sid) => store.drop(sid),
    close: () => store.close(),
    ...others,
  };
}

describe('an app that throws', () => {
  it('when a session is begun leaves nothing of it, and the client comes later', async () => {
    const app: App = {
      open: (session) => {
        session.send({ type: 'said before it failed' });
        throw new Error('no');
      },
    };
    world = new GatewayWorld(undefined, undefined, { apps: new Map([['speech', app]]) });
    const client = world.client();

    const answer = await client.hello();

    expect(answer).toMatchObject({ type: 'refused', code: 4420, why: 'app-failed' });
    expect(client.closed).toMatchObject({ code: 4420 });
    expect(client.of('data')).toEqual([]);
    expect(Array.from(world.gateway.sessions)).toEqual([]);
  });

  it('when a session is taken over leaves it as it was, for whoever can have it', async () => {
    world = new GatewayWorld();
    const { client: first, welcome } = await world.begun();
    first.audio(1);
    await settled();
    const broken = { open: () => fail() };
    const apps = new Map([['speech', broken]]);
    const other = new GatewayWorld(world.store, world.clock, { apps });

    const refused = await other.client().hello(resumption(welcome));
    const again = await world.client().hello(resumption(welcome, 3));

    expect(refused).toMatchObject({ type: 'refused', code: 4420, why: 'app-failed' });
    expect(again).toMatchObject({ type: 'welcome', resumed: true, up: 1 });
    expect(Array.from(other.gateway.sessions)).toEqual([]);
    await other.gateway.close();
  });

  it('over a chunk gives up its session here, and the next one is handed that chunk again', async () => {
    const app = new ThrowingApp();
    world = new GatewayWorld(undefined, undefined, { apps: new Map([['speech', app]]) });
    const { client, welcome } = await world.begun();

    client.audio(1);
    app.throws = true;
    client.audio(1);
    await settled();
    app.throws = false;
    const again = await world.client().hello(resumption(welcome));

    expect(client.closed).toMatchObject({ code: 4440 });
    expect(again).toMatchObject({ type: 'welcome', resumed: true, up: 2 });
    expect(app.audio.map(({ seq }) => seq)).toEqual([1, 1, 2]);
  });
});

describe('a log that cannot be read', () => {
  it('is not taken over: what nobody handled is handed over by whoever can read it', async () => {
    world = new GatewayWorld();
    const { client: first, welcome } = await world.begun();
    first.audio(1);
    await settled();
    let isBroken = true;
    const store = storeWith(world.store, {
      read: (...given) => {
        if (isBroken) throw new Error('cannot be read');
        return world.store.read(...given);
      },
    });
    const other = new GatewayWorld(store, world.clock);

    const refused = await other.client().hello(resumption(welcome));
    isBroken = false;
    await world.clock.advanceAsync(5_000); // by then it has looked whether its store is well again
    const taken = await other.client().hello(resumption(welcome, 3));

    expect(refused).toMatchObject({ type: 'refused', code: 4440 });
    expect(taken).toMatchObject({ type: 'welcome', up: 1 });
    expect(other.app.audio.map(({ seq }) => seq)).toEqual([1]);
    await other.gateway.close();
  });
});

describe('a result that cannot be said', () => {
  it('P20.5 moves nothing: finals do not go on without it', async () => {
    world = new GatewayWorld();
    await world.client().hello();
    const [session] = Array.from(world.gateway.sessions);

    const said = { type: 'final', from: 0, to: 1_600, text: 'x'.repeat(70_000) };

    expect(() => world.app.session?.result(said)).toThrow(RangeError);
    expect(() => world.app.session?.result({ ...said, to: NaN, text: 'x' })).toThrow(RangeError);
    expect(session?.standing).toMatchObject({ fin: 0, down: 0 });
  });
});

describe('a gateway that closes', () => {
  // P13.1
  it('does not wait for a store that never answers, and has acknowledged nothing that is not safe', async () => {
    let isSilent = false;
    const store = createMemoryStore();
    const silent = storeWith(store, {
      append: (...given) => (isSilent ? new Promise(() => undefined) : store.append(...given)),
    });
    world = new GatewayWorld(silent);
    const client = world.client();
    await client.hello();
    isSilent = true;
    client.audio(1);
    await settled();

    let isClosed = false;
    const closed = world.gateway.close().then(() => (isClosed = true));
    const early = isClosed;
    await world.clock.advanceAsync(30_000);
    expect(isClosed).toBe(true);
    await closed;

    expect(early).toBe(false);
    expect(client.of('ack')).toEqual([]);
    expect(client.closed).toMatchObject({ code: 4430 });
    expect(Array.from(world.gateway.sessions)).toEqual([]);
  });

  it('lets nobody in who was on the way, and sends away who comes later', async () => {
    let letGo: () => void = () => undefined;
    const store = createMemoryStore();
    const slow = storeWith(store, {
      append: async (...given) => {
        await new Promise<void>((resolve) => (letGo = resolve));
        return store.append(...given);
      },
    });
    world = new GatewayWorld(slow);
    const before = world.client();
    const answer = before.hello().catch(() => null);
    await settled();

    await world.gateway.close();
    letGo();
    await answer;
    await settled();
    const later = world.client();

    expect(before.of('welcome')).toEqual([]);
    expect(later.closed).toMatchObject({ code: 4430 });
    expect(Array.from(world.gateway.sessions)).toEqual([]);
  });
});

describe('a session in which nobody speaks', () => {
  it('for an hour is written to often enough for its store, and for a gateway that takes it over', async () => {
    const store = createMemoryStore();
    const writtenAtMs: number[] = [];
    const noted = storeWith(store, {
      append: (...given) => {
        writtenAtMs.push(world.clock.nowMs());
        return store.append(...given);
      },
    });
    world = new GatewayWorld(noted);
    const { client, welcome } = await world.begun();

    for (let passedS = 0; passedS < 3_600; passedS += 10) {
      await world.clock.advanceAsync(10_000);
      client.send(pingOf(1));
    }
    client.audio(1);
    await settled();
    for (let passedS = 0; passedS < 300; passedS += 10) {
      await world.clock.advanceAsync(10_000);
      client.send(pingOf(1));
    }
    const longestMs = Math.max(...writtenAtMs.map((atMs, at) => atMs - (writtenAtMs[at - 1] ?? 0)));
    const other = new GatewayWorld(store, world.clock);
    const taken = await other.client().hello(resumption(welcome));
    await other.gateway.close();

    expect(client.closed).toBeNull();
    expect(longestMs).toBeLessThanOrEqual(61_000);
    expect(taken).toMatchObject({ type: 'welcome', resumed: true, up: 1 });
    expect(other.app.audio.map(({ seq }) => seq)).toEqual([1]);
  });
});

describe('credit', () => {
  it('P13.4 is that of small chunks again, soon after a large one', () => {
    const up = new UpStream({ audio: () => undefined } as unknown as AppHandlers, 16_000, 0);
    const take = (seq: number, bytes: number): void => {
      up.take({ ...audioFrame(1, seq), position: seq * 320, payload: new Uint8Array(bytes) });
    };

    take(1, 64_000);
    const held = up.maxSeq(1, 0);
    for (let seq = 2; seq <= 140; seq += 1) take(seq, 640);
    const freed = up.maxSeq(140, 0);

    expect(held).toBe(1 + 8);
    expect(freed).toBe(140 + Math.floor(524_288 / 640));
  });

  it('P13.5 goes on for an app that handles audio without a final', () => {
    const up = new UpStream({ audio: () => undefined } as unknown as AppHandlers, 16_000, 0);
    const minute = new Uint8Array(60_000);
    const take = (seq: number): void => {
      up.take({ ...audioFrame(1, seq), position: seq * 16_000 * 60, payload: minute });
    };

    for (let seq = 1; seq <= 4; seq += 1) take(seq);
    const stopped = up.maxSeq(4, 0);
    up.handled(4);
    const goesOn = up.maxSeq(4, 0);

    expect([stopped, goesOn]).toEqual([0, 4 + 8]);
  });
});

class ThrowingApp extends NotingApp {
  throws = false;

  override open(session: AppSession, start: AppStart): AppHandlers {
    const handlers = super.open(session, start);
    return {
      ...handlers,
      audio: (audio) => {
        if (this.throws) throw new Error('no');
        handlers.audio(audio);
      },
    };
  }
}

function fail(): never {
  throw new Error('no');
}

function pingOf(epoch: number) {
  const facts = { nonce: 0, lastSent: 0, received: 0, committed: 0, maxSeq: 0, sentAtMs: 0 };
  return { type: 'ping', epoch, ...facts } as const;
}
