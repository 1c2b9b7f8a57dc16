import { describe, expect, it } from 'vitest';
import { emit, initialTransition, setup, transition } from 'xstate';

import { breakerMachine } from '../../machines/breaker.machine.ts';
import type { BreakerEvent } from '../../machines/breaker.types.ts';
import { leaseMachine } from '../../machines/lease.machine.ts';
import { Stepper } from '../../machines/stepper.ts';

const failed = (atMs: number): BreakerEvent => ({
  type: 'dial.failed',
  atMs,
  isLast: false,
  failure: { kind: 'transient', code: '1006', detail: '' },
});

describe('a chart that is stepped by hand', () => {
  it('begins as XState has it begin', () => {
    const input = { graceMs: 120_000, lifeMs: 3_600_000, atMs: 7 };
    const another = { graceMs: 1, lifeMs: 2, atMs: 3 };

    const begun = new Stepper(leaseMachine, another).initial(input);

    expect(begun.toJSON()).toEqual(initialTransition(leaseMachine, input)[0].toJSON());
  });

  it('goes where XState has it go, and returns what it emits', () => {
    const stepper = new Stepper(breakerMachine, undefined);
    let ours = stepper.initial(undefined);
    let [theirs] = initialTransition(breakerMachine);
    const emitted: unknown[] = [];
    const executed: unknown[] = [];
    const events: readonly BreakerEvent[] = [
      ...Array.from({ length: 20 }, (_, n) => failed(1_000 + n)),
      { type: 'dial.asked', atMs: 120_000 },
      { type: 'dial.succeeded', atMs: 121_000 },
      failed(122_000),
    ];

    for (const event of events) {
      const step = stepper.step(ours, event);
      const [next, actions] = transition(breakerMachine, theirs, event);
      [ours, theirs] = [step.snapshot, next];
      emitted.push(...step.emitted);
      executed.push(...actions);
      expect(ours.toJSON()).toEqual(theirs.toJSON());
    }

    expect(emitted.map((signal) => (signal as { type: string }).type)).toEqual([
      'breaker.opened',
      'breaker.halfOpened',
      'breaker.opened',
    ]);
    expect(executed).toMatchObject(emitted.map((event) => ({ params: { event } })));
  });

  it('returns nothing of what else it has done', () => {
    const machine = setup({
      types: { emitted: {} as { readonly type: 'rung' } },
      actions: { note: () => undefined },
    }).createMachine({ on: { ring: { actions: ['note', emit({ type: 'rung' })] } } });
    const stepper = new Stepper(machine, undefined);

    const { emitted } = stepper.step(stepper.initial(undefined), { type: 'ring' });

    expect(emitted).toEqual([{ type: 'rung' }]);
  });

  it('keeps nothing of one step for the next', () => {
    const stepper = new Stepper(breakerMachine, undefined);
    const fresh = stepper.initial(undefined);
    const steps = Array.from({ length: 20 }, (_, n) => failed(1_000 + n));
    const opened = steps.reduce((snapshot, event) => stepper.step(snapshot, event).snapshot, fresh);

    const again = stepper.step(fresh, failed(1_000));

    expect(opened.value).toBe('open');
    expect([again.snapshot.value, again.emitted]).toEqual(['closed', []]);
  });
});
