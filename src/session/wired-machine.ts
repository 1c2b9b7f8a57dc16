/** The charts with everything that they need; the one place where implementations enter. */
import { fromCallback, fromPromise } from 'xstate';
import type { ActorRefFrom, AnyActorRef } from 'xstate';

import { looksOf } from './looks.ts';
import type { Wiring } from './wiring.ts';
import { connectionMachine } from '../../machines/connection.machine.ts';
import type {
  ReplayResult,
  RestoreResult,
  SocketCommand,
  SocketInput,
  WaitInput,
} from '../../machines/connection.types.ts';
import { orchestratorMachine } from '../../machines/orchestrator.machine.ts';
import { owned } from '../../machines/orchestrator.setup.ts';
import type { HandoverInput, HandoverResult } from '../../machines/orchestrator.types.ts';

export type ConnectionActor = ActorRefFrom<typeof connectionMachine>;
export type OrchestratorActor = ActorRefFrom<typeof orchestratorMachine>;

/** One chart serves every session: providing anew for each would build all its states again, some 50 KB. */
const wirings = new WeakMap<object, Wiring>();

/** Joins a wiring to the root actor that runs the charts for it. */
export function join(actor: AnyActorRef, wiring: Wiring): void {
  wirings.set(actor.system, wiring);
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
    socket: fromCallback<SocketCommand, SocketInput>(({ input, receive, sendBack, self }) =>
      wiringOf(self.system).runSocket(input, sendBack, receive, looksOf(self)),
    ),
    backoffTimer: waitActor,
    rateLimitWait: waitActor,
    sessionRestore: fromPromise<RestoreResult, SocketInput>(({ input, system }) =>
      wiringOf(system).restore(input),
    ),
    bufferReplay: fromPromise<ReplayResult, SocketInput>(({ input, system }) =>
      wiringOf(system).replay(input),
    ),
  },
});

let wiredOrchestra: typeof orchestratorMachine | null = null;

/** Made when the first session needs it: most have one candidate, and their process no use for it. */
export function wiredOrchestrator(): typeof orchestratorMachine {
  wiredOrchestra ??= orchestratorMachine.provide({
    actors: {
      connection: owned(wiredMachine),
      handover: fromPromise<HandoverResult, HandoverInput>(({ input, system }) =>
        wiringOf(system).carrier.handOver(input),
      ),
    },
  });
  return wiredOrchestra;
}
