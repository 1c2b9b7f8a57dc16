/**
 * Charts that no actor runs. A gateway holds thousands of sessions, each with a lease that is a small record, stepped on its
 * rare events: a page sees such a record as it would see an actor, and the gateway's own chart above all of them.
 */
import type { AnyStateMachine } from 'xstate';

import { gatewayMachine } from '../../machines/gateway.machine.ts';
import { leaseMachine } from '../../machines/lease.machine.ts';
import type { Entry, FeedActor } from './history.ts';
import { dropOldest } from '../ports/capacity.ts';

/** What a gateway's `onStep` tells. */
export interface RecordStep {
  readonly chart: 'gateway' | 'lease';
  /** Which session, by its tag; null of the gateway itself. */
  readonly session: string | null;
  readonly event: string;
  /** States by their paths, such as `kept.detached`. */
  readonly from: string;
  readonly to: string;
}

interface Host {
  nowMs(): number;
  know(actor: FeedActor): void;
  add(entry: Entry): void;
}

const GATEWAY_ID = 'gateway';

/**
 * Each gateway that tells its steps needs one of its own.
 *
 * @param capacity of leases that are known: of one whose end was never told, as where another gateway took it over, something would
 *   be left for ever. One that is forgotten and tells a step after all is made known anew.
 */
export function leasesAndGateway(host: Host, capacity: number): (step: RecordStep) => void {
  const living = new Map<string, FeedActor>();
  let itself: FeedActor | null = null;
  const known = (id: string, machine: AnyStateMachine, from: string): FeedActor => {
    const isGateway = id === GATEWAY_ID;
    const there = isGateway ? itself : living.get(id);
    if (there !== null && there !== undefined) return there;
    const snapshot = snapshotAt(machine, from);
    const actor: FeedActor = {
      sessionId: id,
      name: id,
      rootId: GATEWAY_ID,
      parentId: isGateway ? undefined : GATEWAY_ID,
      machine,
      systemId: () => undefined,
      atMs: host.nowMs(),
      taken: [],
      base: snapshot,
    };
    if (isGateway) itself = actor;
    else living.set(id, actor);
    dropOldest(living, capacity);
    host.know(actor);
    return actor;
  };

  return ({ chart, session, event: type, from, to }) => {
    const isGateway = chart === 'gateway';
    const gateway = known(GATEWAY_ID, gatewayMachine, isGateway ? from : FIRST_OF_GATEWAY);
    const actor = isGateway ? gateway : known(`lease ${session ?? ''}`, leaseMachine, from);
    const event = { type };
    const atMs = host.nowMs();
    host.add({ kind: 'event', actor, atMs, event, snapshot: null, source: null, taken: [] });
    const snapshot = snapshotAt(actor.machine, to);
    host.add({ kind: 'snapshot', actor, atMs, event, snapshot, source: null, taken: [] });
    if (snapshot.status !== 'done') return;
    if (isGateway) itself = null;
    else living.delete(actor.sessionId);
  };
}

/** A gateway tells its changes: until the first it is where it began. */
const FIRST_OF_GATEWAY = 'accepting.ready';

/** A lease that is over, and is kept so that who asks for it is told so: to a watcher it has ended. */
const TOLD_FOR_A_WHILE = 'ended';

interface RecordSnapshot {
  readonly status: 'active' | 'done';
  readonly value: unknown;
}

function snapshotAt(machine: AnyStateMachine | null, path: string): RecordSnapshot {
  const keys = path.split('.');
  const last = keys.reduce<{ readonly states: object; readonly type?: string } | undefined>(
    (node, key) => (node?.states as Record<string, never> | undefined)?.[key],
    machine?.root,
  );
  const isDone = keys.length === 1 && (last?.type === 'final' || path === TOLD_FOR_A_WHILE);
  return { status: isDone ? 'done' : 'active', value: valueAt(keys) };
}

function valueAt([key = '', ...below]: readonly string[]): unknown {
  return below.length === 0 ? key : { [key]: valueAt(below) };
}
