import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { describe, expect, it } from 'vitest';

import { charts } from '../../src/charts/charts.ts';
import { chartModel, labelOf } from '../../src/charts/model.ts';
import type { ChartTransition } from '../../src/charts/model.ts';
import { plain } from '../../src/charts/phrases.ts';
import { anywhereIn, pictureOf } from '../../src/charts/picture.ts';
import type { Picture } from '../../src/charts/picture.ts';
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
      'after 5 s',
      'after patience (1.5 s)',
      'alarm done',
      'always [isWindy and isHeavy]',
      'always [not isWindy]',
      'any other event',
      'bell.rang',
      'door.knocked',
      'door.pushed',
      'door.pushed [isBroken wind]',
      'door.pushed [isUnlocked]',
      'door.removed',
      'door.shaken',
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
      spawns: ['bolt'],
    });
    expect(open).toMatchObject({
      kind: 'compound',
      initialId: 'sample.open.ajar',
      invokes: ['draught', 'alarm'],
      entry: [],
      exit: [],
      spawns: [],
    });
  });

  it('knows which transition starts an actor, and which comes after all guards', () => {
    const { transitions } = chartModel(sampleMachine);

    const starting = transitions.filter(({ spawns }) => spawns.length > 0);
    const otherwise = transitions.filter(({ isOtherwise }) => isOtherwise);

    expect(starting.map(({ event, spawns }) => [event, spawns])).toEqual([['bell.rang', ['bell']]]);
    expect(otherwise.map(({ event, actions }) => [event, actions])).toEqual([
      ['door.pushed', ['complain']],
    ]);
  });

  it.each(charts)('says where each actor of $name is run or started', ({ machine }) => {
    const declared = Object.keys(machine.implementations.actors);

    const { states, transitions } = chartModel(machine);

    const named = [
      ...states.flatMap(({ invokes, spawns }) => [...invokes, ...spawns]),
      ...transitions.flatMap(({ spawns }) => spawns),
    ];
    expect([...new Set(named)].sort()).toEqual(declared.sort());
  });

  it.each(charts)('finds a description on every state of $name', ({ machine }) => {
    const [, ...states] = chartModel(machine).states;

    expect(states.filter(({ description }) => description === '')).toEqual([]);
  });
});

describe('the picture of a chart', () => {
  it.each(machines)('shows every transition of $name exactly once', ({ machine }) => {
    const model = chartModel(machine);

    const picture = pictureOf(model);

    const shown = model.transitions.map((transition) => placesOf(transition, picture).length);
    expect(shown).toEqual(model.transitions.map(({ targetIds }) => Math.max(1, targetIds.length)));
  });

  it.each(machines)('says event and guard of every transition of $name', ({ machine }) => {
    const picture = pictureOf(chartModel(machine));

    for (const { phrases, transitions } of picture.edges) {
      const said = phrases.map(plain).join(' ');
      for (const { event, guard } of transitions) {
        const isBranch = phrases.every((phrase) => phrase.event === '');
        const isAsked = phrases.every((phrase) => phrase.guard === null);
        if (!isBranch) expect(said).toContain(event);
        if (!isAsked && guard !== null) expect(said).toContain(`[${guard}]`);
      }
    }
  });

  it.each(machines)(
    'leads every decision of $name wherever its transitions lead',
    ({ machine }) => {
      const picture = pictureOf(chartModel(machine));

      for (const { id } of picture.nodes.filter(({ kind }) => kind === 'decision')) {
        const into = picture.edges.filter(({ targetId }) => targetId === id);
        const outOf = picture.edges.filter(({ sourceId }) => sourceId === id);
        const decided = new Set(into.flatMap(({ transitions }) => transitions));
        expect(new Set(outOf.flatMap(({ transitions }) => transitions))).toEqual(decided);
        for (const { targetId, transitions } of outOf) {
          for (const { targetIds } of transitions) expect(targetIds).toContain(targetId);
        }
      }
    },
  );

  it('draws what holds anywhere in a state from a box that says so', () => {
    const { nodes, edges } = pictureOf(chartModel(sampleMachine));

    const inOpen = nodes.find(({ id }) => id === anywhereIn('sample.open'))!;
    const inAny = nodes.find(({ id }) => id === anywhereIn('sample'))!;

    expect(inOpen).toMatchObject({ title: 'anywhere in open', parentId: 'sample.open' });
    expect(inOpen.staying.map(labelOf)).toEqual(['door.knocked']);
    expect(inAny.staying.map(labelOf)).toEqual(['bell.rang']);
    expect(edges.filter(({ sourceId }) => sourceId === inOpen.id)).toMatchObject([
      { targetId: 'sample.open.wide', phrases: [{ event: 'door.shaken' }] },
    ]);
  });

  it('tells once on what two states stay alike', () => {
    const connection = charts.find(({ name }) => name === 'connection')!;

    const { nodes } = pictureOf(chartModel(connection.machine));

    const shared = nodes.find(({ title }) => title === 'in connected and active')!;
    const ids = new Set(shared.staying.map(({ sourceId }) => sourceId));
    expect([...ids]).toEqual(['connection.connected', 'connection.active']);
    expect(shared.staying.map(labelOf)).toContain('link.suspected [mayHedge]');
  });

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
    expect(into.map(({ phrases }) => phrases.map(({ event }) => event))).toEqual([
      ['socket.lost'],
      ['socket.lost', 'link.died'],
      ['socket.lost', 'link.died'],
      ['socket.lost'],
    ]);
    const outOf = picture.edges.filter(({ sourceId }) => sourceId === decisions[0]!.id);
    expect(outOf.map(({ phrases }) => phrases.map(({ note }) => note))).toEqual([
      [''],
      [''],
      [''],
      ['socket.lost only'],
      ['socket.lost only'],
    ]);
  });
});

/** The arrows and the lists that tell of a transition; the way out of a decision is no second telling. */
function placesOf(transition: ChartTransition, { nodes, edges }: Picture): string[] {
  const listed = nodes.flatMap(({ id, failures, again, staying }) =>
    [...failures, ...again, ...staying].filter((each) => each === transition).map(() => id),
  );
  const isDecision = (nodeId: string): boolean =>
    nodes.some(({ id, kind }) => id === nodeId && kind === 'decision');
  const drawn = edges.filter(
    ({ sourceId, transitions }) => !isDecision(sourceId) && transitions.includes(transition),
  );
  return [...listed, ...drawn.map(({ id }) => id)];
}

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...(Object.values(node.states) as AnyStateNode[]).flatMap(nodesOf)];
}

function targets(definition: { target?: readonly AnyStateNode[] | undefined }): string[] {
  return (definition.target ?? []).map(({ id }) => id);
}
