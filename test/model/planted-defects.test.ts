/** The generated tests against charts with one defect each: every one of them has to be found. */
import { assign, spawnChild } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { describe, expect, it } from 'vitest';

import { afterConnect } from '../../machines/connection.rules.ts';
import { connectionSetup } from '../../machines/connection.setup.ts';
import {
  connectionMachine,
  networkMachine,
  orchestratorMachine,
  replyMachine,
  requestMachine,
  turnMachine,
} from '../../machines/index.ts';
import { connectionModel } from '../../src/testing/model/catalogues/connection.ts';
import { networkModel } from '../../src/testing/model/catalogues/network.ts';
import { orchestratorModel } from '../../src/testing/model/catalogues/orchestrator.ts';
import { replyModel } from '../../src/testing/model/catalogues/reply.ts';
import { requestModel } from '../../src/testing/model/catalogues/request.ts';
import { turnModel } from '../../src/testing/model/catalogues/turn.ts';
import type { ModelPath, PathOptions } from '../../src/testing/model/paths.ts';
import { stateOf } from '../../src/testing/model/sentences.ts';
import { suiteOf } from './chart-suite.ts';
import { connectionChecks } from './connection-checks.ts';

type Connection = typeof connectionMachine;

/** A chart's own configuration, loosely, so that a defect can be planted in a copy of it. */
interface Config {
  on?: Record<string, unknown>;
  states?: Record<string, Config>;
  invoke?: unknown;
  entry?: unknown;
}

/** The connection chart, but for what `plant` does to its configuration. */
function connectionWith(plant: (config: Config) => void): Connection {
  const config = copyOf(connectionMachine.config) as Config;
  plant(config);
  return connectionSetup.createMachine(config as never) as unknown as Connection;
}

/** Data anew, functions as they are. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copyOf(part)]));
}

function stateIn(config: Config, ...path: readonly string[]): Config {
  let state = config;
  for (const key of path) {
    const next = state.states?.[key];
    if (next === undefined) throw new Error(`there is no state ${path.join('.')}`);
    state = next;
  }
  return state;
}

/**
 * The first failure that the generated tests of the chart find in this one.
 *
 * @param isFirst paths to be taken before the others: which come first changes how long it takes, and nothing else.
 */
async function failureOf<TMachine extends AnyStateMachine>(
  chart: TMachine,
  model: PathOptions<TMachine>,
  tested: TMachine,
  checks: Parameters<typeof suiteOf<TMachine>>[2] = {},
  isFirst: (path: ModelPath) => boolean = () => false,
): Promise<string | null> {
  const { cases, paths } = suiteOf(chart, model, checks, tested);
  const first = new Set(paths.flatMap((path, index) => (isFirst(path) ? [cases[index]!] : [])));
  for (const { run } of [...first, ...cases.filter((each) => !first.has(each))]) {
    try {
      await run();
    } catch (error) {
      return (error as Error).message;
    }
  }
  return null;
}

const inConnection = (
  tested: Connection,
  isFirst?: (path: ModelPath) => boolean,
): Promise<string | null> =>
  failureOf(connectionMachine, connectionModel, tested, connectionChecks, isFirst);

