/** The tabs: each has a lane of its own, for as long as it listens or has a connection. */
import type { ServerResponse } from 'node:http';

import { Lane } from './lane.ts';
import type { LaneOptions } from './lane.ts';

const MOST_LANES = 32;
const NAME = /^[A-Za-z0-9-]{8,64}$/;
/** Proxies and browsers take a silent stream for a dead one. */
const BEAT_EVERY_MS = 10_000;

export interface Tab {
  readonly name: string;
  readonly lane: Lane;
  readonly listeners: Set<ServerResponse>;
}

export class Lanes {
  readonly #options: LaneOptions;
  readonly #tabs = new Map<string, Tab>();
  #beat: unknown = null;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#beatLater();
  }

  /** Null for what is no name, and where there are too many already. */
  of(name: string): Tab | null {
    const known = this.#tabs.get(name);
    if (known !== undefined) return known;
    if (!NAME.test(name)) return null;
    this.#clearOut();
    if (this.#tabs.size >= MOST_LANES) return null;
    const tab: Tab = { name, lane: new Lane(this.#options), listeners: new Set() };
    this.#tabs.set(name, tab);
    return tab;
  }

  /** What happens is told to a tab for as long as it listens. */
  listen(tab: Tab, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 500\n\n');
    tab.listeners.add(response);
    response.on('close', () => tab.listeners.delete(response));
  }

  /** @param what is said to a tab; null: nothing. */
  tell(what: (tab: Tab) => object | null): void {
    for (const tab of this.#tabs.values()) {
      const news = what(tab);
      if (news === null) continue;
      const text = `data: ${JSON.stringify(news)}\n\n`;
      for (const response of tab.listeners) response.write(text);
    }
  }

  async close(): Promise<void> {
    this.#options.clock.clearTimeout(this.#beat);
    for (const { listeners } of this.#tabs.values()) for (const each of listeners) each.end();
    await Promise.all(Array.from(this.#tabs.values(), ({ lane }) => lane.close()));
  }

  #clearOut(): void {
    for (const [name, { lane, listeners }] of this.#tabs) {
      if (lane.size === 0 && listeners.size === 0) this.#tabs.delete(name);
    }
  }

  #beatLater(): void {
    const { clock } = this.#options;
    this.#beat = clock.setTimeout(() => {
      for (const { listeners } of this.#tabs.values())
        for (const each of listeners) each.write(':\n\n');
      this.#beatLater();
    }, BEAT_EVERY_MS);
  }
}
