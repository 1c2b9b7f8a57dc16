/** A page in a browser, as far as the network signals see it, on real event targets. */
import { browserNetworkSignals } from '../../src/network/signals.browser.ts';
import type { BrowserPlatform } from '../../src/network/signals.browser.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

class Connection extends EventTarget {
  type: string | undefined;
}

class PageDocument extends EventTarget {
  visibilityState = 'visible';
}

/** A window. Its time of day is the clock's, and what it slept uncounted. */
export class Page extends EventTarget implements BrowserPlatform {
  readonly clock: VirtualClock;
  /** What the page's own timers run by. */
  readonly timers: Clock;
  readonly connection = new Connection();
  readonly document = new PageDocument();
  readonly navigator = { onLine: true, connection: this.connection };
  readonly heard: string[] = [];
  /** How long the machine slept without its monotonic clock. */
  uncountedMs = 0;
  listeners = 0;

  constructor(clock = new VirtualClock(1_000), timers: Clock = clock) {
    super();
    this.clock = clock;
    this.timers = timers;
  }

  override addEventListener(...given: Parameters<EventTarget['addEventListener']>): void {
    this.listeners += 1;
    super.addEventListener(...given);
  }

  override removeEventListener(...given: Parameters<EventTarget['removeEventListener']>): void {
    this.listeners -= 1;
    super.removeEventListener(...given);
  }

  get signals(): ReturnType<typeof browserNetworkSignals> {
    const wallMs = (): number => 1.7e12 + this.clock.nowMs() + this.uncountedMs;
    return browserNetworkSignals({ clock: this.timers, wallMs, platform: this });
  }

  listen(): () => void {
    return this.signals.subscribe(({ source, says }) => this.heard.push(`${source} ${says}`));
  }

  goes(word: 'online' | 'offline'): this {
    this.navigator.onLine = word === 'online';
    this.dispatchEvent(new Event(word));
    return this;
  }

  /** @param type of the network; undefined where the browser tells none. */
  takes(type: string | undefined): this {
    this.connection.type = type;
    this.connection.dispatchEvent(new Event('change'));
    return this;
  }

  becomes(visibilityState: 'visible' | 'hidden'): this {
    this.document.visibilityState = visibilityState;
    this.document.dispatchEvent(new Event('visibilitychange'));
    return this;
  }

  freezes(): this {
    this.document.dispatchEvent(new Event('freeze'));
    return this;
  }

  resumes(): this {
    this.document.dispatchEvent(new Event('resume'));
    return this;
  }

  /** Comes back from where the browser keeps pages that were left. */
  isShown(persisted: boolean): this {
    this.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }));
    return this;
  }

  pass(ms: number): this {
    this.clock.advance(ms);
    return this;
  }

  /** Nothing runs meanwhile; what was due runs late. */
  stands(ms: number): this {
    this.clock.sleep(ms);
    return this;
  }
}
