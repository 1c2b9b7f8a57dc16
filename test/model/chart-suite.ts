/** A chart against itself: an actor of it with fake actors and a virtual clock, taken along every path. */
import { afterAll, describe, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';

import { ActorWorld, actorExecutors } from '../../src/testing/model/actor-world.ts';
import { modelTests } from '../../src/testing/model/model-tests.ts';
import type { ModelTestsOptions } from '../../src/testing/model/model-tests.ts';
import type { PathOptions } from '../../src/testing/model/paths.ts';

type Checks<TMachine extends AnyStateMachine> = NonNullable<
  ModelTestsOptions<TMachine, ActorWorld<TMachine>>['states']
>;

/** @param states what must be so in a state, beside being in it. */
export function runChart<TMachine extends AnyStateMachine>(
  machine: TMachine,
  model: PathOptions<TMachine>,
  states: Checks<TMachine>,
): void {
  const suite = modelTests<TMachine, ActorWorld<TMachine>>(machine, {
    ...model,
    createWorld: (facts) => new ActorWorld(machine, { ...model, ...facts }),
    executors: actorExecutors(machine),
    states,
  });

  describe(`${machine.root.id}, path by path`, () => {
    for (const { name, run } of suite.cases) it(name, run);

    afterAll(() => {
      process.stdout.write(`${suite.coverage.report()}\n`);
    });
  });
}
