/**
 * A browser's view of the network: `navigator.onLine`, the Network Information API where there is one, and the life of the
 * page. A hidden page is not offline, and a frozen one has not heard silence: both are only asked, once they are back,
 * whether what stood before still stands.
 */
import { everySoOften, LOOK_EVERY_MS, SleepMeter } from './sleep-meter.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import { systemClock, systemWallClock } from '../ports/clock.ts';
import type { NetworkSignal, NetworkSignals } from '../ports/network.ts';

/** What is listened to: a window, a document, a worker. */
export interface EventSource {
  addEventListener?(type: string, listener: (event: { readonly type: string }) => void): void;
  removeEventListener?(type: string, listener: (event: { readonly type: string }) => void): void;
}

/** What of a browser is used. A worker has no `document`, most desktop browsers no `connection.type`. */
export interface BrowserPlatform extends EventSource {
  readonly navigator?: {
    readonly onLine?: boolean;
    readonly connection?: EventSource & { readonly type?: string | undefined };
  };
  readonly document?: EventSource & { readonly visibilityState?: string };
}

export interface BrowserSignalsOptions {
  /** Default: the machine's own. */
  readonly clock?: Clock;
  /** Time of day, which runs on while the machine sleeps. Default: the machine's. */
  readonly wallMs?: WallClock;
  /** How often is looked whether the machine slept. Default 2,000 ms. */
  readonly everyMs?: number;
  /** Default: the page's `globalThis`. */
  readonly platform?: BrowserPlatform;
}

/** A page that was hidden for a shorter time has missed nothing. */
const PUT_ASIDE_MS = 1_000;

/** The timers of a hidden page may run once a minute, and somewhat late. */
const THROTTLED_MS = 90_000;

/**
 * Sources: `navigator` (online, offline), `connection` (another type of network, or none), `page` (it is seen or runs again)
 * and `clock` (the machine slept). Where there is no browser, only the last speaks.
 */
export function browserNetworkSignals(options: BrowserSignalsOptions = {}): NetworkSignals {
  return { subscribe: (listener) => new PageWatch(options, listener).stop };
}

class PageWatch {
  readonly #platform: BrowserPlatform;
  readonly #clock: Clock;
  readonly #meter: SleepMeter;
  readonly #stops: (() => void)[] = [];
  #listener: ((signal: NetworkSignal) => void) | null;
  #isOnline = true;
  #type: string | undefined;
  #hiddenAtMs: number | null = null;
  #isFrozen = false;

  constructor(options: BrowserSignalsOptions, listener: (signal: NetworkSignal) => void) {
    const { clock = systemClock, wallMs = systemWallClock, everyMs = LOOK_EVERY_MS } = options;
    this.#platform = options.platform ?? globalThis;
    this.#clock = clock;
    this.#meter = new SleepMeter({ clock, wallMs, everyMs });
    this.#listener = listener;
    this.#type = this.#platform.navigator?.connection?.type;
    this.#begin(everyMs);
  }

  readonly stop = (): void => {
    this.#listener = null;
    for (const stop of this.#stops) stop();
  };

  #begin(everyMs: number): void {
    const { navigator, document } = this.#platform;
    const readOnline = (): void => this.#readOnline();
    this.#on(this.#platform, 'online', readOnline);
    this.#on(this.#platform, 'offline', readOnline);
    this.#on(this.#platform, 'pageshow', (event) => {
      if ((event as { readonly persisted?: boolean }).persisted === true) this.#isBack();
    });
    this.#on(navigator?.connection, 'change', () => this.#readType());
    this.#on(document, 'visibilitychange', () => this.#readVisibility());
    this.#on(document, 'freeze', () => (this.#isFrozen = true));
    this.#on(document, 'resume', () => this.#isBack());
    this.#stops.push(everySoOften(this.#clock, everyMs, () => this.#look()));
    if (document?.visibilityState === 'hidden') this.#hiddenAtMs = this.#clock.nowMs();
    if (this.#type === 'none') this.#tell('connection', 'offline');
    this.#readOnline();
  }

  #on(
    source: EventSource | undefined,
    type: string,
    listener: (event: { readonly type: string }) => void,
  ): void {
    if (source?.addEventListener === undefined) return;
    source.addEventListener(type, listener);
    this.#stops.push(() => source.removeEventListener?.(type, listener));
  }

  /** By what the platform knows now: of what happened while the page was frozen no event comes. */
  #readOnline(): void {
    const isOnline = this.#platform.navigator?.onLine !== false;
    if (isOnline === this.#isOnline) return;
    this.#isOnline = isOnline;
    this.#tell('navigator', isOnline ? 'online' : 'offline');
  }

  /** `change` also comes with every new estimate of the bandwidth, which says nothing here. */
  #readType(): void {
    const before = this.#type;
    const type = this.#platform.navigator?.connection?.type;
    if (type === before) return;
    this.#type = type;
    if (type === 'none') this.#tell('connection', 'offline');
    else this.#tell('connection', before === 'none' ? 'online' : 'changed');
  }

  #readVisibility(): void {
    const nowMs = this.#clock.nowMs();
    if (this.#platform.document?.visibilityState === 'hidden') {
      this.#hiddenAtMs ??= nowMs;
      return;
    }
    const hiddenMs = this.#hiddenAtMs === null ? 0 : nowMs - this.#hiddenAtMs;
    this.#hiddenAtMs = null;
    if (hiddenMs >= PUT_ASIDE_MS) this.#isBack();
  }

  /** It is seen again, or runs again: a socket may have ended unheard, and the network may be another. */
  #isBack(): void {
    this.#isFrozen = false;
    this.#meter.begin();
    this.#readOnline();
    this.#readType();
    this.#tell('page', 'woke');
  }

  /** What runs of a frozen page runs late, and before it is told that it goes on. */
  #look(): void {
    if (this.#isFrozen) return;
    const excusedMs = this.#hiddenAtMs === null ? 0 : THROTTLED_MS;
    if (!this.#meter.look(excusedMs)) return;
    this.#readOnline();
    this.#readType();
    this.#tell('clock', 'woke');
  }

  #tell(source: string, says: NetworkSignal['says']): void {
    this.#listener?.({ source, says });
  }
}
