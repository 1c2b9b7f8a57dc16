import { describe, expect, it } from 'vitest';

import { browserNetworkSignals } from '../../src/network/signals.browser.ts';
import type { BrowserPlatform } from '../../src/network/signals.browser.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { Page } from './page.ts';

describe('a browser', () => {
  it('tells that it is offline, and that it is online again, each once', () => {
    const page = new Page();
    const stop = page.listen();

    page.goes('offline').goes('offline').pass(500).goes('online').goes('online');

    expect(page.heard).toEqual(['navigator offline', 'navigator online']);
    stop();
  });

  it('that is offline already says so at once', () => {
    const page = new Page();
    page.navigator.onLine = false;
    page.connection.type = 'none';

    page.listen()();

    expect(page.heard).toEqual(['connection offline', 'navigator offline']);
  });

  it('tells of another type of network, and not of another estimate of its speed', () => {
    const page = new Page();
    page.connection.type = 'wifi';
    const stop = page.listen();

    page.takes('wifi').takes('cellular').takes('cellular');

    expect(page.heard).toEqual(['connection changed']);
    stop();
  });

  it('tells nothing by a type that it does not tell', () => {
    const page = new Page();
    const stop = page.listen();

    page.takes(undefined).takes(undefined);

    expect(page.heard).toEqual([]);
    stop();
  });

  it('with no type of network at all is offline in two words, and online in one when a type comes', () => {
    const page = new Page();
    page.connection.type = 'wifi';
    const stop = page.listen();

    page.goes('offline').takes('none').takes('cellular');

    expect(page.heard).toEqual(['navigator offline', 'connection offline', 'connection online']);
    stop();
  });

  it('leaves nothing behind where nobody listens any more', () => {
    const page = new Page();
    const before = page.listeners;
    const stop = page.listen();
    const during = page.listeners;

    stop();
    page.goes('offline').takes('cellular').becomes('hidden').becomes('visible').resumes();

    expect([before, during, page.listeners]).toEqual([0, 3, 0]); // of the window
    expect(page.clock.pending).toBe(0);
    expect(page.heard).toEqual([]);
  });
});

describe('a page', () => {
  it('that is seen again after a second asks, and one that was hidden for less does not', () => {
    const page = new Page();
    const stop = page.listen();

    page.becomes('hidden').pass(999).becomes('visible');
    const afterBlink = [...page.heard];
    page.becomes('hidden').pass(1_000).becomes('visible');

    expect(afterBlink).toEqual([]);
    expect(page.heard).toEqual(['page woke']);
    stop();
  });

  it('that is hidden is not offline, however late its timers are', () => {
    const page = new Page();
    const stop = page.listen();

    page.becomes('hidden');
    for (let minute = 0; minute < 10; minute += 1) page.stands(60_000).pass(0);

    expect(page.heard).toEqual([]);
    stop();
  });

  it('that was hidden from the start is as well', () => {
    const page = new Page();
    page.document.visibilityState = 'hidden';
    const stop = page.listen();

    page.stands(60_000).pass(0).becomes('visible');

    expect(page.heard).toEqual(['page woke']);
    stop();
  });

  it('that was frozen tells of it once, when it runs again', () => {
    const page = new Page();
    const stop = page.listen();

    page.becomes('hidden').freezes().stands(600_000).resumes().pass(0);

    expect(page.heard).toEqual(['page woke']);
    stop();
  });

  it('finds out what happened to the network while it was frozen', () => {
    const page = new Page();
    page.connection.type = 'wifi';
    const stop = page.listen();

    page.becomes('hidden').freezes();
    page.navigator.onLine = false;
    page.connection.type = 'cellular';
    page.stands(5_000).resumes();

    expect(page.heard).toEqual(['navigator offline', 'connection changed', 'page woke']);
    stop();
  });

  it('that was left and came back tells of it, and one that is shown for the first time does not', () => {
    const page = new Page();
    const stop = page.listen();

    page.isShown(false);
    const atFirst = [...page.heard];
    page.isShown(true);

    expect(atFirst).toEqual([]);
    expect(page.heard).toEqual(['page woke']);
    stop();
  });
});

describe('a machine', () => {
  it('that slept is known by a look that comes two periods late', () => {
    const page = new Page();
    const stop = page.listen();

    page.stands(5_999).pass(0);
    const before = [...page.heard];
    page.stands(6_000).pass(0);

    expect(before).toEqual([]);
    expect(page.heard).toEqual(['clock woke']);
    stop();
  });

  it('whose clock stood still meanwhile is known by the time of day, also on a hidden page', () => {
    const page = new Page();
    const stop = page.listen();

    page.becomes('hidden').pass(500);
    page.uncountedMs = 30_000;
    page.pass(2_000);

    expect(page.heard).toEqual(['clock woke']);
    stop();
  });

  it('is not asleep where somebody puts its time of day back', () => {
    const page = new Page();
    const stop = page.listen();

    page.uncountedMs = -3_600_000;
    page.pass(10_000);

    expect(page.heard).toEqual([]);
    stop();
  });
});

describe('where there is no page', () => {
  it('a worker tells what it can', () => {
    const clock = new VirtualClock(1_000);
    const heard: string[] = [];
    const worker = Object.assign(new EventTarget(), { navigator: { onLine: true } });
    const signals = browserNetworkSignals({ clock, wallMs: () => clock.nowMs(), platform: worker });
    const stop = signals.subscribe(({ source, says }) => heard.push(`${source} ${says}`));

    worker.navigator.onLine = false;
    worker.dispatchEvent(new Event('offline'));
    clock.sleep(60_000);
    clock.advance(0);

    expect(heard).toEqual(['navigator offline', 'clock woke']);
    stop();
    expect(clock.pending).toBe(0);
  });

  it('it listens to nothing, and fails nobody', () => {
    const clock = new VirtualClock();
    const nowhere: BrowserPlatform = {};

    const stop = browserNetworkSignals({ clock, platform: nowhere }).subscribe(() => undefined);
    const pending = clock.pending;
    stop();

    expect([pending, clock.pending]).toEqual([1, 0]);
  });
});
