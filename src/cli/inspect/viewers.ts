/**
 * Pages that watch, each served at its own pace from one history. What waits for a page is in its socket's buffer, and that
 * is bounded: beyond it nothing more is written until the page has read. One that falls behind the history is told how many
 * events it missed, and what every actor was after them.
 */
import type { WebSocket } from 'ws';

import type { StatelyActorEvent, StatelyInspectionEvent } from '../../observability/wire.ts';
import type { WireHistory } from '../../observability/wire-history.ts';

/** What this version of the feed is called, to whoever comes. */
export const FEED_VERSION = 1;
/** Beyond this nothing more is written to a page. */
const BUFFER_BYTES = 1_048_576;
const NOTHING: readonly StatelyActorEvent[] = [];

interface Viewer {
  readonly socket: WebSocket;
  /** What it is told first: every actor that was made known before that. */
  before: readonly StatelyActorEvent[];
  /** So many of these it has been told. */
  told: number;
  /** The number of the next event that it is told. */
  next: number;
  isWriting: boolean;
}

export interface Shown {
  readonly title: string;
  readonly note: string;
  /** What there is to do before anything is to be seen. Default: nothing. */
  readonly howTo?: readonly HowTo[];
}

interface HowTo {
  readonly title: string;
  /** Lines to be copied. */
  readonly code: string;
}

export class Viewers {
  readonly #history: WireHistory;
  readonly #viewers = new Set<Viewer>();
  #shown: Shown;

  constructor(history: WireHistory, shown: Shown) {
    this.#history = history;
    this.#shown = shown;
  }

  get size(): number {
    return this.#viewers.size;
  }

  /** Says what is shown, to those who are there and to those who come. */
  show(shown: Shown): void {
    this.#shown = shown;
    for (const { socket } of this.#viewers) this.#tellShown(socket);
  }

  add(socket: WebSocket, onGone: () => void = () => undefined): void {
    const { first: next, before } = this.#history;
    const viewer: Viewer = { socket, before, told: 0, next, isWriting: false };
    this.#viewers.add(viewer);
    socket.on('close', () => {
      this.#viewers.delete(viewer);
      onGone();
    });
    socket.on('error', () => socket.terminate());
    this.#tellShown(socket);
    this.#pump(viewer);
  }

  /** There is something new in the history. */
  pump(): void {
    for (const viewer of this.#viewers) if (!viewer.isWriting) this.#pump(viewer);
  }

  close(): void {
    for (const { socket } of this.#viewers) socket.terminate();
  }

  #pump(viewer: Viewer): void {
    const { socket } = viewer;
    let event = this.#nextFor(viewer);
    while (event !== undefined) {
      const text = JSON.stringify(event);
      if (socket.bufferedAmount >= BUFFER_BYTES) {
        viewer.isWriting = true;
        // Called when all before it is written, too.
        socket.send(text, () => {
          viewer.isWriting = false;
          if (socket.readyState === socket.OPEN) this.#pump(viewer);
        });
        return;
      }
      socket.send(text);
      event = this.#nextFor(viewer);
    }
  }

  /** Undefined: it has been told all. */
  #nextFor(viewer: Viewer): StatelyInspectionEvent | undefined {
    const history = this.#history;
    if (viewer.next < history.first) {
      const events = history.first - viewer.next;
      viewer.next = history.first;
      viewer.before = history.before;
      viewer.told = 0;
      viewer.socket.send(JSON.stringify({ type: 'tenuto.dropped', events }));
    }
    const actor = viewer.before[viewer.told];
    if (actor !== undefined) {
      viewer.told += 1;
      return actor;
    }
    viewer.before = NOTHING;
    const event = history.at(viewer.next);
    if (event !== undefined) viewer.next += 1;
    return event;
  }

  #tellShown(socket: WebSocket): void {
    socket.send(JSON.stringify({ type: 'tenuto.shown', version: FEED_VERSION, ...this.#shown }));
  }
}
