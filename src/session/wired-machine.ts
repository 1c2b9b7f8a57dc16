/** The connection chart with everything that it needs; the one place where implementations enter. */
import { fromCallback, fromPromise } from 'xstate';
import type { ActorRefFrom } from 'xstate';

import type { Wiring } from './wiring.ts';
import { connectionMachine } from '../../machines/connection.machine.ts';
import type {
  ReplayResult,
  RestoreResult,
  SocketCommand,
  SocketInput,
  WaitInput,
} from '../../machines/connection.types.ts';

export type ConnectionActor = ActorRefFrom<typeof connectionMachine>;

/** One chart serves every session: providing anew for each would build all its states again, some 50 KB. */
const wirings = new WeakMap<object, Wiring>();

/** Joins a wiring to the actor that runs the chart for it. */
export function join(actor: ConnectionActor, wiring: Wiring): void {
  wirings.set(actor.system, wiring);
  wiring.connect((event) => {
    actor.send(event);
  });
}

function wiringOf(system: object): Wiring {
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

export const wiredMachine = connectionMachine.provide({
  actors: {
    socket: fromCallback<SocketCommand, SocketInput>(({ input, receive, system }) =>
      wiringOf(system).runSocket(input, receive),
    ),
    backoffTimer: waitActor,
    rateLimitWait: waitActor,
    sessionRestore: fromPromise<RestoreResult, SocketInput>(({ system }) =>
      Promise.resolve({
        resumed: false,
        toolCallsCarried: 0,
        atMs: wiringOf(system).clock.nowMs(),
      }),
    ),
    bufferReplay: fromPromise<ReplayResult, SocketInput>(({ input, system }) =>
      wiringOf(system).replay(input.id),
    ),
  },
});
