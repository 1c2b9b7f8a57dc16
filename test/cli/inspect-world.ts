/** `tenuto inspect` within a test. */
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

import { runInspect } from '../../src/cli/commands/inspect.ts';
import type { InspectOptions } from '../../src/cli/commands/inspect.ts';
import { isInspectionEvent } from '../../src/observability/wire.ts';
import type { StatelyInspectionEvent } from '../../src/observability/wire.ts';
import { projectRoot } from '../tooling/planted-tree.ts';

export interface Inspecting {
  readonly lines: readonly string[];
  readonly notes: readonly string[];
  readonly ended: Promise<number>;
  /** The first object that it tells: where the page is. */
  readonly told: Promise<Record<string, unknown>>;
  stop(): void;
}

export function inspecting(
  what: string | undefined,
  options: Partial<InspectOptions> = {},
): Inspecting {
  const signal = new AbortController();
  const lines: string[] = [];
  const notes: string[] = [];
  let tell: (told: Record<string, unknown>) => void = () => undefined;
  const told = new Promise<Record<string, unknown>>((resolve) => (tell = resolve));
  const ended = runInspect(
    what,
    {
      port: 0,
      tokenEnv: 'TENUTO_INSPECT_TOKEN',
      insecure: false,
      open: false,
      json: true,
      environment: {},
      pages: `${projectRoot}/dist/pages/`,
      ...options,
    },
    {
      write: (line) => {
        lines.push(line);
        tell(JSON.parse(line) as Record<string, unknown>);
      },
      note: (line) => notes.push(line),
      signal: signal.signal,
    },
  );
  onTestFinished(async () => {
    signal.abort();
    await ended.catch(() => undefined);
  });
  return { lines, notes, ended, told, stop: () => signal.abort() };
}

export interface Viewer {
  readonly events: readonly StatelyInspectionEvent[];
  readonly others: readonly Record<string, unknown>[];
  readonly text: string;
  /** Resolves when such an event has come. */
  seen(isIt: (event: StatelyInspectionEvent) => boolean): Promise<StatelyInspectionEvent>;
  readonly socket: WebSocket;
}

/** What a page reads. */
export function viewerOf(pageUrl: string): Viewer {
  const { origin, host } = new URL(pageUrl);
  const socket = new WebSocket(`ws://${host}/inspector/feed`, { origin });
  onTestFinished(() => socket.terminate());
  return reading(socket);
}

export function reading(socket: WebSocket): Viewer {
  const events: StatelyInspectionEvent[] = [];
  const others: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  let text = '';
  socket.on('message', (data) => {
    const line = (data as Buffer).toString();
    text += line;
    const message: unknown = JSON.parse(line);
    if (isInspectionEvent(message)) events.push(message);
    else others.push(message as Record<string, unknown>);
    for (const look of waiting) look();
  });
  return {
    events,
    others,
    socket,
    get text() {
      return text;
    },
    seen: (isIt) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = events.find(isIt);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        socket.on('error', reject);
        look();
      }),
  };
}

/** The status with which an upgrade is refused; 101 where it is not. */
export function statusOf(url: string, headers: Record<string, string> = {}): Promise<number> {
  const { origin, ...rest } = headers;
  const socket = new WebSocket(url, { headers: rest, ...(origin === undefined ? {} : { origin }) });
  onTestFinished(() => socket.terminate());
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(101));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', reject);
  });
}
