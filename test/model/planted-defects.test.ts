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

/** A chart's generated tests, made once: whichever copy of the chart is under test goes along their paths. */
class Generated<TMachine extends AnyStateMachine> {
  readonly paths: readonly ModelPath[];
  readonly #runs: ReadonlyMap<ModelPath, () => Promise<void>>;
  #tested: TMachine;

  constructor(
    chart: TMachine,
    model: PathOptions<TMachine>,
    checks: Parameters<typeof suiteOf<TMachine>>[2] = {},
  ) {
    this.#tested = chart;
    const { cases, paths } = suiteOf(chart, model, checks, () => this.#tested);
    this.paths = paths;
    this.#runs = new Map(paths.map((path, index) => [path, cases[index]!.run]));
  }

  /** The first failure that they find in this copy, by what it does: which transitions were executed is not counted. */
  async failureOf(tested: TMachine, paths = this.paths): Promise<string | null> {
    this.#tested = tested;
    for (const path of paths) {
      try {
        await this.#runs.get(path)!();
      } catch (error) {
        return (error as Error).message;
      }
    }
    return null;
  }
}

const ofConnection = new Generated(connectionMachine, connectionModel, connectionChecks);
const ofNetwork = new Generated(networkMachine, networkModel);
const ofOrchestrator = new Generated(orchestratorMachine, orchestratorModel);
const ofReply = new Generated(replyMachine, replyModel);
const ofRequest = new Generated(requestMachine, requestModel);
const ofTurn = new Generated(turnMachine, turnModel);

describe('the generated tests', () => {
  it('find nothing in a copy of the chart without a defect', async () => {
    const copy = connectionWith(() => undefined);
    const paths = ofConnection.paths.filter((_, index) => index % 20 === 0);

    expect(await ofConnection.failureOf(copy, paths)).toBeNull();
    expect(paths.length).toBeGreaterThan(100);
  });

  it.each(['isCurrent', 'isHedge', 'mayHedge', 'mayRotate'] as const)(
    'find a wrong guard: %s says yes to everything',
    async (guard) => {
      const tested = connectionMachine.provide({ guards: { [guard]: () => true } });

      expect(await ofConnection.failureOf(tested)).not.toBeNull();
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
    const paths = ofConnection.paths.filter(({ steps }) =>
      steps.some((step) => step.event.type === event && stateOf(step.from).startsWith(state)),
    );

    expect(await ofConnection.failureOf(tested, paths)).not.toBeNull();
  });

  it.each([-1, 1])('find a delay that is off by %d ms', async (byMs) => {
    const { offlineHysteresis } = networkMachine.implementations.delays as Record<string, number>;
    const tested = networkMachine.provide({
      delays: { offlineHysteresis: (offlineHysteresis ?? 0) + byMs },
    });

    const failure = await ofNetwork.failureOf(tested);

    expect(failure).not.toBeNull();
  });

  it.each([-1, 1])('find a wait for a language model that is off by %d ms', async (byMs) => {
    const tested = requestMachine.provide({
      delays: { wait: ({ context }) => context.dueAtMs - context.nowMs + byMs },
    });

    const failure = await ofRequest.failureOf(tested);

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

    expect(await ofRequest.failureOf(tested)).not.toBeNull();
  });

  it.each(['isWorthWaiting', 'isDue'] as const)(
    'find an answer that is asked for whatever was refused: %s says yes to everything',
    async (guard) => {
      const tested = replyMachine.provide({ guards: { [guard]: () => true } });

      expect(await ofReply.failureOf(tested)).not.toBeNull();
    },
  );

  it.each([-1, 1])('find a limit of a service that is off by %d ms', async (byMs) => {
    const tested = replyMachine.provide({
      delays: { limit: ({ context }) => context.waitMs + byMs },
    });

    expect(await ofReply.failureOf(tested)).not.toBeNull();
  });

  it.each(['isAnswering', 'hasAnswered', 'isAnswerDue'] as const)(
    'find a turn that is told apart wrongly: %s says no to everything',
    async (guard) => {
      const tested = turnMachine.provide({ guards: { [guard]: () => false } });

      expect(await ofTurn.failureOf(tested)).not.toBeNull();
    },
  );

  it('find a change that is begun though the session closes', async () => {
    const tested = orchestratorMachine.provide({ guards: { isClosing: () => false } });

    expect(await ofOrchestrator.failureOf(tested)).not.toBeNull();
  });

  it('find a request that is not reported', async () => {
    const tested = requestMachine.provide({ guards: { endsRequest: () => false } });

    expect(await ofRequest.failureOf(tested)).not.toBeNull();
  });

  it('find a timer that is not cancelled', async () => {
    const tested = connectionWith((config) => {
      const state = stateIn(config, 'reconnecting', 'backingOff');
      delete state.invoke;
      state.entry = spawnChild('backoffTimer', { id: 'backoffTimer', input: { waitMs: 1 } });
      state.on = { ...state.on, 'xstate.done.actor.backoffTimer': 'dialing' };
    });

    expect(await ofConnection.failureOf(tested)).not.toBeNull();
  });

  it('find a socket that is not let go', async () => {
    const tested = connectionMachine.provide({ actions: { letGo: () => undefined } });

    expect(await ofConnection.failureOf(tested)).not.toBeNull();
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

    expect(await ofConnection.failureOf(tested)).not.toBeNull();
  });
});
