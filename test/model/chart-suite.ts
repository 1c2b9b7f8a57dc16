/**
 * A chart against itself: an actor of it with fake actors and a virtual clock, taken along every path.
 *
 * There are thousands of paths, so one test runs all that end with an event in the same state; what fails names its path.
 */
import { afterAll, describe, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';

import { ActorWorld, actorExecutors } from '../../src/testing/model/actor-world.ts';
import { modelTests } from '../../src/testing/model/model-tests.ts';
import type {
  ModelCase,
  ModelSuite,
  ModelTestsOptions,
} from '../../src/testing/model/model-tests.ts';
import type { PathOptions } from '../../src/testing/model/paths.ts';
import { stateOf } from '../../src/testing/model/sentences.ts';

export type Checks<TMachine extends AnyStateMachine> = NonNullable<
  ModelTestsOptions<TMachine, ActorWorld<TMachine>>['states']
>;

/**
 * @param states what must be so in a state, beside being in it.
 * @param tested what is taken along the chart's paths, asked anew for each of them. Default: the chart.
 */
export function suiteOf<TMachine extends AnyStateMachine>(
  machine: TMachine,
  model: PathOptions<TMachine>,
  states: Checks<TMachine>,
  tested: () => TMachine = () => machine,
): ModelSuite {
  return modelTests<TMachine, ActorWorld<TMachine>>(machine, {
    ...model,
    createWorld: (facts) => new ActorWorld(tested(), { ...model, ...facts }),
    executors: actorExecutors(machine),
    states,
  });
}

export function runChart<TMachine extends AnyStateMachine>(
  machine: TMachine,
  model: PathOptions<TMachine>,
  states: Checks<TMachine>,
): void {
  const suite = suiteOf(machine, model, states);

  describe(`${machine.root.id}, path by path`, () => {
    for (const [state, cases] of byState(suite)) {
      it(`does what the chart says on every event in ${state} (${cases.length} paths)`, async () => {
        for (const { run } of cases) await run();
      });
    }

    it('executes every transition', suite.assertCoverage);

    afterAll(() => {
      process.stdout.write(`${suite.coverage.report()}\n`);
    });
  });
}

/** The cases by the state in which the last event of their path happens. */
function byState({ cases, paths }: ModelSuite): ReadonlyMap<string, readonly ModelCase[]> {
  const groups = new Map<string, ModelCase[]>();
  paths.forEach((path, index) => {
    const each = cases[index];
    const state = stateOf(path.steps.at(-1)?.from ?? path.start);
    if (each) groups.set(state, [...(groups.get(state) ?? []), each]);
  });
  return groups;
}
