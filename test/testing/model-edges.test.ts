import { createActor, createMachine, fromPromise, raise, setup } from 'xstate';
import { describe, expect, it } from 'vitest';

import { connectionMachine, livenessMachine } from '../../machines/index.ts';
import { edgesOf, EdgeCoverage } from '../../src/testing/model/edges.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const doorMachine = setup({
  types: { context: {} as { isLocked: boolean }, input: {} as { isLocked: boolean } },
  actors: { bell: fromPromise<void>(() => Promise.resolve()) },
  guards: { isLocked: ({ context }) => context.isLocked },
}).createMachine({
  id: 'door',
  context: ({ input }) => input,
  initial: 'shut',
  states: {
    shut: {
      on: {
        'door.pushed': [{ guard: 'isLocked', actions: raise({ type: 'door.hurt' }) }, 'ajar'],
        'door.hurt': { target: 'ringing' },
      },
    },
    ajar: { always: 'open' },
    open: { after: { 1_000: 'shut' }, on: { '*': {} } },
    ringing: { invoke: { src: 'bell', id: 'bell', onDone: 'shut', onError: 'shut' } },
  },
});

const startDoor = (isLocked: boolean, clock = new VirtualClock()) => {
  const coverage = new EdgeCoverage(doorMachine);
  const actor = createActor(doorMachine, {
    input: { isLocked },
    clock,
    inspect: coverage.inspect,
  }).start();
  return { actor, clock, coverage };
};

describe('edgesOf', () => {
  it('names every transition: guarded, always, delayed, wildcard, done and failed', () => {
    const ids = edgesOf(doorMachine).map(({ id }) => id);

    expect(ids).toEqual([
      'door.shut on door.pushed #1 stays',
      'door.shut on door.pushed #2 → door.ajar',
      'door.shut on door.hurt → door.ringing',
      'door.ajar always → door.open',
      'door.open on any other event stays',
      'door.open on after 1000 ms → door.shut',
      'door.ringing on bell done → door.shut',
      'door.ringing on bell failed → door.shut',
    ]);
    expect(edgesOf(doorMachine)[0]?.guard).toBe('isLocked');
  });

  it.each([connectionMachine, livenessMachine])(
    'names no two transitions of $id alike',
    (machine) => {
      const ids = edgesOf(machine).map(({ id }) => id);

      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBeGreaterThan(8);
    },
  );
});

describe('EdgeCoverage', () => {
  it('counts what ran, raised, always and delayed steps included', () => {
    const { actor, clock, coverage } = startDoor(false);

    actor.send({ type: 'door.pushed' });
    clock.advance(1_000);

    expect(coverage.executed.map(({ id }) => id)).toEqual([
      'door.shut on door.pushed #2 → door.ajar',
      'door.ajar always → door.open',
      'door.open on after 1000 ms → door.shut',
    ]);
    actor.stop();
  });

  it('does not count a guard that was asked and said no', () => {
    const { actor, coverage } = startDoor(false);

    actor.send({ type: 'door.pushed' });

    expect(coverage.missing.map(({ id }) => id)).toContain('door.shut on door.pushed #1 stays');
    actor.stop();
  });

  it('counts a step that a raised event makes', () => {
    const { actor, coverage } = startDoor(true);

    actor.send({ type: 'door.pushed' });

    expect(coverage.executed.map(({ id }) => id)).toEqual([
      'door.shut on door.pushed #1 stays',
      'door.shut on door.hurt → door.ringing',
    ]);
    actor.stop();
  });

  it('counts a provided copy as the chart itself', () => {
    const coverage = new EdgeCoverage(doorMachine);
    const copy = doorMachine.provide({ guards: { isLocked: () => true } });
    const actor = createActor(copy, { input: { isLocked: false } }).start();
    const unobserve = coverage.observe(actor);

    actor.send({ type: 'door.pushed' });
    unobserve();

    expect(coverage.executed).toHaveLength(2);
    actor.stop();
  });

  it('counts a child of another machine, and nothing of the parent', () => {
    const parent = createMachine({
      id: 'house',
      initial: 'lived',
      states: { lived: { invoke: { src: doorMachine, id: 'front', input: { isLocked: false } } } },
      on: { 'house.left': '.lived' },
    });
    const coverage = new EdgeCoverage(doorMachine);
    const actor = createActor(parent).start();
    coverage.observe(actor.system);

    actor.send({ type: 'house.left' });
    actor.getSnapshot().children['front']?.send({ type: 'door.pushed' });

    expect(coverage.executed.map(({ sourceId }) => sourceId)).toEqual(['door.shut', 'door.ajar']);
    actor.stop();
  });

  it('stops counting once it is told to', () => {
    const coverage = new EdgeCoverage(doorMachine);
    const actor = createActor(doorMachine, { input: { isLocked: false } }).start();
    const unobserve = coverage.observe(actor);

    unobserve();
    actor.send({ type: 'door.pushed' });

    expect(coverage.executed).toEqual([]);
    actor.stop();
  });

  it('reports in one line, and rounds no gap away', () => {
    const { actor, coverage } = startDoor(false);

    actor.send({ type: 'door.pushed' });
    coverage.countPath(1);

    expect(coverage.report()).toBe('door: 1 paths, 1 steps, 2 of 8 transitions (25 %)');
    actor.stop();
  });

  it('names each missing transition with its guard', () => {
    const { actor, coverage } = startDoor(false);

    actor.send({ type: 'door.pushed' });

    expect(() => {
      coverage.assertComplete();
    }).toThrow(
      expect.objectContaining({
        code: 'MODEL_MISMATCH',
        message: expect.stringContaining('\n  door.shut on door.pushed #1 stays [isLocked]'),
      }),
    );
    actor.stop();
  });
});
