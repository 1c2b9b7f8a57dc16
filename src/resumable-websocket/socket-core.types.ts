/** What the life of a resumable WebSocket is made of. */
import type { ResolvedSocketOptions } from './options.ts';

type Protocols = string | readonly string[] | null | undefined;

export interface SocketCoreOptions {
  readonly options: ResolvedSocketOptions;
  readonly url: string | URL | (() => string | URL | Promise<string | URL>);
  readonly protocols: Protocols | (() => Protocols | Promise<Protocols>);
  readonly dispatch: (event: Event) => void;
}
