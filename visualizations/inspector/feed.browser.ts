/**
 * What the server of this page tells: the events of whoever is watched, and how the way there is. A `ResumableWebSocket` holds
 * it: its chart decides when a lost one is dialled again.
 */
import { isInspectionEvent } from '../../src/observability/wire.ts';
import type { ChartSource, StatelyInspectionEvent } from '../../src/observability/wire.ts';
import { ResumableWebSocket } from '../../src/resumable-websocket/websocket.browser.ts';

export interface HowTo {
  readonly title: string;
  readonly code: string;
}

export interface FeedNews {
  /** The server is reached. */
  readonly isOpen: boolean;
  /** What is shown, in the server's words; empty before it said so. */
  readonly title: string;
  /** What a reader should know; empty where there is nothing. */
  readonly note: string;
  /** What a reader has to do before there is anything to be seen. */
  readonly howTo: readonly HowTo[];
  /** Events that were left out because this page, or the way to it, was too slow. */
  readonly dropped: number;
}

export const NO_NEWS: FeedNews = { isOpen: false, title: '', note: '', howTo: [], dropped: 0 };

/** It is on this machine, and somebody looks at it. */
const SCHEDULE = {
  minReconnectionDelay: 250,
  reconnectionDelayGrowFactor: 2,
  maxReconnectionDelay: 2_000,
};

export interface FeedOptions {
  /** Told whenever something about the way changes. */
  readonly onNews: (news: FeedNews) => void;
  /** Told of each that is opened, for each begins anew: with all of the past that is kept. */
  readonly onSource: (source: ChartSource) => void;
}

/** For as long as the page is there. */
export function openFeed({ onNews, onSource }: FeedOptions): void {
  const address = new URL('feed', location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new ResumableWebSocket(address, [], { ...SCHEDULE, mode: 'plain' });
  let source = new FeedSource();
  let news = NO_NEWS;
  const tell = (change: Partial<FeedNews>): void => {
    news = { ...news, ...change };
    onNews(news);
  };
  socket.onopen = () => {
    source = new FeedSource();
    tell({ ...NO_NEWS, isOpen: true });
    onSource(source);
  };
  socket.onclose = () => tell({ isOpen: false });
  socket.onmessage = ({ data }) => {
    const message: unknown = JSON.parse(String(data));
    if (isInspectionEvent(message)) {
      source.tell(message);
      return;
    }
    const { type, title, note, howTo, events } = message as Told;
    if (type === 'tenuto.shown') {
      tell({ title: textOf(title), note: textOf(note), howTo: Array.isArray(howTo) ? howTo : [] });
    }
    if (type === 'tenuto.dropped') tell({ dropped: news.dropped + Number(events) });
  };
}

/** What comes before anybody listens waits for them. */
class FeedSource implements ChartSource {
  readonly #listeners = new Set<(event: StatelyInspectionEvent) => void>();
  readonly #waiting: StatelyInspectionEvent[] = [];

  subscribe(listener: (event: StatelyInspectionEvent) => void): () => void {
    for (const event of this.#waiting.splice(0)) listener(event);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(event: StatelyInspectionEvent): void {
    if (this.#listeners.size === 0) this.#waiting.push(event);
    for (const listener of this.#listeners) listener(event);
  }
}

interface Told {
  readonly type?: unknown;
  readonly title?: unknown;
  readonly note?: unknown;
  readonly howTo?: readonly HowTo[];
  readonly events?: unknown;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
