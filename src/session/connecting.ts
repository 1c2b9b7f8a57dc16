/** The part of a session that keeps its connection: the chart that decides, and who watches the links that it has. */
import type { ConnectionPart } from './connection-part.ts';
import { LinkWatch } from './link-watch.ts';
import { OneConnection } from './one-connection.ts';
import type { SessionPart } from './parts.ts';

const part: ConnectionPart = {
  name: 'connection',
  startDecider: (options, wiring, handlers) => new OneConnection(options, wiring, handlers),
  watch: (options, uplink, link, handlers) => new LinkWatch(options, uplink, link, handlers),
};

/** Needed with every service; those of `tenuto/providers` bring it. */
export const connection: SessionPart = part;
