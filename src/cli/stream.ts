/** What a recording can be streamed through: a session, or a voice agent. */
import type { SessionOptions } from '../session/options.ts';
import type { Session } from '../session/session.ts';

export type Stream = Pick<
  Session,
  'on' | 'connect' | 'write' | 'drain' | 'close' | 'status' | 'error' | 'ledger' | 'conversation'
>;

export type OpenStream = (options: SessionOptions) => Stream;
