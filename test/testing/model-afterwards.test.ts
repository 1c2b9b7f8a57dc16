/** What is left running in a world when its path is over. */
import { createMachine, fromPromise, setup } from 'xstate';
import { describe, expect, it } from 'vitest';

import { ActorWorld, actorExecutors } from '../../src/testing/model/actor-world.ts';
import { modelTests } from '../../src/testing/model/model-tests.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

async function runAll(cases: readonly { readonly run: () => Promise<void> }[]): Promise<void> {
  for (const { run } of cases) await run();
}

const doorMachine = createMachine({
  id: 'door',
  initial: 'shut',
  states: {
    shut: { on: { 'door.opened': 'open' } },
    open: { on: { 'door.shut': 'shut' }, after: { 30_000: 'alarmed' } },
    alarmed: { on: { 'door.shut': 'shut' } },
  },
});

/** A door that somebody wrote by hand. */
class HandmadeDoor {
  readonly clock = new VirtualClock();
  #state = 'shut';
  #timer: unknown = null;
  readonly #clearsTimer: boolean;

  constructor({ clearsTimer }: { readonly clearsTimer: boolean }) {
    this.#clearsTimer = clearsTimer;
  }

  state(): string {
    return this.#state;
  }

  open(): void {
    this.#state = 'open';
    this.#timer = this.clock.setTimeout(() => (this.#state = 'alarmed'), 30_000);
  }

  shut(): void {
    if (this.#clearsTimer) this.clock.clearTimeout(this.#timer);
    this.#state = 'shut';
  }
}

function doorSuite(clearsTimer: boolean, more: { readonly afterwardsMs?: number } = {}) {
  return modelTests<typeof doorMachine, HandmadeDoor>(doorMachine, {
    createWorld: () => new HandmadeDoor({ clearsTimer }),
    counts: 'steps',
    executors: { 'door.opened': (door) => door.open(), 'door.shut': (door) => door.shut() },
    ...more,
  });
}

describe('modelTests, after the last step of a case', () => {
  it('finds a timer that outlived its state', async () => {
    const suite = doorSuite(false);

    await expect(runAll(suite.cases)).rejects.toThrow(
      /Step 2 of 2 \(door.opened → door.shut\), and after it nothing but 30001 ms more: expected shut, found alarmed\.\nWhat to do: Stop what was started in a state/,
    );
  });

  it('finds nothing where timers end with their states', async () => {
    const suite = doorSuite(true);

    await expect(runAll(suite.cases)).resolves.toBeUndefined();
  });

  it('does not look where it is told not to', async () => {
    const suite = doorSuite(false, { afterwardsMs: 0 });

    await expect(runAll(suite.cases)).resolves.toBeUndefined();
  });

  it("follows the chart's own timers, and finds one that comes at another moment", async () => {
    const chart = createMachine({
      id: 'lights',
      initial: 'green',
      states: {
        green: { on: { 'lights.stopped': 'yellow' } },
        yellow: { after: { 100: 'red' } },
        red: { after: { 500: 'yellow' } },
      },
    });
    const slow = createMachine({
      ...chart.config,
      states: { ...chart.config.states, red: { after: { 501: 'yellow' } } },
    } as never);
    const suiteOf = (machine: typeof chart, afterwardsMs: number) =>
      modelTests(chart, {
        createWorld: (facts) => new ActorWorld(machine, facts),
        executors: actorExecutors(chart),
        afterwardsMs,
      }).cases;
    const [first] = suiteOf(chart, 100_000);

    await expect(first?.run()).resolves.toBeUndefined();
    await expect(
      suiteOf(slow as never, 700)
        .at(0)
        ?.run(),
    ).rejects.toThrow(/expected yellow, found red/);
  });

  it('does not look between two timers that fall due together', async () => {
    const chart = setup({ delays: { one: 1_000, other: 1_000 } }).createMachine({
      id: 'bells',
      initial: 'quiet',
      states: {
        quiet: { after: { one: 'struck' }, on: { 'bell.muffled': 'muffled' } },
        struck: { after: { 0: 'rung' } },
        muffled: { after: { one: { actions: () => undefined }, other: 'rung' } },
        rung: { type: 'final' },
      },
    });
    const suite = modelTests(chart, {
      createWorld: (facts) => new ActorWorld(chart, facts),
      executors: actorExecutors(chart),
    });

    await expect(runAll(suite.cases)).resolves.toBeUndefined();
    expect(suite.coverage.missing).toEqual([]);
  });

  it('looks only where told to in a state that waits for an actor, which may end by itself', async () => {
    const casesWith = (more: object) =>
      modelTests<typeof kettleMachine, HandmadeKettle>(kettleMachine, {
        createWorld: () => new HandmadeKettle(),
        counts: 'steps',
        executors: { 'kettle.switched': (kettle) => kettle.boil() },
        ignore: ['xstate.done.actor.boil'],
        ...more,
      }).cases;
    const boiling = (more: object) =>
      casesWith(more).find(({ name }) => name === 'In cold, kettle.switched leads to boiling.');

    await expect(boiling({})?.run()).resolves.toBeUndefined();
    await expect(boiling({ afterwardsMs: 2_000 })?.run()).rejects.toThrow(
      /expected boiling, found hot/,
    );
  });
});

const kettleMachine = setup({
  actors: { boil: fromPromise<void>(() => Promise.resolve()) },
}).createMachine({
  id: 'kettle',
  initial: 'cold',
  states: {
    cold: { on: { 'kettle.switched': 'boiling' }, after: { 3_600_000: 'dusty' } },
    boiling: { invoke: { src: 'boil', id: 'boil', onDone: 'hot' } },
    hot: {},
    dusty: {},
  },
});

/** A kettle that boils by itself, in a time that its chart does not tell. */
class HandmadeKettle {
  readonly clock = new VirtualClock();
  #state = 'cold';

  state(): string {
    return this.#state;
  }

  boil(): void {
    this.#state = 'boiling';
    this.clock.setTimeout(() => (this.#state = 'hot'), 2_000);
  }
}
