import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { describe, expect, it } from 'vitest';

import { connectionMachine } from '../../machines/connection.machine.ts';
import { livenessMachine } from '../../machines/liveness.machine.ts';
import { ChartWorld, ways } from './chart-world.ts';

const charts: readonly (readonly [string, AnyStateMachine])[] = [
  ['connection', connectionMachine],
  ['liveness', livenessMachine],
];

function statesOf(node: AnyStateNode): readonly AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(statesOf)];
}

function namesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(namesIn);
  const { type } = (value ?? {}) as { type?: unknown };
  return typeof type === 'string' ? [type] : [];
}

describe.each(charts)('the %s chart', (_name, machine) => {
  const [, ...states] = statesOf(machine.root);
  const transitions = statesOf(machine.root).flatMap((state) =>
    [...state.transitions.values()].flat(),
  );

  it('describes every state', () => {
    for (const { id, description } of states) {
      expect(description, id).toMatch(/^[A-Z].*\.$/s);
    }
  });

  it('is no deeper than three', () => {
    for (const { path } of states) expect(path.length).toBeLessThanOrEqual(3);
  });

  it('leads only to states that exist', () => {
    for (const { target } of transitions) {
      for (const state of target ?? []) expect(states).toContain(state);
    }
  });

  it('implements every guard, action and actor that it names', () => {
    const { guards, actions, actors } = machine.implementations;
    const named = {
      guards: transitions.flatMap(({ guard }) => namesIn(guard)),
      actions: [
        ...transitions.flatMap(({ actions: taken }) => namesIn(taken)),
        ...states.flatMap(({ entry, exit }) => namesIn([entry, exit].flat())),
      ],
      actors: states.flatMap(({ invoke }) => invoke.map(({ src }) => src as string)),
    };

    for (const name of named.guards) expect(guards).toHaveProperty([name]);
    for (const name of named.actors) expect(actors).toHaveProperty([name]);
    for (const name of named.actions) {
      if (name !== 'xstate.assign' && name !== 'xstate.enqueueActions') {
        expect(actions).toHaveProperty([name]);
      }
    }
  });

  it('keeps no timer of its own: what waits is an actor', () => {
    for (const { after } of states) expect(after).toEqual([]);
  });
});

describe('the ways into the states of the connection chart', () => {
  it('leave out no state but the final one', () => {
    const leaves = statesOf(connectionMachine.root)
      .filter(({ type }) => type === 'atomic')
      .map(({ path }) => path.join('.'));

    const reached = [...Object.keys(ways), 'connected.standingBy']; // which needs another input
    expect(reached.sort()).toEqual([...leaves].sort());
  });

  it.each(Object.entries(ways))('lead to %s', async (state, way) => {
    const world = new ChartWorld();

    await way(world);

    expect(world.state).toBe(state);
    await world.close();
  });
});
