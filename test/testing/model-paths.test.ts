import { assign, createMachine, fromPromise, setup } from 'xstate';
import { describe, expect, it } from 'vitest';

import { modelPaths } from '../../src/testing/model/paths.ts';
import type { ModelPath } from '../../src/testing/model/paths.ts';

const gateMachine = setup({
  types: {
    context: {} as { readonly knocks: number; readonly openedAtMs: number },
    events: {} as
      { readonly type: 'gate.knocked'; readonly force: number } | { readonly type: 'gate.shut' },
  },
  actors: { bell: fromPromise<string>(() => Promise.reject(new Error('never started'))) },
  guards: {
    isHard: ({ event }) => event.type === 'gate.knocked' && event.force > 5,
    isThird: ({ context }) => context.knocks >= 2,
  },
  actions: { count: assign({ knocks: ({ context }) => context.knocks + 1 }) },
}).createMachine({
  id: 'gate',
  context: { knocks: 0, openedAtMs: 0 },
  initial: 'shut',
  states: {
    shut: {
      on: {
        'gate.knocked': [
          { guard: 'isHard', target: 'ringing' },
          { guard: 'isThird', target: 'open' },
          { actions: 'count' },
        ],
      },
    },
    ringing: { invoke: { src: 'bell', id: 'bell', onDone: 'open', onError: 'shut' } },
    open: { on: { 'gate.shut': 'shut' }, after: { 30_000: 'shut', 40_000: 'ringing' } },
  },
});

const knocks = { 'gate.knocked': [{ force: 1 }, { force: 9 }] };
const distinguish = ({ knocks: count }: { readonly knocks: number }) => Math.min(count, 2);
const names = (paths: readonly ModelPath[]) => paths.map(({ name }) => name);

