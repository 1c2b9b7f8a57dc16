/** Node's sockets, and its HTTP on a clock of the run's: how long an answer may take is virtual time as well. */
import type { Clock } from '../../ports/clock.ts';
import type { Transport } from '../../ports/socket.ts';
import { httpOver } from '../../transports/http.ts';
import { nodeWebSocketTransport } from '../../transports/websocket.node.ts';

export function nodeTransport(clock: Clock): Transport {
  return { ...nodeWebSocketTransport, http: httpOver(globalThis.fetch, clock) };
}
