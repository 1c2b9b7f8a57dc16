import { expect } from 'vitest';

import { breakerMachine } from '../../machines/breaker.machine.ts';
import { breakerModel } from '../../src/testing/model/catalogues/breaker.ts';
import { runChart } from './chart-suite.ts';

runChart(breakerMachine, breakerModel, {
  closed: (world) => {
    expect([undefined, 'breaker.closed']).toContain(world.emitted.at(-1)?.type);
  },
  open: (world) => {
    expect(world.emitted.at(-1)?.type).toBe('breaker.opened');
  },
  halfOpen: (world) => {
    expect(world.emitted.at(-1)?.type).toBe('breaker.halfOpened');
  },
});
