/**
 * What happens to networks and pages while somebody speaks: a session of a browser and a real gateway, on a virtual clock. Each
 * time every chunk arrives once and in order, the link is looked after as soon as the platform says something, and nothing is
 * dialled for nothing.
 */
import { expect, describe, it } from 'vitest';

import { NetworkMonitor } from '../../src/network/monitor.ts';
import { expectExactlyOnce, LinkWorld } from '../gateway/link-world.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { PageClock } from './page-clock.ts';
import { Page } from './page.ts';

class PageWorld extends LinkWorld {
  readonly page: Page;
  readonly timers: PageClock;
  #chunks = 0;
  #dialsBefore = 0;

  constructor({ hasSignals = true } = {}) {
    const clock = new VirtualClock(60_000);
    const timers = new PageClock(clock);
    const page = new Page(clock, timers);
    page.connection.type = 'wifi';
    const network = new NetworkMonitor({ signals: page.signals, clock: timers });
    super(1, { clock: timers, ...(hasSignals ? { network } : {}) }, undefined, {}, {}, clock);
    this.page = page;
    this.timers = timers;
  }

  /** Nobody looks any more, and its timers are late. */
  hides(): void {
    this.page.becomes('hidden');
    this.timers.throttle();
  }

  isSeenAgain(): void {
    this.timers.unthrottle();
    this.page.becomes('visible');
  }

  /** Its process stands still, and hears nothing. */
  freezes(): void {
    this.page.becomes('hidden').freezes();
    this.timers.freeze();
  }

  resumes(): void {
    this.timers.resume();
    this.page.resumes();
  }

  override async speak(ms: number): Promise<void> {
    this.#chunks += ms / 100;
    await super.speak(ms);
  }

  /** Those that were made so far do not count any more. */
  counting(): this {
    this.#dialsBefore = this.network.memory.sockets.length;
    return this;
  }

  get dials(): number {
    return this.network.memory.sockets.length - this.#dialsBefore;
  }

  /** Until one is made. @returns how long that took. */
  async untilDial(limitMs = 60_000): Promise<number> {
    const sinceMs = this.clock.nowMs();
    while (this.dials < 1 && this.clock.nowMs() - sinceMs < limitMs) await this.pass(100);
    return this.clock.nowMs() - sinceMs;
  }

