/** What the life of a resumable WebSocket is made of, and the states that it goes through. */
import type { ResolvedSocketOptions } from './options.ts';

export const CONNECTING = 0;
export const OPEN = 1;
export const CLOSING = 2;
export const CLOSED = 3;
export type ReadyState = typeof CONNECTING | typeof OPEN | typeof CLOSING | typeof CLOSED;

type Protocols = string | readonly string[] | null | undefined;

export interface SocketCoreOptions {
  readonly options: ResolvedSocketOptions;
  readonly url: string | URL | (() => string | URL | Promise<string | URL>);
  readonly protocols: Protocols | (() => Protocols | Promise<Protocols>);
  readonly dispatch: (event: Event) => void;
}
