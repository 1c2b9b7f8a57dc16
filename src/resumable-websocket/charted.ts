/** The connection chart with what a resumable WebSocket needs of it: the same one that runs every session's connection. */
import { createActor, fromCallback, fromPromise } from 'xstate';
import type { ActorRefFrom, EventObject } from 'xstate';

import type { Charted } from './engine.types.ts';
import type { PeerKind } from './link.types.ts';
import type { ResolvedSocketOptions } from './options.ts';
import { connectionMachine } from '../../machines/connection.machine.ts';
import type { MoveTimerInput } from '../../machines/connection.moving.ts';
import type { FoundPeer } from '../../machines/connection.peer.ts';
import type {
  ReplayResult,
  RestoreResult,
  SocketCommand,
  SocketInput,
  WaitInput,
} from '../../machines/connection.types.ts';
import { SERVER_DEAD_MS } from '../protocol/limits.ts';
import { looksOf } from '../session/looks.ts';

export type SocketActor = ActorRefFrom<typeof connectionMachine>;

/** One chart serves every socket: providing anew for each would build all its states again. */
const engines = new WeakMap<object, Charted>();

function engineOf(system: object): Charted {
  const engine = engines.get(system);
  if (engine === undefined) throw new TypeError('the connection chart runs without a socket');
  return engine;
}

const waitActor = fromPromise<void, WaitInput>(({ input, signal, system }) => {
  const { clock } = engineOf(system).options;
  return new Promise((resolve) => {
    const timer = clock.setTimeout(resolve, input.waitMs);
    signal.addEventListener('abort', () => {
      clock.clearTimeout(timer);
    });
  });
});

const moveTimer = fromCallback<EventObject, MoveTimerInput>(({ input, sendBack, system }) => {
  const { clock } = engineOf(system).options;
  let timer = clock.setTimeout(tell, input.firstInMs);
  function tell(): void {
    timer = clock.setTimeout(tell, input.everyMs);
    sendBack({ type: 'move.due', atMs: clock.nowMs() });
  }
  return () => {
    clock.clearTimeout(timer);
  };
});

const chartedMachine = connectionMachine.provide({
  actors: {
    socket: fromCallback<SocketCommand, SocketInput>(({ input, receive, sendBack, self }) =>
      engineOf(self.system).runSocket(input, sendBack, receive, looksOf(self)),
    ),
    backoffTimer: waitActor,
    rateLimitWait: waitActor,
    sessionRestore: fromPromise<RestoreResult, SocketInput>(({ input, system }) =>
      engineOf(system).restore(input),
    ),
    moveTimer,
    bufferReplay: fromPromise<ReplayResult, SocketInput>(({ system }) => engineOf(system).replay()),
  },
});

/** The chart for one engine, not started yet. @param isKnown there is a session that is to be taken up. */
export function actorFor(engine: Charted, kind: PeerKind, isKnown: boolean): SocketActor {
  const { token, clock } = engine.options;
  const refreshesCredential = typeof token === 'function';
  const actor = createActor(chartedMachine, {
    clock,
    input: {
      component: 'peer',
      ...peerAs(kind, engine.options),
      refreshesCredential,
      ...(isKnown ? { hasBeenConnected: true } : {}),
    },
  });
  engines.set(actor.system, engine);
  return actor;
}

/**
 * A gateway keeps the session and answers at once (PROTOCOL.md, P13.2 and P15.3): more is asked of it than of a plain server. A
 * silent socket of its is dropped when a spare one is welcomed, and else when the gateway itself lets go of it (P15.5).
 */
export function peerAs(kind: PeerKind, { policies }: ResolvedSocketOptions): FoundPeer {
  return kind === 'gateway'
    ? { policy: policies.gateway, limits: { isPrompt: true, deadAtLeastMs: SERVER_DEAD_MS } }
    : { policy: policies.plain, limits: {} };
}

/** Tells the chart each judgement of the network, until the returned function is called. */
export function followNetwork(
  { network, random, clock }: ResolvedSocketOptions,
  actor: SocketActor,
): (() => void) | null {
  if (network === null) return null;
  const stop = network.subscribe((judgement) => {
    const isLost = judgement.type === 'network.lost';
    actor.send(isLost ? judgement : { ...judgement, unit: random.unit() });
  });
  if (!network.isOnline) actor.send({ type: 'network.lost', atMs: clock.nowMs() });
  return stop;
}