describe('the generated tests', () => {
  it('find nothing in a copy of the chart without a defect', async () => {
    const copy = connectionWith(() => undefined);
    const { cases } = suiteOf(connectionMachine, connectionModel, connectionChecks, copy);

    for (const { run } of cases.filter((_, index) => index % 20 === 0)) await run();

    expect(cases.length).toBeGreaterThan(1_000);
  });

  it.each(['isCurrent', 'isHedge', 'mayHedge', 'mayRotate'] as const)(
    'find a wrong guard: %s says yes to everything',
    async (guard) => {
      const tested = connectionMachine.provide({ guards: { [guard]: () => true } });

      expect(await inConnection(tested)).not.toBeNull();
    },
  );

  it.each([
    ['active', 'socket.lost'],
    ['active', 'link.died'],
    ['reconnecting.backingOff', 'network.restored'],
    ['reconnecting.waitingForNetwork', 'session.connect'],
    ['error', 'session.connect'],
    ['', 'session.close'],
  ])('find a removed edge: %s on %s', async (state, event) => {
    const tested = connectionWith((config) => {
      const node = state === '' ? config : stateIn(config, ...state.split('.'));
      node.on = Object.fromEntries(Object.entries(node.on ?? {}).filter(([key]) => key !== event));
    });
    const goesThere = ({ steps }: ModelPath): boolean =>
      steps.some((step) => step.event.type === event && stateOf(step.from).startsWith(state));

    expect(await inConnection(tested, goesThere)).not.toBeNull();
  });

  it.each([-1, 1])('find a delay that is off by %d ms', async (byMs) => {
    const { offlineHysteresis } = networkMachine.implementations.delays as Record<string, number>;
    const tested = networkMachine.provide({
      delays: { offlineHysteresis: (offlineHysteresis ?? 0) + byMs },
    });

    const failure = await failureOf(networkMachine, networkModel, tested);

    expect(failure).not.toBeNull();
  });

  it.each([-1, 1])('find a wait for a language model that is off by %d ms', async (byMs) => {
    const tested = requestMachine.provide({
      delays: { wait: ({ context }) => context.dueAtMs - context.nowMs + byMs },
    });

    const failure = await failureOf(requestMachine, requestModel, tested);

    expect(failure).not.toBeNull();
  });

  it.each([
    ['choose', 'a candidate that is never passed on to'],
    ['noteBreaker', 'a breaker that nobody heeds'],
    ['noteBar', 'a candidate that is asked again though its breaker lets nobody through'],
    ['noteFailure', 'a failure that is forgotten'],
    ['noteDue', 'a wait that never ends'],
  ] as const)('find a request chart without %s: %s', async (action, _what) => {
    const tested = requestMachine.provide({ actions: { [action]: () => undefined } });

    expect(await failureOf(requestMachine, requestModel, tested)).not.toBeNull();
  });

  it.each(['isWorthWaiting', 'isDue'] as const)(
    'find an answer that is asked for whatever was refused: %s says yes to everything',
    async (guard) => {
      const tested = replyMachine.provide({ guards: { [guard]: () => true } });

      expect(await failureOf(replyMachine, replyModel, tested)).not.toBeNull();
    },
  );

  it.each([-1, 1])('find a limit of a service that is off by %d ms', async (byMs) => {
    const tested = replyMachine.provide({
      delays: { limit: ({ context }) => context.waitMs + byMs },
    });

    expect(await failureOf(replyMachine, replyModel, tested)).not.toBeNull();
  });

  it.each(['isAnswering', 'hasAnswered', 'isAnswerDue'] as const)(
    'find a turn that is told apart wrongly: %s says no to everything',
    async (guard) => {
      const tested = turnMachine.provide({ guards: { [guard]: () => false } });

      expect(await failureOf(turnMachine, turnModel, tested)).not.toBeNull();
    },
  );

  it('find a change that is begun though the session closes', async () => {
    const tested = orchestratorMachine.provide({ guards: { isClosing: () => false } });

    expect(await failureOf(orchestratorMachine, orchestratorModel, tested)).not.toBeNull();
  });

  it('find a request that is not reported', async () => {
    const tested = requestMachine.provide({ guards: { endsRequest: () => false } });

    expect(await failureOf(requestMachine, requestModel, tested)).not.toBeNull();
  });

  it('find a timer that is not cancelled', async () => {
    const tested = connectionWith((config) => {
      const state = stateIn(config, 'reconnecting', 'backingOff');
      delete state.invoke;
      state.entry = spawnChild('backoffTimer', { id: 'backoffTimer', input: { waitMs: 1 } });
      state.on = { ...state.on, 'xstate.done.actor.backoffTimer': 'dialing' };
    });

    expect(await inConnection(tested)).not.toBeNull();
  });

  it('find a socket that is not let go', async () => {
    const tested = connectionMachine.provide({ actions: { letGo: () => undefined } });

    expect(await inConnection(tested)).not.toBeNull();
  });

  it('find an attempt counter that is reset on open', async () => {
    const tested = connectionMachine.provide({
      actions: {
        noteConnected: assign(({ context, event }) => ({
          ...afterConnect(context, 'atMs' in event ? event.atMs : 0),
          attempts: 0,
        })),
      },
    });

    expect(await inConnection(tested)).not.toBeNull();
  });
});
