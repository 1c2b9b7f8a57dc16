import { createMachine, fromPromise, sendParent, setup } from 'xstate';
import { afterEach, describe, expect, it } from 'vitest';

import { ActorWorld, actorExecutors } from '../../src/testing/model/actor-world.ts';
import { modelTests } from '../../src/testing/model/model-tests.ts';
import { EdgeCoverage } from '../../src/testing/model/edges.ts';
import type { ModelTestsOptions } from '../../src/testing/model/model-tests.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const lampMachine = setup({
  types: { events: {} as { readonly type: 'lamp.pushed' } },
  actors: { warmUp: fromPromise<void>(() => Promise.resolve()) },
  delays: { bedtime: 3_600_000 },
}).createMachine({
  id: 'lamp',
  initial: 'off',
  states: {
    off: { on: { 'lamp.pushed': 'warming' } },
    warming: { invoke: { src: 'warmUp', id: 'warmUp', onDone: 'on', onError: 'off' } },
    on: { on: { 'lamp.pushed': 'off' }, after: { bedtime: 'off' } },
  },
});

type Lamp = typeof lampMachine;
type Options = ModelTestsOptions<Lamp, ActorWorld<Lamp>>;

const options: Options = {
  createWorld: (facts) => new ActorWorld(lampMachine, facts),
  executors: actorExecutors(lampMachine),
};

async function runAll(cases: readonly { readonly run: () => Promise<void> }[]): Promise<void> {
  for (const { run } of cases) await run();
}

/** A lamp that somebody wrote by hand. */
class HandmadeLamp {
  readonly clock = new VirtualClock();
  isDisposed = false;
  #state = 'off';
  #timer: unknown;
  readonly #bedtimeMs: number;

  constructor(bedtimeMs: number) {
    this.#bedtimeMs = bedtimeMs;
  }

  state(): string {
    return this.#state;
  }

