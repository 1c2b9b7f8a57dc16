/** What holds for every chart, before any event. Each is loaded inside of its tests: one that cannot be made fails them. */
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { describe, expect, it } from 'vitest';

type LoadChart = () => Promise<AnyStateMachine>;

const charts: readonly (readonly [string, LoadChart])[] = [
  ['breaker', async () => (await import('../../machines/breaker.machine.ts')).breakerMachine],
  ['capture', async () => (await import('../../machines/capture.machine.ts')).captureMachine],
  [
    'connection',
    async () => (await import('../../machines/connection.machine.ts')).connectionMachine,
  ],
  ['gateway', async () => (await import('../../machines/gateway.machine.ts')).gatewayMachine],
  ['lease', async () => (await import('../../machines/lease.machine.ts')).leaseMachine],
  ['liveness', async () => (await import('../../machines/liveness.machine.ts')).livenessMachine],
  ['network', async () => (await import('../../machines/network.machine.ts')).networkMachine],
  [
    'orchestrator',
    async () => (await import('../../machines/orchestrator.machine.ts')).orchestratorMachine,
  ],
  ['renewal', async () => (await import('../../machines/renewal.machine.ts')).renewalMachine],
  ['reply', async () => (await import('../../machines/reply.machine.ts')).replyMachine],
  ['request', async () => (await import('../../machines/request.machine.ts')).requestMachine],
  ['turn', async () => (await import('../../machines/turn.machine.ts')).turnMachine],
];

function statesOf(node: AnyStateNode): readonly AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(statesOf)];
}

/** The names in a guard, an action, or a list of either; XState's own, and functions, have none. */
function namesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  const { type } = value as { type?: unknown };
  return typeof type === 'string' && !type.startsWith('xstate.') ? [type] : [];
}

function namedIn(machine: AnyStateMachine) {
  const states = statesOf(machine.root);
  const transitions = states.flatMap((state) => [
    ...[...state.transitions.values()].flat(),
    ...(state.always ?? []),
  ]);
  const invokes = states.flatMap(({ invoke }) => invoke);
  return {
    guards: transitions.flatMap(({ guard }) => namesIn(guard)),
    actions: [
      ...transitions.flatMap(({ actions }) => namesIn(actions)),
      ...states.flatMap(({ entry, exit }) => namesIn([entry, exit])),
    ],
    actors: invokes.flatMap(({ src }) => namesIn(src)),
    delays: states.flatMap(({ after }) => after.flatMap(({ delay }) => namesIn(delay))),
  };
}

describe.each(charts)('the %s chart', (name, load) => {
  it('bears its name', async () => {
    const machine = await load();

    expect(machine.id).toBe(name);
  });

  it('names no guard, action, actor or delay that it does not implement', async () => {
    const machine = await load();

    const named = namedIn(machine);

    for (const kind of ['guards', 'actions', 'actors', 'delays'] as const) {
      const known = Object.keys(machine.implementations[kind]);
      for (const one of named[kind]) expect(known, kind).toContain(one);
    }
    expect(named.guards.length + named.actions.length).toBeGreaterThan(0);
  });

  it('tells every invoked actor apart', async () => {
    const machine = await load();

    const ids = statesOf(machine.root).flatMap(({ invoke }) => invoke.map(({ id }) => id));

    for (const id of ids) expect(id).toMatch(/^[a-z]/i);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