describe('modelPaths', () => {
  it('takes every transition that the events lead to, and names the others', () => {
    const { covered, unreached, edges } = modelPaths(gateMachine, { events: knocks, distinguish });

    expect(unreached.map(({ id }) => id)).toEqual(['gate.open on after 40000 ms → gate.ringing']);
    expect(covered.length + unreached.length).toBe(edges.length);
  });

  it('misses what no payload opens', () => {
    const { unreached } = modelPaths(gateMachine, {
      events: { 'gate.knocked': [{ force: 1 }] },
      distinguish,
    });

    expect(unreached.map(({ id }) => id)).toContain('gate.shut on gate.knocked #1 → gate.ringing');
  });

  it('selects few paths that together take the same transitions', () => {
    const all = modelPaths(gateMachine, { events: knocks, distinguish });
    const few = modelPaths(gateMachine, { events: knocks, distinguish, select: 'edges' });

    expect(few.covered).toEqual(all.covered);
    expect(few.paths.length).toBeLessThan(all.paths.length);
    expect(few.paths.every(({ steps }) => (steps.at(-1)?.to.edges.length ?? 0) > 0)).toBe(true);
  });

  it('names each path by its events, in a sentence of its own', () => {
    const { paths } = modelPaths(gateMachine, { events: knocks, distinguish, select: 'edges' });

    expect(new Set(names(paths)).size).toBe(paths.length);
    expect(names(paths)).toContain('After gate.knocked (force 9), bell failed leads to shut.');
    expect(names(paths).join('\n')).toMatch(/, the wait of 30000 ms leads to shut\.$/m);
  });

  it('leaves out a path with which another begins', () => {
    const { paths } = modelPaths(gateMachine, { events: knocks, distinguish });
    const keys = paths.map(({ steps }) => steps.map(({ label }) => label).join('|'));

    for (const key of keys) {
      expect(keys.filter((other) => other.startsWith(`${key}|`))).toEqual([]);
    }
  });

  it('finds the same paths again', () => {
    const find = () => names(modelPaths(gateMachine, { events: knocks, distinguish }).paths);

    expect(find()).toEqual(find());
  });

  it('lets a payload depend on the situation and on the time', () => {
    const seen: number[] = [];
    modelPaths(gateMachine, {
      distinguish,
      events: {
        'gate.knocked': [
          {
            label: 'later',
            passMs: 500,
            event: ({ context, nowMs }) => {
              seen.push(nowMs);
              return context.knocks > 1 ? null : { type: 'gate.knocked', force: 1 };
            },
          },
        ],
      },
    });

    expect(seen).toEqual([1_500, 2_000, 2_500]);
  });

  it('does not let time pass a timer of the chart', () => {
    const { paths } = modelPaths(gateMachine, {
      distinguish,
      events: {
        ...knocks,
        'gate.shut': [{ label: '', passMs: 30_000, event: () => ({ type: 'gate.shut' }) }],
      },
    });

    expect(names(paths).join()).not.toContain('gate.shut');
  });

  it('takes timers in the order in which they fall due, and again after the state was entered again', () => {
    const machine = createMachine({
      id: 'lamp',
      initial: 'on',
      states: {
        on: {
          after: { 100: { actions: () => undefined }, 300: 'off' },
          on: { 'lamp.touched': { target: 'on', reenter: true } },
        },
        off: {},
      },
    });

    const { paths, unreached } = modelPaths(machine);

    expect(unreached).toEqual([]);
    expect(names(paths)).toContain('After the wait of 100 ms, the wait of 300 ms leads to off.');
    const touched = paths.find(
      ({ name }) => name === 'After the wait of 100 ms, the wait of 300 ms leads to off.',
    );
    expect(touched?.steps.map(({ passMs }) => passMs)).toEqual([100, 200]);
  });

  it('takes always and raised transitions as part of the step that causes them', () => {
    const machine = createMachine({
      id: 'lift',
      initial: 'low',
      states: { low: { on: { 'lift.called': 'rising' } }, rising: { always: 'high' }, high: {} },
    });

    const { paths, unreached } = modelPaths(machine);

    expect(unreached).toEqual([]);
    expect(names(paths)).toEqual(['In low, lift.called leads to high.']);
  });

  it('goes on after a state of the chart is done, and not after the chart is', () => {
    const machine = createMachine({
      id: 'trip',
      initial: 'out',
      states: {
        out: {
          initial: 'walking',
          states: { walking: { on: { 'goal.reached': 'there' } }, there: { type: 'final' } },
          onDone: 'home',
        },
        home: { type: 'final' },
      },
      on: { 'goal.moved': { actions: () => undefined } },
    });

    const { paths, unreached } = modelPaths(machine);

    expect(unreached).toEqual([]);
    expect(names(paths)).toContain('In out.walking, goal.reached leads to home.');
  });

  it('says what to do where situations never repeat', () => {
    const machine = createMachine({
      id: 'counter',
      context: { count: 0 },
      on: { 'count.raised': { actions: assign({ count: ({ context }) => context.count + 1 }) } },
    });

    expect(() => modelPaths(machine, { limit: 50 })).toThrow(
      expect.objectContaining({
        code: 'MODEL_INVALID',
        remediation: expect.stringContaining('distinguish'),
      }),
    );
  });

  it('says which event makes a chart throw', () => {
    const machine = createMachine({
      id: 'fragile',
      on: {
        'glass.hit': {
          actions: assign(() => {
            throw new Error('broken glass');
          }),
        },
      },
    });

    expect(() => modelPaths(machine)).toThrow(
      expect.objectContaining({
        code: 'MODEL_INVALID',
        message: expect.stringMatching(/glass\.hit in .* broken glass/),
      }),
    );
  });

  it('asks for an event where a chart waits for a family of events', () => {
    const machine = createMachine({ id: 'ear', on: { 'sound.*': { actions: () => undefined } } });

    expect(() => modelPaths(machine)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
    expect(
      modelPaths(machine, { events: { 'sound.*': [{ type: 'sound.heard' }] } }).unreached,
    ).toEqual([]);
  });
});