  async ends(): Promise<void> {
    await this.speak(3_000);
    await this.pass(5_000);
    expect(this.session.ledger).toMatchObject({ captured: this.#chunks, gap: 0 });
    expectExactlyOnce(await this.logged(), this.#chunks);
    expect(this.of('connection.failed')).toEqual([]);
    expect(this.of('gap')).toEqual([]);
    await this.close();
  }
}

/** Somebody has spoken for a while: what is dialled from here on counts. @param pauseMs since then. */
async function speaking({ hasSignals = true, pauseMs = 0 } = {}): Promise<PageWorld> {
  const world = new PageWorld({ hasSignals });
  await world.connect();
  await world.speak(12_000);
  await world.pass(pauseMs);
  return world.counting();
}

describe('WiFi that becomes cellular', () => {
  it('while nobody speaks is met by a question at once, and by another socket within two seconds', async () => {
    const world = await speaking({ pauseMs: 3_000 });

    world.network.memory.halfOpen();
    world.page.takes('cellular');
    const tookMs = await world.untilDial();

    expect(tookMs).toBeLessThanOrEqual(2_000);
    await world.ends();
  });

  it('would be noticed much later if nobody told of it', async () => {
    const world = await speaking({ hasSignals: false, pauseMs: 3_000 });

    world.network.memory.halfOpen();
    const tookMs = await world.untilDial();

    expect(tookMs).toBeGreaterThan(3_000);
    await world.ends();
  });

  it('in the middle of a sentence loses and doubles nothing', async () => {
    const world = await speaking();

    world.network.memory.halfOpen();
    world.page.takes('cellular');
    await world.speak(5_000);

    expect(world.of('connection.reconnecting')).toEqual([]); // the second socket took over
    await world.ends();
  });

  it('over a link that outlives it is no reason for another', async () => {
    const world = await speaking();

    for (const type of ['cellular', 'wifi', 'cellular']) {
      world.page.takes(type);
      await world.speak(2_000);
    }

    expect(world.dials).toBe(0);
    await world.ends();
  });
});

describe('a VPN that goes up and down', () => {
  it('is one question each time where the link outlives it', async () => {
    const world = await speaking();

    for (const type of ['other', 'wifi']) {
      world.page.takes(type);
      await world.pass(2_000);
    }

    expect(world.dials).toBe(0);
    expect(world.of('connection.suspected')).toEqual([]);
    await world.ends();
  });
});

describe('airplane mode', () => {
  it('dials nothing while it is on, and at once when it is off', async () => {
    const world = await speaking();
    world.page.goes('offline').takes('none');
    world.network.memory.reset();
    const refused = world.network.memory.refuse();
    await world.speak(1_000);
    world.counting();

    await world.speak(30_000);
    const whileOn = world.dials;
    refused();
    world.page.goes('online').takes('wifi');
    const tookMs = await world.untilDial();

    expect(whileOn).toBe(0);
    expect(tookMs).toBeLessThanOrEqual(300);
    await world.ends();
  });

  it('that is on for a moment has the link asked, and no other dialled', async () => {
    const world = await speaking();

    world.page.goes('offline');
    await world.speak(1_000);
    world.page.goes('online');
    await world.speak(3_000);

    expect(world.dials).toBe(0);
    await world.ends();
  });
});

describe('a tab in the background', () => {
  it('for ten minutes keeps its link, however late its timers are', async () => {
    const world = await speaking();

    world.hides();
    await world.speak(600_000);
    world.isSeenAgain();
    await world.speak(2_000);

    expect(world.dials).toBe(0);
    expect(world.of('stateChange').at(-1)).toMatchObject({ current: 'active' });
    await world.ends();
  });

  it('finds a dead link as soon as it is seen again', async () => {
    const world = await speaking();
    world.hides();
    await world.pass(120_000);

    world.network.memory.halfOpen();
    await world.pass(30_000);
    world.isSeenAgain();
    const tookMs = await world.untilDial();

    expect(tookMs).toBeLessThanOrEqual(2_000);
    await world.ends();
  });

  it('finds a dead link also while nobody looks, in a few of its minutes', async () => {
    const world = await speaking();
    world.hides();
    await world.pass(120_000);

    world.network.memory.halfOpen();
    const tookMs = await world.untilDial(600_000);

    expect(tookMs).toBeLessThanOrEqual(4 * 60_000);
    world.isSeenAgain();
    await world.speak(3_000);
    await world.pass(5_000);
    // The gateway kept the session for its two minutes; what it had not acknowledged goes to another.
    expect(world.session.ledger).toMatchObject({ gap: 0, buffered: 0 });
    await world.close();
  });
});

describe('a page that is frozen', () => {
  it('takes its own silence for nobody’s death: a link that outlives it stays', async () => {
    const world = await speaking();

    world.freezes();
    await world.pass(20_000);
    world.resumes();
    await world.speak(3_000);

    expect(world.dials).toBe(0);
    expect(world.of('connection.suspected')).toEqual([]);
    await world.ends();
  });

  it('dials at once when it runs again where its link did not outlive it', async () => {
    const world = await speaking();
    world.freezes();
    world.network.memory.halfOpen();
    await world.pass(60_000);

    world.resumes();
    const tookMs = await world.untilDial();

    expect(tookMs).toBeLessThanOrEqual(2_000);
    await world.ends();
  });
});

describe('a machine that sleeps', () => {
  it('with its clock standing still asks for a sign of life when it wakes', async () => {
    const world = await speaking({ pauseMs: 3_000 });

    world.network.memory.halfOpen();
    world.page.uncountedMs = 60_000;
    const tookMs = await world.untilDial();

    expect(tookMs).toBeLessThanOrEqual(2_000 + 2_000); // the next look, and a link that idles is given its time
    await world.ends();
  });
});

describe('an elevator', () => {
  it('whose network flaps over a link that outlives it is no reason to dial', async () => {
    const world = await speaking();

    for (let flap = 0; flap < 30; flap += 1) {
      world.page.goes(flap % 2 === 0 ? 'offline' : 'online');
      await world.speak(700);
    }

    expect(world.dials).toBe(0);
    await world.ends();
  });

  it('that breaks the link each time spends no attempt for good', async () => {
    const world = await speaking();

    for (let flap = 0; flap < 20; flap += 1) {
      world.page.goes('offline');
      world.network.memory.reset();
      const refused = world.network.memory.refuse();
      await world.speak(1_500);
      refused();
      world.page.goes('online');
      await world.speak(1_500);
    }

    expect(world.session.status).not.toBe('error');
    await world.ends();
  });
});
