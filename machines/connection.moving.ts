/**
 * When a link whose end is named is left: while it still serves, for a socket that is dialled beside it (PROTOCOL.md, P17.2). So
 * nothing waits for a dial, and one that fails costs nothing.
 */
import type { ConnectionEvent } from './connection.types.ts';

/** A dial that failed is followed by another, to the next address: until the end there is time for many. */
const AGAIN_EVERY_MS = 1_000;

/** When `move.due` is to be told, first and then again and again until the timer is stopped. */
export interface MoveTimerInput {
  readonly firstInMs: number;
  readonly everyMs: number;
}

/** Somewhere in the first half of what is left, so that a gateway's clients do not all come at once. */
export function moveTimes(event: ConnectionEvent): MoveTimerInput {
  const firstInMs = event.type === 'link.ending' ? (event.unit * event.inMs) / 2 : 0;
  return { firstInMs, everyMs: AGAIN_EVERY_MS };
}
