/**
 * Apps that tell what happens in them, by `createWebSocketInspector` of `@statelyai/inspect`. Every app counts its actors
 * from 0, so each connection's have its number before theirs. When one goes, its actors are shown as stopped.
 */
import type { WebSocket } from 'ws';

import { isInspectionEvent, WIRE_VERSION } from '../../observability/wire.ts';
import type { StatelyInspectionEvent, WireSnapshot } from '../../observability/wire.ts';
import type { WallClock } from '../../ports/clock.ts';

export interface AppsOptions {
  /** @param chars how long it is as text; none where it is known by nobody. */
  readonly onEvent: (event: StatelyInspectionEvent, chars?: number) => void;
  /** Told when one comes, goes, or sends what is no event. */
  readonly onNews: (news: 'came' | 'went' | 'unreadable', apps: number) => void;
  readonly wallClock: WallClock;
}

/** Beyond it, those of an app that were seen first are not stopped when it goes. */
const MOST_ACTORS = 10_000;

export class Apps {
  readonly #options: AppsOptions;
  #last = 0;
  #size = 0;

  constructor(options: AppsOptions) {
    this.#options = options;
  }

  add(socket: WebSocket): void {
    const { onNews, onEvent, wallClock } = this.#options;
    this.#last += 1;
    this.#size += 1;
    const prefix = `${this.#last}.`;
    const living = new Map<string, WireSnapshot>();
    let isToldOf = false;
    onNews('came', this.#size);
    socket.on('message', (data, isBinary) => {
      const text = isBinary ? '' : textOf(data);
      const event = eventIn(text);
      if (event === null) {
        if (!isToldOf) onNews('unreadable', this.#size);
        isToldOf = true;
        return;
      }
      const numbered = withPrefix(event, prefix);
      note(living, numbered);
      onEvent(numbered, text.length);
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      this.#size -= 1;
      const createdAt = String(wallClock());
      for (const [sessionId, snapshot] of living) {
        onEvent({
          type: '@xstate.snapshot',
          sessionId,
          rootId: undefined,
          createdAt,
          id: null,
          _version: WIRE_VERSION,
          event: { type: 'tenuto.disconnected' },
          snapshot: { ...snapshot, status: 'stopped' },
        });
      }
      onNews('went', this.#size);
    });
  }
}

function note(living: Map<string, WireSnapshot>, event: StatelyInspectionEvent): void {
  if (event.type === '@xstate.event') return;
  const { sessionId, snapshot } = event;
  if ((snapshot.status ?? 'active') !== 'active') living.delete(sessionId);
  else if (living.has(sessionId) || living.size < MOST_ACTORS) living.set(sessionId, snapshot);
}

function withPrefix(event: StatelyInspectionEvent, prefix: string): StatelyInspectionEvent {
  const own = (id: string | undefined): string | undefined => (id === undefined ? id : prefix + id);
  const { rootId } = event;
  const named = { sessionId: prefix + event.sessionId, rootId: own(rootId) };
  switch (event.type) {
    case '@xstate.actor':
      return {
        ...event,
        ...named,
        parentId: own(event.parentId),
      };
    case '@xstate.event':
      return { ...event, ...named, sourceId: own(event.sourceId) };
    case '@xstate.snapshot':
      return { ...event, ...named };
  }
}

function eventIn(text: string): StatelyInspectionEvent | null {
  try {
    const value: unknown = JSON.parse(text);
    return isInspectionEvent(value) ? value : null;
  } catch {
    return null;
  }
}

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.from(data as ArrayBuffer).toString();
}
