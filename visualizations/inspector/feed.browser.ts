/** What the server of this page tells: the events of whoever is watched, and how the way there is. */
import { isInspectionEvent } from '../../src/observability/wire.ts';
import type { ChartSource, StatelyInspectionEvent } from '../../src/observability/wire.ts';

export interface FeedNews {
  /** The server is reached. */
  readonly isOpen: boolean;
  /** What is shown, in the server's words; empty before it said so. */
  readonly title: string;
  /** What a reader has to do, or should know; empty where there is nothing. */
  readonly note: string;
  /** Events that were left out because this page, or the way to it, was too slow. */
  readonly dropped: number;
}

export interface Feed {
  readonly source: ChartSource;
  close(): void;
}

interface Told {
  readonly type?: unknown;
  readonly title?: unknown;
  readonly note?: unknown;
  readonly events?: unknown;
}

/**
 * @param onNews is told whenever something about the way changes.
 * @param onLost the server is gone: whoever asks for a new feed is told all of the past that is kept.
 */
export function openFeed(onNews: (news: FeedNews) => void, onLost: () => void): Feed {
  const address = new URL('feed', location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(address);
  const listeners = new Set<(event: StatelyInspectionEvent) => void>();
  const waiting: StatelyInspectionEvent[] = [];
  let news: FeedNews = { isOpen: false, title: '', note: '', dropped: 0 };
  const tell = (change: Partial<FeedNews>): void => {
    news = { ...news, ...change };
    onNews(news);
  };
  socket.onopen = () => tell({ isOpen: true });
  socket.onclose = () => {
    tell({ isOpen: false });
    onLost();
  };
  socket.onmessage = ({ data }) => {
    const message: unknown = JSON.parse(String(data));
    if (isInspectionEvent(message)) {
      if (listeners.size === 0) waiting.push(message);
      for (const listener of listeners) listener(message);
      return;
    }
    const { type, title, note, events } = message as Told;
    if (type === 'tenuto.shown') tell({ title: textOf(title), note: textOf(note) });
    if (type === 'tenuto.dropped') tell({ dropped: news.dropped + Number(events) });
  };
  return {
    source: {
      subscribe: (listener) => {
        for (const event of waiting.splice(0)) listener(event);
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    close: () => {
      socket.onclose = null;
      socket.close();
    },
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
