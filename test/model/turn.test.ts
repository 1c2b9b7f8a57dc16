import { expect } from 'vitest';

import { turnMachine } from '../../machines/turn.machine.ts';
import type { ActorWorld } from '../../src/testing/model/actor-world.ts';
import { turnModel } from '../../src/testing/model/catalogues/turn.ts';
import { runChart } from './chart-suite.ts';

type World = ActorWorld<typeof turnMachine>;

runChart(turnMachine, turnModel, {
  '': (world) => {
    const moments = world.emitted.map((signal) => signal['atMs'] as number);

    expect(world.clock.pending).toBe(world.state() === 'awaiting' ? 1 : 0);
    expect(moments).toEqual([...moments].sort((a, b) => a - b));
    expect(moments.every((atMs) => atMs <= world.clock.nowMs())).toBe(true);
  },
  paused: (world) => {
    expect(newest(world)).not.toBe('speech.started');
  },
  speaking: (world) => {
    expect(newest(world)).toBe('speech.started');
  },
  awaiting: (world) => {
    expect(newest(world)).toBe('speech.started');
  },
  answering: (world) => {
    expect(newest(world)).toBe('speech.started');
  },
});

function newest(world: World): string | undefined {
  return world.emitted.at(-1)?.type;
}
