import { expect } from 'vitest';

import { captureMachine } from '../../machines/capture.machine.ts';
import type { ActorWorld } from '../../src/testing/model/actor-world.ts';
import { captureModel } from '../../src/testing/model/catalogues/capture.ts';
import { runChart } from './chart-suite.ts';

type World = ActorWorld<typeof captureMachine>;

runChart(captureMachine, captureModel, {
  '': (world) => {
    const state = world.state();
    const isTaking = /opening|moving|asking/.test(state);
    expect(running(world, 'open', 'move', 'ask')).toBe(isTaking ? 1 : 0);
    expect(running(world, 'watch')).toBe(state.includes('flowing') ? 1 : 0);
    expect(world.clock.pending).toBe(/waiting/.test(state) ? 1 : state.includes('stalled') ? 1 : 0);
    expect(isPaired(world, 'capture.muted', 'capture.unmuted')).toBe(true);
    expect(isPaired(world, 'capture.interrupted', 'capture.resumed')).toBe(true);
  },
  running: (world) => {
    const isCut = /cut|stalled/.test(world.state());
    expect(told(world, 'capture.interrupted') - told(world, 'capture.resumed')).toBe(isCut ? 1 : 0);
  },
  failed: (world) => {
    expect(world.emitted.at(-1)?.type).toMatch(/^capture\.(failed|refused)$/);
    expect(told(world, 'capture.failed') + told(world, 'capture.refused')).toBe(1);
  },
});

function running(world: World, ...names: readonly string[]): number {
  return world.running.filter(({ src }) => names.includes(src)).length;
}

function told(world: World, type: string): number {
  return world.emitted.filter((signal) => signal.type === type).length;
}

/** The one, the other, the one, and never one of them twice in a row. */
function isPaired({ emitted }: World, begins: string, ends: string): boolean {
  const both = emitted.flatMap(({ type }) => (type === begins || type === ends ? [type] : []));
  return both.every((type, at) => type === (at % 2 === 0 ? begins : ends));
}
