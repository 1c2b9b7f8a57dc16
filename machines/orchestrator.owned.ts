/** The connection chart as a child of a chart that owns it. */
import { sendParent } from 'xstate';

import type { connectionMachine } from './connection.machine.ts';
import type { OwnerFact } from './connection.owner.ts';
import type { ConnectionContext } from './connection.types.ts';
import { UNKNOWN_FAILURE } from './failure.ts';

/** What it tells its owner reaches the chart that spawned it. */
export function owned(connection: typeof connectionMachine): typeof connectionMachine {
  return connection.provide({
    actions: { tellOwner: sendParent(({ context }, { fact }) => ownerFact(context, fact)) },
  });
}

/** What is told: of the context as it is after the change. */
export function ownerFact(context: ConnectionContext, type: OwnerFact['type']): OwnerFact {
  const { lane, lostAtMs, waitMs, lostDial, outage } = context;
  const failure = context.failure ?? UNKNOWN_FAILURE;
  switch (type) {
    case 'candidate.ready':
      return { type, lane, atMs: context.connectedAtMs ?? 0 };
    case 'candidate.served':
      return { type, lane, atMs: context.restore.atMs };
    case 'candidate.caughtUp':
      return { type, lane };
    case 'candidate.confirmed':
      return { type, lane, atMs: context.answeredAtMs ?? 0 };
    case 'candidate.lost':
      return { type, lane, atMs: lostAtMs, failure, waitMs, wasDial: lostDial, outage };
    case 'candidate.failed':
      return { type, lane, atMs: lostAtMs, failure, outage };
  }
}
