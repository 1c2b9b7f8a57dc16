/** Whether a gateway takes new work, and how it goes. */
import { createActor } from 'xstate';
import { afterEach, describe, expect, it } from 'vitest';

import { gatewayMachine } from '../../machines/gateway.machine.ts';
import { afterDrain, askedNow, initialGateway } from '../../machines/gateway.rules.ts';
import type { GatewayFact, GatewayOrder } from '../../machines/gateway.types.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

class GatewayBook {
  readonly clock = new VirtualClock(5_000);
  readonly orders: GatewayOrder[] = [];
  readonly actor;

  constructor() {
    const input = { askRatioPerS: 0.05 };
    this.actor = createActor(gatewayMachine, { clock: this.clock, input });
    this.actor.on('*', (order) => void this.orders.push(order));
    this.actor.start();
  }

  get state(): unknown {
    return this.actor.getSnapshot().value;
  }

  get isReady(): boolean {
    return this.actor.getSnapshot().hasTag('ready');
  }

  tell(...types: readonly GatewayFact['type'][]): this {
    for (const type of types) this.actor.send({ type });
    return this;
  }

  drain(clients: number, deadlineMs = 30_000, sockets = clients): this {
    const atMs = this.clock.nowMs();
    const facts = { atMs, deadlineMs, sockets, clients, stopMs: 5_000, isHandover: false };
    this.actor.send({ type: 'gateway.drain', ...facts });
    return this;
  }

  /** Nobody else can have the sessions before it has let go of them. */
  handOver(clients: number, stopMs = 5_000): this {
    const facts = { atMs: this.clock.nowMs(), deadlineMs: 30_000, sockets: clients, clients };
    this.actor.send({ type: 'gateway.drain', ...facts, stopMs, isHandover: true });
    return this;
  }

  pass(ms: number): this {
    this.clock.advance(ms);
    return this;
  }

  get asked(): readonly number[] {
    return this.orders.flatMap((order) => (order.type === 'clients.ask' ? [order.count] : []));
  }
}

let book: GatewayBook;

function opened(): GatewayBook {
  book = new GatewayBook();
  return book;
}

afterEach(() => {
  book.actor.stop();
  expect(book.clock.pending).toBe(0);
});

describe('a store that is asked and says nothing', () => {
  it('counts after 5 s as one that failed, and is asked again a second later', () => {
    opened().tell('store.failed').pass(1_000);

    const states = [4_999, 1, 1_000].map((ms) => book.pass(ms).state);

    expect(states).toEqual([
      { accepting: 'trying' },
      { accepting: 'storeless' },
      { accepting: 'trying' },
    ]);
    expect(book.orders).toEqual([{ type: 'store.try' }, { type: 'store.try' }]);
  });
});

describe('a gateway', () => {
  it('takes clients from its first moment on', () => {
    opened();

    expect(book.state).toEqual({ accepting: 'ready' });
    expect(book.isReady).toBe(true);
    expect(book.actor.getSnapshot().context).toEqual({
      askRatioPerS: 0.05,
      drainMs: 0,
      endsAtMs: 0,
      stopMs: 5_000,
      unasked: 0,
      perSecond: 0,
    });
  });

  it('takes none while its store takes nothing, and tries it every second', () => {
    opened().tell('store.failed');

    const states = [book.state, book.pass(999).state, book.pass(1).state];
    const ready = book.isReady;
    book.tell('store.failed');
    const again = [book.state, book.pass(1_000).state];

    expect(states).toEqual([
      { accepting: 'storeless' },
      { accepting: 'storeless' },
      { accepting: 'trying' },
    ]);
    expect(ready).toBe(false);
    expect(again).toEqual([{ accepting: 'storeless' }, { accepting: 'trying' }]);
    expect(book.orders).toEqual([{ type: 'store.try' }, { type: 'store.try' }]);
  });

  it.each([0, 1_000])('takes clients again as soon as the store answers (%d ms on)', (ms) => {
    opened().tell('store.failed').pass(ms);

    book.tell('store.answered');

    expect(book.isReady).toBe(true);
    expect(book.pass(5_000).orders.length).toBe(ms === 0 ? 0 : 1);
  });

  it.each([
    ['ready', []],
    ['storeless', ['store.failed']],
  ] as const)('stops at once where it is told to, or nobody is there (%s)', (_state, facts) => {
    const told = opened()
      .tell(...facts)
      .tell('gateway.stop');
    const toldOrders = told.orders;
    told.actor.stop();
    opened()
      .tell(...facts)
      .drain(0);

    expect(told.state).toBe('stopping');
    expect(book.state).toBe('stopping');
    expect([toldOrders, book.orders]).toEqual([
      [{ type: 'sockets.close' }, { type: 'sessions.leave' }],
      [{ type: 'sockets.close' }, { type: 'sessions.leave' }],
    ]);
  });
});