  push(): void {
    this.clock.clearTimeout(this.#timer);
    this.#state = this.#state === 'on' ? 'off' : 'warming';
  }

  warm(isWell: boolean): void {
    this.#state = isWell ? 'on' : 'off';
    if (isWell) this.#timer = this.clock.setTimeout(() => (this.#state = 'off'), this.#bedtimeMs);
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

function handmade(
  bedtimeMs: number,
  worlds: HandmadeLamp[] = [],
  { counts = 'steps' }: Pick<ModelTestsOptions<Lamp, HandmadeLamp>, 'counts'> = {},
) {
  return modelTests<Lamp, HandmadeLamp>(lampMachine, {
    createWorld: () => {
      const world = new HandmadeLamp(bedtimeMs);
      worlds.push(world);
      return world;
    },
    counts,
    executors: {
      'lamp.pushed': (lamp) => {
        lamp.push();
      },
      'xstate.done.actor.warmUp': (lamp) => {
        lamp.warm(true);
      },
      'xstate.error.actor.warmUp': (lamp) => {
        lamp.warm(false);
      },
    },
  });
}

describe('modelTests', () => {
  it('makes a case of every path, and a last one that wants every transition', async () => {
    const suite = modelTests(lampMachine, options);

    await runAll(suite.cases);

    expect(suite.cases.map(({ name }) => name)).toEqual([
      'After lamp.pushed, warmUp failed leads to off.',
      'After lamp.pushed and warmUp done, lamp.pushed leads to off.',
      'After lamp.pushed and warmUp done, the wait of bedtime leads to off.',
      'All 5 transitions of lamp were executed.',
    ]);
    expect(suite.coverage.report()).toBe('lamp: 3 paths, 8 steps, 5 of 5 transitions (100 %)');
  });

  it('fails the last case while a case was not run, and names what it misses', async () => {
    const suite = modelTests(lampMachine, options);

    await runAll(suite.cases.slice(0, 2));

    await expect(suite.cases.at(-1)?.run()).rejects.toThrow(
      '\n  lamp.on on after bedtime → lamp.off',
    );
    expect(suite.assertCoverage).toThrow(expect.objectContaining({ code: 'MODEL_MISMATCH' }));
  });

  it('tests what is no actor by its steps', async () => {
    const worlds: HandmadeLamp[] = [];
    const suite = handmade(3_600_000, worlds);

    await runAll(suite.cases);

    expect(suite.coverage.share).toBe(1);
    expect(worlds.every(({ isDisposed }) => isDisposed)).toBe(true);
  });

  it.each([
    ['early', 3_599_999, /3599999 ms on and still before it: expected on, found off/],
    ['late', 3_600_001, /Step 3 of 3 .*the wait of bedtime.*: expected off, found on/],
  ])('catches a timer that is a millisecond %s', async (_, bedtimeMs, message) => {
    const worlds: HandmadeLamp[] = [];
    const suite = handmade(bedtimeMs, worlds);

    await expect(runAll(suite.cases)).rejects.toThrow(message);

    expect(worlds.every(({ isDisposed }) => isDisposed)).toBe(true);
  });

  it('says which path, which step, what was expected and what was found', async () => {
    const suite = modelTests<Lamp, ActorWorld<Lamp>>(lampMachine, {
      ...options,
      executors: { ...options.executors, 'lamp.pushed': () => undefined },
    });

    await expect(suite.cases[0]?.run()).rejects.toThrow(
      'lamp: Step 1 of 2 (lamp.pushed): expected warming, found off.',
    );
  });

  it('looks at the world in each state that it was asked to', async () => {
    const looks: string[] = [];
    const suite = modelTests(lampMachine, {
      ...options,
      states: {
        on: (_, step) => void looks.push(`on by ${step?.label}`),
        '': (world) => void looks.push(`somewhere: ${world.state()}`),
      },
    });

    await suite.cases[1]?.run();

    expect(looks).toEqual([
      'somewhere: off',
      'somewhere: warming',
      'on by warmUp done',
      'somewhere: on',
      'somewhere: off',
    ]);
  });
});

describe('modelTests, in what a person reads', () => {
  const messageOf = (run: () => unknown) =>
    Promise.resolve()
      .then(run)
      .then(
        () => 'nothing was thrown',
        (error: unknown) => (error as Error).message,
      );

  it('says in the message of every error what can be done about it', async () => {
    const misspelt = { ...options, ignore: ['lamp.pulled'] };
    const deaf = { ...options.executors, 'lamp.pushed': () => undefined };
    const unmoved = modelTests<Lamp, ActorWorld<Lamp>>(lampMachine, {
      ...options,
      executors: deaf,
    });

    expect(await messageOf(() => modelTests(lampMachine, misspelt))).toMatch(
      /\nWhat to do: Take one of: lamp.pushed, /,
    );
    expect(await messageOf(() => unmoved.cases[0]?.run())).toMatch(
      /\nWhat to do: Mend what was tested, or the chart, whichever is wrong\.$/,
    );
    expect(await messageOf(() => new EdgeCoverage(lampMachine).assertComplete())).toMatch(
      /\nWhat to do: Add to `events` a payload/,
    );
    expect(await messageOf(() => modelTests(lampMachine, { ...options, limit: 2 }))).toMatch(
      /\nWhat to do: Say by `distinguish` what of the context matters/,
    );
  });

  it("asks for counts: 'steps' where every case passed and no transition was seen", async () => {
    const suite = handmade(3_600_000, [], { counts: 'microsteps' });

    await runAll(suite.cases.slice(0, -1));

    expect(await messageOf(suite.assertCoverage)).toMatch(
      /What to do: .* such as a class, set `counts: 'steps'`\./,
    );
  });

  it('asks to look at the other cases first, where not all of them passed', async () => {
    const suite = modelTests(lampMachine, options);

    await suite.cases[0]?.run();

    expect(await messageOf(suite.assertCoverage)).toMatch(
      /What to do: Look at the other cases first: 1 of 3 passed\.$/,
    );
  });
});

describe('modelTests, at construction', () => {
  const invalid = (message: string) =>
    expect.objectContaining({
      code: 'MODEL_INVALID',
      message: expect.stringContaining(`${message}\nWhat to do: `) as unknown,
    });

  it('refuses an executor for an event that the chart does not have', () => {
    const executors = { ...options.executors, 'lamp.pushd': () => undefined };

    expect(() => modelTests(lampMachine, { ...options, executors })).toThrow(
      invalid(
        'lamp: "lamp.pushd" in `executors` is no event of the chart. Did you mean lamp.pushed?',
      ),
    );
  });

  it('refuses to leave an event without an executor', () => {
    const executors = Object.fromEntries(
      Object.entries(options.executors).filter(([type]) => type !== 'lamp.pushed'),
    );

    expect(() => modelTests(lampMachine, { ...options, executors })).toThrow(
      invalid('lamp: the chart takes lamp.pushed, and no executor causes it.'),
    );
  });

  it('refuses a state and an event that the chart does not have', () => {
    expect(() =>
      modelTests(lampMachine, { ...options, states: { warm: () => undefined } }),
    ).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
    expect(() => modelTests(lampMachine, { ...options, events: { 'lamp.poshed': [{}] } })).toThrow(
      invalid(
        'lamp: "lamp.poshed" in `events` is no event of the chart. Did you mean lamp.pushed?',
      ),
    );
    expect(() => modelTests(lampMachine, { ...options, ignore: ['lamp.pulled'] })).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID' }),
    );
  });

  it.each([
    [
      'delay',
      { after: { bedtme: 'off' } },
      'lamp.on: the delay bedtme is not declared. Did you mean bedtime?',
    ],
    [
      'guard',
      { always: { guard: 'isLate', target: 'off' } },
      'lamp.on: the guard isLate is not declared.',
    ],
    ['action', { entry: 'shine' }, 'lamp.on: the action shine is not declared.'],
    ['actor', { invoke: { src: 'glow', id: 'glow' } }, 'lamp.on: the actor glow is not declared.'],
    [
      'first state',
      { initial: 'dim', states: { bright: {} } },
      'lamp.on: Initial state node "dim" not found on parent state node #lamp.on',
    ],
  ])('refuses a %s that nobody declared', (_, on, message) => {
    const machine = createMachine(
      { id: 'lamp', initial: 'on', states: { on: on as object, off: {} } },
      { delays: { bedtime: 1_000 } },
    );

    expect(() =>
      modelTests(machine, { createWorld: () => new ActorWorld(machine), executors: {} }),
    ).toThrow(invalid(message));
  });

  it('has no chart at all where a target does not exist: XState refuses that', () => {
    expect(() =>
      createMachine({ id: 'lamp', on: { 'lamp.pushed': '.of' }, states: { off: {} } }),
    ).toThrow('lamp');
  });
});

describe('ActorWorld', () => {
  const worlds: ActorWorld[] = [];
  const worldOf = (machine: ReturnType<typeof createMachine>) => {
    const world = new ActorWorld(machine);
    worlds.push(world);
    return world;
  };

  afterEach(() => {
    for (const world of worlds.splice(0)) world.dispose();
  });

  it('keeps what the chart sent to its parent', () => {
    const world = worldOf(
      createMachine({ id: 'child', entry: sendParent({ type: 'child.born' }) }),
    );

    expect(world.sent).toEqual([{ type: 'child.born' }]);
  });

  it('tells of each fake what it was given, and that it was stopped', () => {
    const world = new ActorWorld(lampMachine);
    world.send({ type: 'lamp.pushed' });

    expect(world.running).toEqual([expect.objectContaining({ id: 'warmUp', src: 'warmUp' })]);
    world.dispose();

    expect(world.running).toEqual([]);
  });

  it('leaves nothing behind', () => {
    const world = new ActorWorld(lampMachine);
    world.send({ type: 'lamp.pushed' });
    world.fakes[0]?.finish();

    expect(world.clock.pending).toBe(1);
    world.dispose();

    expect(world.clock.pending).toBe(0);
  });
});
