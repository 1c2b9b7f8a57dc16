/** NetInfo as its own published mock has it, and AppState as React Native types it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Mock } from 'vitest';

import { reactNativeNetworkSignals } from '../../src/network/signals.react-native.ts';
import type { NetInfoReport, NetInfoSource } from '../../src/network/signals.react-native.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

type AppState = 'active' | 'background' | 'inactive';

interface NetInfoMock extends NetInfoSource {
  readonly addEventListener: Mock<NetInfoSource['addEventListener']>;
  readonly refresh: Mock<NonNullable<NetInfoSource['refresh']>>;
  readonly fetch: Mock<() => Promise<NetInfoReport>>;
}

/** The mock asks for Jest's global, and Vitest's has what it uses. */
function netInfoMock(): NetInfoMock {
  const require = createRequire(import.meta.url);
  const path = require.resolve('@react-native-community/netinfo/jest/netinfo-mock.js');
  const module = { exports: {} };
  const run = new Script(`(function (module, jest) { ${readFileSync(path, 'utf8')} })`);
  (run.runInThisContext() as (module: object, jest: unknown) => void)(module, vi);
  return module.exports as NetInfoMock;
}

class Phone {
  readonly clock = new VirtualClock(1_000);
  readonly netInfo = netInfoMock();
  readonly stopNetInfo = vi.fn();
  readonly removeAppState = vi.fn();
  readonly heard: string[] = [];
  uncountedMs = 0;
  #report: NetInfoReport = { type: 'unknown', isConnected: null };
  #turn: ((state: AppState) => void) | null = null;
  readonly stop: () => void;

  constructor(currentState: AppState = 'active') {
    const { clock, netInfo } = this;
    netInfo.addEventListener.mockReturnValue(this.stopNetInfo);
    const signals = reactNativeNetworkSignals({
      NetInfo: netInfo,
      AppState: {
        currentState,
        addEventListener: (_type, listener) => {
          this.#turn = listener;
          return { remove: this.removeAppState };
        },
      },
      clock,
      wallMs: () => 1.7e12 + clock.nowMs() + this.uncountedMs,
    });
    this.stop = signals.subscribe(({ source, says }) => this.heard.push(`${source} ${says}`));
  }

  /** What the mock says the phone's state is, with these facts. */
  async reports(facts: Partial<NetInfoReport>): Promise<this> {
    this.#report = { ...(await this.netInfo.fetch()), ...facts };
    this.netInfo.addEventListener.mock.calls[0]![0](this.#report);
    return this;
  }

  turns(state: AppState): this {
    this.#turn?.(state);
    return this;
  }

  /** Everything after this moment. */
  anew(): this {
    this.heard.length = 0;
    return this;
  }
}

describe('NetInfo', () => {
  let phone: Phone;
  beforeEach(() => {
    phone = new Phone();
    return () => {
      phone.stop();
      expect(phone.clock.pending).toBe(0);
    };
  });

  it('says nothing by its first report of a network that is there', async () => {
    await phone.reports({});

    expect(phone.heard).toEqual([]);
  });

  it('says offline and online as two sources, each once', async () => {
    const none = { type: 'none', isConnected: false, isInternetReachable: false, details: null };
    await phone.reports(none);
    await phone.reports(none);
    await phone.reports({});

    expect(phone.heard).toEqual([
      'netinfo offline',
      'reachability offline',
      'netinfo online',
      'reachability online',
    ]);
  });

  it('tells of WiFi that becomes cellular, and of a VPN that goes up or down', async () => {
    await phone.reports({ type: 'wifi' });
    await phone.reports({ type: 'cellular' });
    await phone.reports({ type: 'vpn' });
    await phone.reports({ type: 'cellular' });

    expect(phone.heard).toEqual(['netinfo changed', 'netinfo changed', 'netinfo changed']);
  });

  it('tells of another WiFi by its name or address, not by its strength or by what is not known', async () => {
    const details = { ssid: 'home', ipAddress: '192.0.2.7', strength: 80 };
    await phone.reports({ type: 'wifi', details: { ...details, ssid: null } });
    await phone.reports({ type: 'wifi', details: { ...details, strength: 30 } });
    const before = [...phone.heard];

    await phone.reports({ type: 'wifi', details: { ...details, ipAddress: '192.0.2.8' } });
    await phone.reports({
      type: 'wifi',
      details: { ...details, ipAddress: '192.0.2.8', ssid: 'x' },
    });

    expect(before).toEqual([]);
    expect(phone.heard).toEqual(['netinfo changed', 'netinfo changed']);
  });

  it('that does not know says nothing, and takes nothing back', async () => {
    await phone.reports({ type: 'wifi', isInternetReachable: false });
    await phone.reports({ type: 'wifi', isConnected: null, isInternetReachable: null });

    expect(phone.heard).toEqual(['reachability offline']);
  });
});

describe('an application', () => {
  it('that comes back from the background asks NetInfo anew and has the links asked', () => {
    const phone = new Phone();

    phone.turns('background').turns('active');

    expect(phone.heard).toEqual(['appstate woke']);
    expect(phone.netInfo.refresh).toHaveBeenCalledTimes(1);
    phone.stop();
  });

  it('that was started in the background does as well', () => {
    const phone = new Phone('background').turns('active');

    expect(phone.heard).toEqual(['appstate woke']);
    phone.stop();
  });

  it('over which a call rings was never away', () => {
    const phone = new Phone().turns('inactive').turns('active');

    expect(phone.heard).toEqual([]);
    phone.stop();
  });

  it('in the background is not asleep for timers that are late, and is for a clock that stood still', () => {
    const phone = new Phone().turns('background');

    phone.clock.sleep(60_000);
    const whileThrottled = [...phone.heard];
    phone.uncountedMs = 10_000;
    phone.clock.advance(2_000);

    expect(whileThrottled).toEqual([]);
    expect(phone.heard).toEqual(['clock woke']);
    phone.stop();
  });

  it('lives with a NetInfo that cannot be asked anew', async () => {
    const phone = new Phone();
    phone.netInfo.refresh.mockRejectedValue(new Error('the module is gone'));

    phone.turns('background').turns('active');
    await Promise.resolve();

    expect(phone.heard).toEqual(['appstate woke']);
    phone.stop();
  });

  it('leaves no listener and no timer behind', () => {
    const phone = new Phone();

    phone.stop();
    phone.turns('background').turns('active');

    expect(phone.stopNetInfo).toHaveBeenCalledTimes(1);
    expect(phone.removeAppState).toHaveBeenCalledTimes(1);
    expect(phone.clock.pending).toBe(0);
    expect(phone.heard).toEqual([]);
  });
});