describe('a drain', () => {
  // P17.4
  it('asks a twentieth of the clients each second, and then waits for them', () => {
    opened().drain(50);

    book.pass(17_000);
    const before = book.state;
    book.pass(1_000);

    expect(book.asked).toEqual([...Array.from({ length: 16 }, () => 3), 2]);
    expect(before).toEqual({ draining: 'waiting' });
    expect(book.state).toEqual({ draining: 'waiting' });
    expect(book.orders[0]).toEqual({ type: 'clients.ask', count: 3, endsAtMs: 35_000 });
  });

  // P17.4
  it('asks one each second where they are few', () => {
    opened().drain(3);

    const counts = [0, 1_000, 1_000, 1_000].map((ms) => book.pass(ms).asked.length);

    expect(counts).toEqual([1, 2, 3, 3]);
    expect(book.state).toEqual({ draining: 'waiting' });
  });

  // P17.4
  it('asks faster where there is less time, so that everybody has a third of it', () => {
    const context = initialGateway({ askRatioPerS: 0.05 });
    const facts = {
      type: 'gateway.drain',
      atMs: 7,
      sockets: 0,
      stopMs: 900,
      isHandover: false,
    } as const;

    const paces = [60_000, 30_000, 15_000, 3_000, 1_499, 0].map(
      (deadlineMs) => afterDrain(context, { ...facts, deadlineMs, clients: 100 }).perSecond,
    );

    expect(paces).toEqual([5, 5, 10, 50, 100, 100]);
    expect(afterDrain(context, { ...facts, deadlineMs: 9, clients: 1 })).toEqual({
      drainMs: 9,
      endsAtMs: 16,
      stopMs: 900,
      unasked: 1,
      perSecond: 1,
    });
  });

  it('asks no more than there are, and one at the least', () => {
    const context = initialGateway({ askRatioPerS: 0.05 });

    const counts = [
      [0, 5],
      [3, 5],
      [5, 3],
      [2, 0],
    ].map(([unasked = 0, perSecond = 0]) => askedNow({ ...context, unasked, perSecond }));

    expect(counts).toEqual([0, 3, 3, 1]);
  });

  it('asks whoever was let in meanwhile, too', () => {
    opened().drain(1).tell('client.welcomed');

    const during = book.pass(1_000).asked;
    book.pass(1_000);
    const before = book.state;
    book.tell('client.welcomed');

    expect(during).toEqual([1, 1]);
    expect(before).toEqual({ draining: 'waiting' });
    expect(book.state).toEqual({ draining: 'asking' });
    expect(book.asked).toEqual([1, 1, 1]);
  });

  it('waits for sockets that are nobody’s yet', () => {
    opened().drain(0, 30_000, 1);

    expect(book.state).toEqual({ draining: 'asking' });
    expect(book.isReady).toBe(false);
  });

  it.each(['sockets.gone', 'gateway.stop'] as const)('is over with %s', (fact) => {
    opened().drain(3);

    book.tell(fact);

    expect(book.state).toBe('stopping');
    expect(book.orders.slice(1)).toEqual([{ type: 'sockets.close' }, { type: 'sessions.leave' }]);
  });

  it('is over at its deadline, to the millisecond', () => {
    opened().drain(3, 10_000);

    const states = [book.pass(9_999).state, book.pass(1).state];

    expect(states).toEqual([{ draining: 'waiting' }, 'stopping']);
  });
});

describe('a drain whose clients have nowhere to go before it is over', () => {
  it('asks all of them at once, and is over as soon as what they sent is in the log', () => {
    opened().handOver(50);

    const state = book.state;
    book.tell('sessions.settled');

    expect(state).toEqual({ draining: 'handingOver' });
    expect(book.asked).toEqual([50]);
    expect(book.orders.slice(1)).toEqual([
      { type: 'sessions.settle' },
      { type: 'sockets.close' },
      { type: 'sessions.leave' },
    ]);
    expect(book.state).toBe('stopping');
  });

  it('asks who was let in meanwhile, and waits for what that one sent as well', () => {
    opened().handOver(2);

    book.tell('client.welcomed');

    expect(book.asked).toEqual([2, 1]);
    expect(book.orders.filter(({ type }) => type === 'sessions.settle')).toHaveLength(2);
    expect(book.state).toEqual({ draining: 'handingOver' });
  });

  it('waits for a store that does not answer until its deadline, and no longer', () => {
    opened().handOver(1);

    const states = [book.pass(29_999).state, book.pass(1).state];

    expect(states).toEqual([{ draining: 'handingOver' }, 'stopping']);
  });
});

describe('a gateway that stops', () => {
  it.each([
    [1_500, 1_500],
    [9_000, 5_000],
  ])(
    'gives its sessions the time that its drain left them (%d ms), five seconds at the most',
    (stopMs, leftMs) => {
      opened().handOver(1, stopMs).tell('sessions.settled');

      const states = [book.pass(leftMs - 1).state, book.pass(1).state];

      expect(states).toEqual(['stopping', 'stopped']);
    },
  );

  it('has stopped when its sessions are left', () => {
    opened().tell('gateway.stop', 'sessions.left');

    expect(book.state).toBe('stopped');
    expect(book.actor.getSnapshot().status).toBe('done');
    expect(book.orders).toHaveLength(2);
  });

  it('waits for them for five seconds', () => {
    opened().tell('gateway.stop');

    const states = [book.pass(4_999).state, book.pass(1).state];

    expect(states).toEqual(['stopping', 'stopped']);
    expect(book.orders.at(-1)).toEqual({ type: 'sessions.release' });
  });
});
