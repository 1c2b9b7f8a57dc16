/**
 * How long a socket is borne with whose other end does not answer, or keeps nothing of what it is sent: total functions, so that
 * no guard or action can throw.
 */
import type { LinkStalled, SocketUnanswered } from './connection.peer.ts';
import { silence } from './connection.rules.ts';
import type { Failure } from './failure.ts';

/** A greeting is not taken for lost sooner, nor later than this where the dial was one of several: none of those had more. */
const SWALLOWED_AT_LEAST_MS = 1_000;
const LONGEST_RACED_MS = 2_000;

/** Told once it has kept nothing for so long, and left after so long: PROTOCOL.md, P15.6. */
const DEGRADED_AFTER_MS = 12_000;
const STUCK_AFTER_MS = 30_000;

const TOO_SLOW: Failure = {
  kind: 'transient',
  code: 'configure',
  detail: 'the service took no configuration in time',
};

/** What a socket is to be abandoned for, or its application to be warned of. */
export interface SocketFault {
  readonly id: number;
  readonly failure: Failure;
}

/**
 * The service may take long over a greeting, but its stack answers a ping at once: where not even that comes, the path has
 * swallowed both, and another socket is worth more than patience (PROTOCOL.md, P2.4). A dial took two round trips or more, and an
 * answered ping takes one.
 */
function isSwallowed(look: SocketUnanswered): boolean {
  const dialMs = look.openedAtMs - look.madeAtMs;
  const patienceMs = look.isRaced ? Math.min(dialMs, LONGEST_RACED_MS) : dialMs;
  const silentMs = look.atMs - look.openedAtMs;
  return look.isPingUnanswered && silentMs >= Math.max(SWALLOWED_AT_LEAST_MS, patienceMs);
}

function isOverdue({ atMs, openedAtMs, withinMs }: SocketUnanswered): boolean {
  return atMs - openedAtMs >= withinMs;
}

/** Looks are many, and this is why one of them is told: there is something to decide. */
export function isVain(look: SocketUnanswered): boolean {
  return isOverdue(look) || isSwallowed(look);
}

/** Why it is given up. One that answers nothing at all has a path that is to be suspected. */
export function vain(look: SocketUnanswered): SocketFault {
  const failure = isOverdue(look) ? TOO_SLOW : silence(look.atMs - look.openedAtMs);
  return { id: look.id, failure };
}

export function isDegraded({ forMs }: LinkStalled): boolean {
  return forMs >= DEGRADED_AFTER_MS;
}

export function isStuck({ forMs }: LinkStalled): boolean {
  return forMs >= STUCK_AFTER_MS;
}

/** @param kind `perRequest`: the link stands, and the application is told. */
export function stalled(kind: 'perRequest' | 'transient', { id, forMs }: LinkStalled): SocketFault {
  const seconds = Math.floor(forMs / 1_000);
  const detail = `for ${seconds} s it lives and has kept nothing of what it was sent`;
  return { id, failure: { kind, code: 'stalled', detail } };
}
