/** The connection chart with everything that it needs; its implementations enter here and nowhere else. */
import { fromCallback, fromPromise } from 'xstate';
import type { ActorRefFrom, AnyActorRef, EventObject } from 'xstate';

import { looksOf } from './looks.ts';
import type { Wiring } from './wiring.ts';
import { connectionMachine } from '../../machines/connection.machine.ts';
import type { MoveTimerInput } from '../../machines/connection.moving.ts';
import type {
  ReplayResult,
  RestoreResult,
  SocketCommand,
  SocketInput,
  WaitInput,
} from '../../machines/connection.types.ts';
import type { orchestratorMachine } from '../../machines/orchestrator.machine.ts';

export type ConnectionActor = ActorRefFrom<typeof connectionMachine>;
export type OrchestratorActor = ActorRefFrom<typeof orchestratorMachine>;

/** One chart serves every session: providing anew for each would build all its states again, some 50 KB. */
const wirings = new WeakMap<object, Wiring>();

/** Joins a wiring to the root actor that runs the charts for it. */
export function join(actor: AnyActorRef, wiring: Wiring): void {
  wirings.set(actor.system, wiring);
}

export function wiringOf(system: object): Wiring {
  const wiring = wirings.get(system);
  if (wiring === undefined) throw new TypeError('the connection chart runs without a session');
  return wiring;
}

const waitActor = fromPromise<void, WaitInput>(({ input, signal, system }) => {
  const { clock } = wiringOf(system);
  return new Promise((resolve) => {
    const timer = clock.setTimeout(resolve, input.waitMs);
    signal.addEventListener('abort', () => {
      clock.clearTimeout(timer);
    });
  });
});

const moveTimer = fromCallback<EventObject, MoveTimerInput>(({ input, sendBack, system }) => {
  const { clock } = wiringOf(system);
  let timer = clock.setTimeout(tell, input.firstInMs);
  function tell(): void {
    timer = clock.setTimeout(tell, input.everyMs);
    sendBack({ type: 'move.due', atMs: clock.nowMs() });
  }
  return () => {
    clock.clearTimeout(timer);
  };
});

export const wiredMachine = connectionMachine.provide({
  actors: {
    socket: fromCallback<SocketCommand, SocketInput>(({ input, receive, sendBack, self }) =>
      wiringOf(self.system).runSocket(input, sendBack, receive, looksOf(self)),
    ),
    backoffTimer: waitActor,
    rateLimitWait: waitActor,
    sessionRestore: fromPromise<RestoreResult, SocketInput>(({ input, system }) =>
      wiringOf(system).restore(input),
    ),
    moveTimer,
    bufferReplay: fromPromise<ReplayResult, SocketInput>(({ input, system }) =>
      wiringOf(system).replay(input),
    ),
  },
});
