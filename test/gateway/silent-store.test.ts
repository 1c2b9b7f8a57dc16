/** A store that never answers holds nobody's place, and nobody's session, for ever. */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld, settled } from './gateway-world.ts';
import type { RawClient } from './gateway-world.ts';
import { StoreOver } from './store-over.ts';
import type { LogStore } from '../../src/ports/log-store.ts';
import type { WelcomeFrame } from '../../src/protocol/types.ts';

type Call = 'tail' | 'append' | 'read';

const worlds: GatewayWorld[] = [];

afterEach(async () => {
  const clock = worlds[0]?.clock;
  const closed = worlds.splice(0).map(({ gateway }) => gateway.close());
  await clock?.advanceAsync(6_000);
  await Promise.all(closed);
  expect(clock?.pending).toBe(0);
});

/** Answers never, for good, what is asked of it while `swallows` names it. */
class SwallowingStore extends StoreOver {
  swallows: Call | null = null;

  override async tail(id: string): ReturnType<LogStore['tail']> {
    await this.#answer('tail');
    return super.tail(id);
  }

  override async append(...given: Parameters<LogStore['append']>): ReturnType<LogStore['append']> {
    const outcome = await super.append(...given); // done, and nobody is told
    await this.#answer('append');
    return outcome;
  }

  override async *read(...given: Parameters<LogStore['read']>): ReturnType<LogStore['read']> {
    await this.#answer('read');
    yield* super.read(...given);
  }

  #answer(call: Call): Promise<void> {
    return this.swallows === call ? new Promise(() => undefined) : Promise.resolve();
  }
}

function opened(...facts: ConstructorParameters<typeof GatewayWorld>): GatewayWorld {
  const world = new GatewayWorld(...facts);
  worlds.push(world);
  return world;
}

/** A trial that was not answered is given up, and the next one is. */
const RECOVERY_S = 8;
const PING = { type: 'ping', nonce: 1, epoch: 1, lastSent: 1, received: 0, committed: 0 } as const;

/** As many seconds, with everything that comes of each. @param client shows that it lives. */
async function pass(world: GatewayWorld, seconds: number, client?: RawClient): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    client?.send({ ...PING, maxSeq: 0, sentAtMs: second * 1_000 });
    await world.clock.advanceAsync(1_000);
    await settled();
  }
}

function back({ sid, resume, epoch }: WelcomeFrame, att: number) {
  return { mode: 'resume', sid, resume, epoch, att } as const;
}

describe('a store that never answers', () => {
  it('holds no place of who begins a session', async () => {
    const store = new SwallowingStore();
    const world = opened(store, undefined, { limits: { sessionsPerPrincipal: 1 } });
    store.swallows = 'append';

    const given = world.client();
    void given.hello().catch(() => null);
    await pass(world, 20);
    store.swallows = null;
    await pass(world, RECOVERY_S);
    const next = await world.client().hello({ att: 2 });

    expect(given.closed).toMatchObject({ code: 4440 });
    expect(next).toMatchObject({ type: 'welcome', resumed: false });
  });

  it('ends a session here after a minute, which is taken up from its log', async () => {
    const store = new SwallowingStore();
    const world = opened(store);
    const { client, welcome } = await world.begun();
    store.swallows = 'append';

    client.audio(welcome.epoch);
    await pass(world, 30, client);
    const waits = client.closed;
    await pass(world, 40, client);
    const acknowledged = client.of('ack').map(({ committed }) => committed);
    store.swallows = null;
    await pass(world, RECOVERY_S);
    const again = await world.client().hello(back(welcome, 2));

    expect(waits).toBeNull();
    expect(client.closed).toMatchObject({ code: 4440 });
    expect(acknowledged.every((committed) => committed === 0)).toBe(true);
    expect(again).toMatchObject({ type: 'welcome', resumed: true, up: 1 });
  });

  it('goes on with a session of which one append was swallowed', async () => {
    const store = new SwallowingStore();
    const world = opened(store);
    const { client, epoch } = await world.begun();

    store.swallows = 'append';
    client.audio(epoch);
    await settled();
    store.swallows = null;
    client.audio(epoch);
    await pass(world, 8);

    expect(client.closed).toBeNull();
    expect(Array.from(world.gateway.sessions)[0]?.committed).toBe(2);
  });

  it.each(['tail', 'append', 'read'] as const)(
    'keeps nobody from a session that it said nothing of (%s)',
    async (call) => {
      const store = new SwallowingStore();
      const first = opened(store);
      const { client, welcome } = await first.begun();
      client.audio(welcome.epoch);
      await settled();
      const second = opened(store, first.clock, { limits: { sessionsPerPrincipal: 1 } });

      store.swallows = call;
      const early = second.client();
      void early.hello(back(welcome, 2)).catch(() => null);
      await pass(second, 20);
      store.swallows = null;
      await pass(second, RECOVERY_S);
      const later = await second.client().hello(back(welcome, 3));
      const other = await second.client().hello({ inst: 'b'.repeat(32) });

      expect(early.closed).toMatchObject({ code: 4440 });
      expect(later).toMatchObject({ type: 'welcome', resumed: true, up: 1 });
      expect(other).toMatchObject({ code: 4422 }); // which is the place of one session, not of two
    },
  );

  it('is tried again until it takes a record', async () => {
    const store = new SwallowingStore();
    const world = opened(store);
    store.swallows = 'append';

    void world
      .client()
      .hello()
      .catch(() => null);
    await pass(world, 30);
    const during = world.gateway.readiness;
    store.swallows = null;
    await pass(world, RECOVERY_S);

    expect(during).toBe('store unavailable');
    expect(world.gateway.readiness).toBe('ready');
  });

  it('is told of at the end: a session is not whole in the log, and its client was not told that it is', async () => {
    const store = new SwallowingStore();
    const world = opened(store);
    const [whole, cut] = [world.client(), world.client()];
    const { epoch } = (await whole.hello()) as WelcomeFrame;
    await cut.hello({ inst: 'b'.repeat(32) });
    whole.audio(epoch);
    await settled();
    store.swallows = 'append';

    cut.audio(epoch);
    await settled();
    const closed = world.gateway.close();
    await pass(world, 5);
    await closed;

    expect(world.gateway.counters.endings.left).toBe(2);
    expect(world.gateway.counters.unwritten).toBe(1);
    expect(cut.of('ack').every(({ committed }) => committed === 0)).toBe(true);
  });
});
