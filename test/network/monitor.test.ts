import { describe, expect, it } from 'vitest';

import type { NetworkJudgement } from '../../machines/network.types.ts';
import { joinSignals, ManualNetwork } from '../../src/network/manual-signals.ts';
import { NetworkMonitor } from '../../src/network/monitor.ts';
import type { NetworkSignals } from '../../src/ports/network.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

class MonitorWorld {
  readonly clock = new VirtualClock(1_000);
  readonly navigator = new ManualNetwork(['navigator']);
  readonly interfaces = new ManualNetwork(['interfaces']);
  readonly told: NetworkJudgement[] = [];
  readonly monitor = new NetworkMonitor({
    signals: joinSignals(this.navigator, this.interfaces),
    clock: this.clock,
  });

  subscribe(): () => void {
    return this.monitor.subscribe((judgement) => this.told.push(judgement));
  }

  goesOffline(): void {
    this.navigator.offline();
    this.interfaces.offline();
  }
}

describe('a monitor', () => {
  it.each([
    ['nothing', undefined],
    ['a text', 'online'],
    ['an object that cannot be listened to', { isOnline: true }],
  ])('refuses %s for its signals', (_what, signals: unknown) => {
    const make = (): NetworkMonitor => new NetworkMonitor({ signals: signals as NetworkSignals });

    expect(make).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: 'signals is not a NetworkSignals.',
        remediation: 'Give new NetworkMonitor({ signals }).',
      }),
    );
  });

  it('judges what its sources say', () => {
    const world = new MonitorWorld();
    const stop = world.subscribe();

    world.navigator.offline();
    const whileDoubtful = world.monitor.isOnline;
    world.clock.advance(2_000);
    const whileOffline = world.monitor.isOnline;
    world.navigator.online();

    expect(whileDoubtful).toBe(true);
    expect(whileOffline).toBe(false);
    expect(world.monitor.isOnline).toBe(true);
    expect(world.told).toEqual([
      { type: 'network.lost', atMs: 3_000 },
      { type: 'network.restored', atMs: 3_000, resetsAttempts: true },
    ]);
    stop();
  });

  it('tells of another network and of a sleep', () => {
    const world = new MonitorWorld();
    const stop = world.subscribe();

    world.navigator.changed();
    world.clock.advance(10);
    world.interfaces.woke();

    expect(world.told).toEqual([
      { type: 'network.changed', atMs: 1_000 },
      { type: 'network.changed', atMs: 1_010 },
    ]);
    stop();
  });

  it('tells every subscriber, and nobody who has left', () => {
    const world = new MonitorWorld();
    const others: NetworkJudgement[] = [];
    const stop = world.subscribe();
    const stopOther = world.monitor.subscribe((judgement) => others.push(judgement));

    world.goesOffline();
    stop();
    stop();
    world.navigator.online();

    expect(world.told).toMatchObject([{ type: 'network.lost' }]);
    expect(others).toMatchObject([{ type: 'network.lost' }, { type: 'network.restored' }]);
    stopOther();
  });

  it('ends quiet with its last subscriber, and begins anew with the next', () => {
    const world = new MonitorWorld();
    const stops = [world.subscribe(), world.subscribe()];
    world.goesOffline();

    for (const stop of stops) stop();
    const afterLast = { pending: world.clock.pending, isOnline: world.monitor.isOnline };
    world.navigator.online();
    world.interfaces.online();
    const stop = world.subscribe();

    expect(afterLast).toEqual({ pending: 0, isOnline: true });
    expect(world.monitor.isOnline).toBe(true);
    expect(world.told).toHaveLength(2);
    stop();
    expect(world.clock.pending).toBe(0);
  });

  it('knows of a network that was gone before anybody asked', () => {
    const world = new MonitorWorld();
    world.goesOffline();

    const stop = world.subscribe();

    expect(world.monitor.isOnline).toBe(false);
    stop();
  });
});

describe('traffic', () => {
  it('proves a source wrong', () => {
    const world = new MonitorWorld();
    const stop = world.subscribe();
    world.navigator.offline();

    for (let second = 0; second < 10; second += 1) {
      world.clock.advance(1_000);
      world.monitor.sawTraffic();
    }

    expect(world.told).toEqual([]);
    stop();
  });

  it('reaches the chart at most once a second', () => {
    const world = new MonitorWorld();
    const stop = world.subscribe();
    world.monitor.sawTraffic();
    world.goesOffline();

    world.clock.advance(999);
    world.monitor.sawTraffic();
    const before = world.monitor.isOnline;
    world.clock.advance(1);
    world.monitor.sawTraffic();

    expect(before).toBe(false);
    expect(world.monitor.isOnline).toBe(true);
    stop();
  });

  it('is nobody’s concern while nobody asks', () => {
    const world = new MonitorWorld();

    world.monitor.sawTraffic();

    expect(world.clock.pending).toBe(0);
    expect(world.monitor.isOnline).toBe(true);
  });
});

describe('signals by hand', () => {
  it('in the names of two sources are believed at once, and tell a change once', () => {
    const clock = new VirtualClock();
    const signals = new ManualNetwork(['one', 'other']);
    const monitor = new NetworkMonitor({ signals, clock });
    const told: string[] = [];
    const stop = monitor.subscribe(({ type }) => told.push(type));

    signals.offline();
    signals.online();
    signals.changed();

    expect(told).toEqual(['network.lost', 'network.restored', 'network.changed']);
    stop();
  });

  it('speak in one name where none is given', () => {
    const signals = new ManualNetwork();
    const heard: unknown[] = [];
    const stop = signals.subscribe((signal) => heard.push(signal));

    signals.offline();
    signals.woke();
    stop();
    signals.online();

    expect(heard).toEqual([
      { source: 'manual', says: 'offline' },
      { source: 'manual', says: 'woke' },
    ]);
  });

  it('tell a late listener that the network is gone, and one who came back in time nothing', () => {
    const signals = new ManualNetwork();
    const late: unknown[] = [];
    const later: unknown[] = [];

    signals.offline();
    signals.subscribe((signal) => late.push(signal))();
    signals.online();
    signals.subscribe((signal) => later.push(signal))();

    expect(late).toEqual([{ source: 'manual', says: 'offline' }]);
    expect(later).toEqual([]);
  });
});
