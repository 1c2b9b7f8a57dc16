import { expect } from 'vitest';

import { livenessMachine } from '../../machines/index.ts';
import type { ActorWorld } from '../../src/testing/model/actor-world.ts';
import { livenessModel } from '../../src/testing/model/catalogues/liveness.ts';
import { runChart } from './chart-suite.ts';

runChart(livenessMachine, livenessModel, {
  probing: (world) => {
    expect(toldBy(world)).toContain('link.probe');
  },
  suspect: (world) => {
    expect(toldBy(world)).toContain('link.suspected');
    expect(toldBy(world)).not.toContain('link.died');
  },
  dead: (world) => {
    expect(toldBy(world).filter((type) => type === 'link.died')).toHaveLength(1);
  },
});

function toldBy(world: ActorWorld<typeof livenessMachine>): readonly string[] {
  return world.sent.map(({ type }) => type);
}
