import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { describe, expect, it } from 'vitest';

import { charts } from '../../src/charts/charts.ts';
import { chartModel, labelOf } from '../../src/charts/model.ts';
import { ANY_STATE_ID, pictureOf } from '../../src/charts/picture.ts';
import { sampleMachine } from './sample.machine.ts';

const machines: readonly { readonly name: string; readonly machine: AnyStateMachine }[] = [
  { name: 'sample', machine: sampleMachine },
  ...charts,
];

describe('the model of a chart', () => {
  it.each(machines)('holds every state of $name', ({ machine }) => {
    const model = chartModel(machine);

    expect(model.states.map(({ id }) => id)).toEqual(nodesOf(machine.root).map(({ id }) => id));
  });

  it.each(machines)('holds every transition of $name, `always` too', ({ machine }) => {
    const expected = nodesOf(machine.root).flatMap((node) => [
      ...[...node.transitions.values()].flat().map((definition) => [node.id, targets(definition)]),
      ...(node.always ?? []).map((definition) => [node.id, targets(definition)]),
    ]);

    const { transitions } = chartModel(machine);

    expect(transitions.map(({ sourceId, targetIds }) => [sourceId, targetIds])).toEqual(expected);
  });

  it('says internal names in words', () => {
    const { transitions } = chartModel(sampleMachine);

    expect(transitions.map(labelOf).sort()).toEqual([
      'after 5000 ms',
      'after patience',
      'alarm done',
      'always [isWindy and isHeavy]',
      'always [not isWindy]',
      'any other event',
      'bell.rang',
      'door.pushed',
      'door.pushed [isBroken wind]',
      'door.pushed [isUnlocked]',
      'door.removed',
      'door.slammed',
      'draught done',
      'draught failed',
      'open done',
    ]);
  });

  it('tells what a state means, runs and does', () => {
    const { states } = chartModel(sampleMachine);

    const closed = states.find(({ key }) => key === 'closed');
    const open = states.find(({ key }) => key === 'open');

    expect(closed).toMatchObject({
      kind: 'atomic',
      description: 'Nobody gets in.',
      tags: ['safe'],
      entry: ['lock', 'assign'],
      exit: ['unlock'],
    });
    expect(open).toMatchObject({
      kind: 'compound',
      initialId: 'sample.open.ajar',
      invokes: ['draught', 'alarm'],
      entry: [],
      exit: [],
    });
  });

  it.each(charts)('finds a description on every state of $name', ({ machine }) => {
    const [, ...states] = chartModel(machine).states;

    expect(states.filter(({ description }) => description === '')).toEqual([]);
  });
});

describe('the picture of a chart', () => {
  it.each(machines)(
    'shows every transition of $name, as an arrow or as a line in its state',
    ({ machine }) => {
      const model = chartModel(machine);

      const picture = pictureOf(model);

      const drawn = new Set(picture.edges.flatMap((edge) => edge.transitions));
      const hidden = model.transitions.filter((transition) => !drawn.has(transition));
      for (const transition of hidden) {
        const isRoots = transition.sourceId === machine.root.id;
        const id = isRoots ? ANY_STATE_ID : transition.sourceId;
        const node = picture.nodes.find((candidate) => candidate.id === id);
        const lines = [...(node?.internal ?? []), ...(node?.failures ?? [])];
        expect(lines.some((line) => line.startsWith(labelOf(transition)))).toBe(true);
      }
    },
  );

  it.each(machines)('has at most one arrow from one node of $name to another', ({ machine }) => {
    const { edges } = pictureOf(chartModel(machine));

    const ends = edges.map(({ sourceId, targetId }) => `${sourceId} ${targetId}`);

    expect(new Set(ends).size).toBe(ends.length);
  });

  it('draws a decision that several states share once', () => {
    const connection = charts.find(({ name }) => name === 'connection')!;

    const picture = pictureOf(chartModel(connection.machine));

    const decisions = picture.nodes.filter(({ kind }) => kind === 'decision');
    expect(decisions).toHaveLength(1);
    const into = picture.edges.filter(({ targetId }) => targetId === decisions[0]!.id);
    expect(into.map(({ sourceId }) => sourceId)).toEqual([
      'connection.connecting',
      'connection.connected',
      'connection.active',
      'connection.reconnecting',
    ]);
  });
});

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...(Object.values(node.states) as AnyStateNode[]).flatMap(nodesOf)];
}

function targets(definition: { target?: readonly AnyStateNode[] | undefined }): string[] {
  return (definition.target ?? []).map(({ id }) => id);
}
