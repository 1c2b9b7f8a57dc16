import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setup } from 'xstate';
import type { ContextFrom } from 'xstate';

import { breakerMachine } from '../../machines/breaker.machine.ts';
import { laneName, orchestratorMachine } from '../../machines/index.ts';
import { networkMachine } from '../../machines/network.machine.ts';
import { breakerModel } from '../../src/testing/model/catalogues/breaker.ts';
import { modelledCharts } from '../../src/testing/model/catalogues/catalogues.ts';
import { networkModel } from '../../src/testing/model/catalogues/network.ts';
import { orchestratorModel } from '../../src/testing/model/catalogues/orchestrator.ts';
import { draws, drawsOf, walk } from './walk.ts';

/** Shrinking takes a while. */
const RUNS = { numRuns: 40, interruptAfterTimeLimit: 15_000 };
const ANY = { which: 0, leadsOn: false, passMs: 0 };

describe('on any walk', () => {
  it.each(modelledCharts)('an actor of $name does what the pure chart does', async (chart) => {
    await fc.assert(
      fc.asyncProperty(draws, async (drawn) => {
        const { world } = await walk({
          machine: chart.machine,
          model: chart.options,
          draws: drawn,
        });

        world.dispose();

        expect(world.running).toEqual([]);
        expect(world.clock.pending).toBe(0);
      }),
      RUNS,
    );
  });

  it('an orchestrator holds the connections that it knows of, two at the most, and none once closed', async () => {
    await fc.assert(
      fc.asyncProperty(draws, async (drawn) => {
        const { world } = await walk({
          machine: orchestratorMachine,
          model: orchestratorModel,
          draws: drawn,
          check: ({ snapshot, running }) => {
            const { carrier, beside } = snapshot.context as ContextFrom<typeof orchestratorMachine>;
            const known = [carrier, beside].filter((lane) => lane !== null);
            const held = running.filter(({ src }) => src === 'connection').map(({ id }) => id);

            expect(held.sort()).toEqual(known.map(({ id }) => laneName(id)).sort());
          },
        });
        const dialled = world.fakes.length;
        if (world.state() !== 'closed') world.send({ type: 'session.close' });
        world.clock.advance(3_600_000);

        expect(world.running).toEqual([]);
        expect(world.fakes).toHaveLength(dialled);
        world.dispose();
      }),
      RUNS,
    );
  });

  it('a network is told lost once until it is restored, and earns new attempts at most once in 5 s', async () => {
    await fc.assert(
      fc.asyncProperty(draws, async (drawn) => {
        const { world } = await walk({
          machine: networkMachine,
          model: networkModel,
          draws: drawn,
        });
        const told = world.emitted.filter(({ type }) => type !== 'network.changed');
        const resets = told.filter((each) => each['resetsAttempts'] === true);
        const momentsMs = resets.map((each) => each['atMs'] as number);
        world.dispose();

        told.slice(1).forEach(({ type }, index) => {
          if (type === 'network.lost') expect(told[index]?.type).toBe('network.restored');
        });
        momentsMs.slice(1).forEach((atMs, index) => {
          expect(atMs - (momentsMs[index] ?? 0)).toBeGreaterThanOrEqual(5_000);
        });
      }),
      RUNS,
    );
  });

  it('a breaker opens for a counted failure or a stall of a candidate that is not the last, and for nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(draws, async (drawn) => {
        let openings = 0;
        const { world } = await walk({
          machine: breakerMachine,
          model: breakerModel,
          draws: drawn,
          check: ({ emitted }, { label }) => {
            const opened = emitted.filter(({ type }) => type === 'breaker.opened').length;
            const mayOpen = /dial\.failed \(transient\)$|stream\.stalled$/.test(label);

            expect(opened - openings).toBeLessThanOrEqual(mayOpen ? 1 : 0);
            openings = opened;
          },
        });
        world.dispose();
      }),
      RUNS,
    );
  });
});

describe('on a walk that was a counterexample', () => {
  it('an orchestrator whose successor failed dials the next one, though a standby is due in the same moment', async () => {
    const { candidates, ...input } = orchestratorModel.input!;
    const [first, ...rest] = candidates;
    const { world, steps } = await walk({
      machine: orchestratorMachine,
      model: {
        ...orchestratorModel,
        input: { ...input, candidates: [{ ...first, takesOver: false }, ...rest] },
      },
      draws: drawsOf(
        'session.connect',
        'candidate.served',
        'candidate.ready',
        'the wait of rotationDue',
        'candidate.lost (beside the carrier)',
        'network.lost',
        'the wait of rotationDue',
      ),
    });

    expect(steps.at(-1)?.passMs).toBe(1_000);
    expect(world.state()).toBe('serving.preparing');
    world.dispose();
  });

  it.each(['stays', 'goes on'])(
    'an actor of which two timers fall due together does what the pure chart does: the first %s',
    async (how) => {
      const machine = setup({ delays: { one: 1_000, other: 1_000 } }).createMachine({
        id: 'bells',
        initial: 'quiet',
        states: {
          quiet: {
            after: {
              one: how === 'stays' ? { actions: () => undefined } : { target: 'struck' },
              other: 'rung',
            },
          },
          struck: { after: { 0: 'rung' } },
          rung: {},
        },
      });
      const ways: string[] = [];

      const { world } = await walk({
        machine,
        model: {},
        draws: [ANY, ANY],
        check: (_, __, way) => ways.push(way),
      });

      expect(world.state()).toBe('rung');
      expect(ways).toEqual([expect.stringMatching(/^the wait of one → the wait of (other|0 ms)$/)]);
      world.dispose();
    },
  );
});
