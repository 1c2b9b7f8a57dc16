/**
 * React Native's view of the network: NetInfo and AppState, the application's own, passed in. Nothing of React Native is
 * imported here, so that an application without NetInfo need not install it.
 */
import { everySoOften, LOOK_EVERY_MS, SleepMeter } from './sleep-meter.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import { systemClock, systemWallClock } from '../ports/clock.ts';
import type { NetworkSignal, NetworkSignals } from '../ports/network.ts';

/** What is read of a state of `@react-native-community/netinfo`. */
export interface NetInfoReport {
  /** `wifi`, `cellular`, `vpn`, `none` and so on. */
  readonly type: string;
  /** Null: not known. */
  readonly isConnected: boolean | null;
  /** Whether NetInfo's test page answered; null or absent: not known. */
  readonly isInternetReachable?: boolean | null;
  readonly details?: object | null;
}

/** The default export of `@react-native-community/netinfo`. */
export interface NetInfoSource {
  addEventListener(listener: (report: NetInfoReport) => void): () => void;
  /** Asks the platform anew; listeners are told. */
  refresh?(): Promise<unknown>;
}

/** `AppState` of `react-native`. */
export interface AppStateSource {
  readonly currentState?: string | null;
  addEventListener(
    type: 'change',
    listener: (state: 'active' | 'background' | 'inactive' | 'unknown' | 'extension') => void,
  ): { remove(): void };
}

export interface ReactNativeSignalsOptions {
  readonly NetInfo: NetInfoSource;
  /** Left out, nobody asks anew when the application comes back from the background. */
  readonly AppState?: AppStateSource;
  /** Default: the machine's own. */
  readonly clock?: Clock;
  /** Time of day, which runs on while the phone sleeps. Default: the machine's. */
  readonly wallMs?: WallClock;
  /** How often is looked whether the phone slept. Default 2,000 ms. */
  readonly everyMs?: number;
}

/** The timers of an application in the background stand still, or run now and then. */
const BACKGROUND_MS = 90_000;

/**
 * Sources: `netinfo` (connected or not, another network), `reachability` (whether NetInfo's test page answers: it is
 * hearsay, and a byte refutes it), `appstate` (back from the background) and `clock` (the phone slept).
 */
export function reactNativeNetworkSignals(options: ReactNativeSignalsOptions): NetworkSignals {
  return { subscribe: (listener) => new PhoneWatch(options, listener).stop };
}

class PhoneWatch {
  readonly #netInfo: NetInfoSource;
  readonly #meter: SleepMeter;
  readonly #stops: (() => void)[] = [];
  #listener: ((signal: NetworkSignal) => void) | null;
  /** The newest report of a network that there was. */
  #network: NetInfoReport | null = null;
  readonly #offline = new Set<string>();
  #isAside: boolean;

  constructor(options: ReactNativeSignalsOptions, listener: (signal: NetworkSignal) => void) {
    const { NetInfo, AppState, clock = systemClock, wallMs = systemWallClock } = options;
    const { everyMs = LOOK_EVERY_MS } = options;
    this.#netInfo = NetInfo;
    this.#listener = listener;
    this.#meter = new SleepMeter({ clock, wallMs, everyMs });
    this.#isAside = AppState?.currentState === 'background';
    const netInfo = NetInfo.addEventListener((report) => this.#hear(report));
    const appState = AppState?.addEventListener('change', (state) => this.#turn(state));
    this.#stops.push(netInfo, () => appState?.remove());
    this.#stops.push(everySoOften(clock, everyMs, () => this.#look()));
  }

  readonly stop = (): void => {
    this.#listener = null;
    for (const stop of this.#stops) stop();
  };

  #hear(report: NetInfoReport): void {
    const { isConnected, isInternetReachable = null } = report;
    const wasOffline = this.#offline.has('netinfo');
    if (isConnected !== null) this.#say('netinfo', isConnected);
    if (isInternetReachable !== null) this.#say('reachability', isInternetReachable);
    if (isConnected !== true) return;
    const before = this.#network;
    this.#network = report;
    // What comes back may be another network as well; that it is back says all that matters.
    if (!wasOffline && before !== null && isAnother(before, report)) {
      this.#tell('netinfo', 'changed');
    }
  }

  /** `inactive` is a call that rings, or the list of applications: nothing stands still. */
  #turn(state: string): void {
    if (state === 'background') this.#isAside = true;
    if (state !== 'active' || !this.#isAside) return;
    this.#isAside = false;
    this.#isBack('appstate');
  }

  #look(): void {
    if (this.#meter.look(this.#isAside ? BACKGROUND_MS : 0)) this.#isBack('clock');
  }

  /** What happened meanwhile was told to nobody: NetInfo is asked, and the links are. */
  #isBack(source: string): void {
    this.#meter.begin();
    this.#netInfo.refresh?.().catch(() => undefined); // it is asked again the next time
    this.#tell(source, 'woke');
  }

  #say(source: string, isOnline: boolean): void {
    if (this.#offline.has(source) !== isOnline) return;
    if (isOnline) this.#offline.delete(source);
    else this.#offline.add(source);
    this.#tell(source, isOnline ? 'online' : 'offline');
  }

  #tell(source: string, says: NetworkSignal['says']): void {
    this.#listener?.({ source, says });
  }
}

/** Another kind of network, or another address or name in it, where both are known. Strength and speed say nothing. */
function isAnother(before: NetInfoReport, now: NetInfoReport): boolean {
  return (
    before.type !== now.type || differs(before, now, 'ipAddress') || differs(before, now, 'ssid')
  );
}

function differs(before: NetInfoReport, now: NetInfoReport, name: 'ipAddress' | 'ssid'): boolean {
  const [was, is] = [detailOf(before, name), detailOf(now, name)];
  return was !== null && is !== null && was !== is;
}

function detailOf({ details }: NetInfoReport, name: string): string | null {
  const value = (details as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
