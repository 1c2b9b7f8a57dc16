import { createActor, createMachine, fromPromise, not, setup } from 'xstate';
import { createInspector } from '@statelyai/inspect';
import { describe, expect, it } from 'vitest';

import { charts, draw } from '../../src/charts/charts.ts';
import { loadElk } from '../../src/charts/elk-here.ts';
import { layoutOf } from '../../src/charts/layout.ts';
import { pictureOf } from '../../src/charts/picture.ts';
import { definitionOf, machineOf } from '../../src/charts/definition.ts';
import { chartModel } from '../../src/charts/model.ts';
import { svgOf } from '../../src/charts/svg.ts';
import { sampleMachine } from './sample.machine.ts';

const machines = [{ name: 'sample', question: 'Of all?', machine: sampleMachine }, ...charts];

describe('a definition that was sent', () => {
  it.each(machines)('says of $name all that its machine says', ({ machine }) => {
    const sent = machineOf(definitionOf(machine))!;

    expect(chartModel(sent)).toEqual(chartModel(machine));
  });

  it.each(machines)('is sent on as it came, for $name', ({ machine }) => {
    const definition = definitionOf(machine);

    expect(definitionOf(machineOf(definition)!)).toBe(definition);
  });

  it.each(machines)('is drawn as the picture of $name is', async (chart) => {
    const [picture] = await draw(chart);

    const layout = await layoutOf(
      pictureOf(chartModel(machineOf(definitionOf(chart.machine))!)),
      await loadElk(),
    );

    expect(svgOf(layout, chart.question)).toBe(picture!.text);
  });

  it('tells nothing of a context, of meta and of what a function holds', () => {
    const machine = createMachine({
      id: 'holder',
      context: { token: 'canary-1' },
      meta: { note: 'canary-2' },
      initial: 'on',
      states: {
        on: {
          invoke: { src: fromPromise(async () => 'canary-3'), input: { key: 'canary-4' } },
          entry: [{ type: 'call', params: { headers: { authorization: 'canary-5' } } }],
        },
      },
    });

    expect(definitionOf(machine)).not.toContain('canary');
  });

  it('comes from the inspector of another app as well', () => {
    const machine = setup({ guards: { isDry: () => true } }).createMachine({
      id: 'weather',
      initial: 'dry',
      states: {
        dry: { on: { rain: { guard: not('isDry'), target: 'wet' } }, after: { 500: 'wet' } },
        wet: { type: 'parallel', states: { mud: {}, hail: {} } },
      },
    });
    const inspector = createInspector({ send: (event) => sent.push(event) });
    const sent: { readonly type: string; readonly definition?: string | undefined }[] = [];
    inspector.actor(createActor(machine));

    const read = machineOf(sent[0]!.definition!)!;

    const { states, transitions } = chartModel(read);
    expect(states.map(({ key, kind }) => [key, kind])).toEqual([
      ['weather', 'compound'],
      ['dry', 'atomic'],
      ['wet', 'parallel'],
      ['hail', 'atomic'],
      ['mud', 'atomic'],
    ]);
    expect(transitions.map(({ event, guard }) => [event, guard])).toEqual([
      ['rain', 'not'],
      ['after 500 ms', null],
    ]);
  });

  it.each([
    ['no JSON', '{"id":'],
    ['another kind of actor', '{"id":"backoffTimer"}'],
    ['a target that is nowhere', '{"id":"m","initial":"a","states":{"a":{"on":{"x":"b"}}}}'],
    ['no object', '"text"'],
    ['states that are none', '{"id":"m","states":"[Object]"}'],
  ])('is none where it is %s', (_, text) => {
    expect(machineOf(text)).toBeNull();
  });

  it('is read as far as it goes where an inspector cut it off', () => {
    const text = JSON.stringify({
      id: 'deep',
      initial: 'a',
      states: {
        a: { on: { x: [{ target: 'b', guard: '[Object]', actions: ['[Array]'] }] } },
        b: '[Object]',
      },
    });

    const { transitions } = chartModel(machineOf(text)!);

    expect(transitions).toMatchObject([{ guard: '[Object]', targetIds: ['deep.b'] }]);
  });
});
