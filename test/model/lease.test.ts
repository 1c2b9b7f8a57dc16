/** The lease chart's own paths, taken by the gateway's real registry, sessions, logs and a store. */
import { afterAll, describe, expect, it } from 'vitest';

import { settled } from '../gateway/gateway-world.ts';
import { LeaseWorld } from './lease-world.ts';
import { leaseMachine } from '../../machines/lease.machine.ts';
import type { LeaseEvent } from '../../machines/lease.types.ts';
import { CLOSE } from '../../src/protocol/close-codes.ts';
import { leaseModel } from '../../src/testing/model/catalogues/lease.ts';
import { modelTests } from '../../src/testing/model/model-tests.ts';
import type { ModelCase, ModelTestsOptions } from '../../src/testing/model/model-tests.ts';
import type { ModelPath, ModelStep } from '../../src/testing/model/paths.ts';
import { stateOf } from '../../src/testing/model/sentences.ts';

type Options = ModelTestsOptions<typeof leaseMachine, LeaseWorld>;
type Of<T extends LeaseEvent['type']> = Extract<LeaseEvent, { readonly type: T }>;

/** The path that is taken: an application that does not open has to know beforehand. */
let path: ModelPath;

const executors: Options['executors'] = {
  'client.claimed': (world, event) => world.claim(event as unknown as Of<'client.claimed'>),
  'session.loggedOut': (world, event, { from }) =>
    world.logOut(
      (event as unknown as Of<'session.loggedOut'>).log,
      (from.snapshot.context as { epoch: number }).epoch,
    ),
  'client.attached': (world, event) => {
    world.attach(event['epoch'] as number);
  },
  'client.detached': (world) => {
    world.detach();
  },
  'fence.committed': (world) => world.commit(),
  'end.committed': (world) => world.commit(),
  'log.settled': (world) => world.commit(),
  'fence.unanswered': (world) => world.store.answer('append', 'unknown'),
  'owner.fenced': (world, _event, { from }) =>
    world.fencedElsewhere((from.snapshot.context as { epoch: number }).epoch),
  'store.failed': (world) => world.storeFails(),
  'app.opened': (world) => (world.store.has('read') ? world.store.answer('read') : undefined),
  'log.incomplete': (world) => world.loseLog(),
  'app.failed': async (world) => {
    if (world.store.has('read')) {
      world.app.opens = false;
      await world.store.answer('read');
    } else if (world.app.opens) {
      world.say();
      await settled();
      world.fail();
    }
  },
  'app.concluded': async (world) => {
    world.end();
    await settled();
  },
  'session.finished': (world) => {
    world.session?.retire();
  },
  'gateway.stopping': async (world) => {
    world.say();
    await settled();
    void world.registry.leave();
  },
  'gateway.stopped': (world) => {
    world.registry.release();
  },
  'time.passed': (world) => {
    world.registry.sweep();
  },
};

const states: Options['states'] = {
  '': (world, step) => {
    const { context } = world;
    world.passed();
    if (step !== null && context !== null) expect(context).toEqual(step.to.snapshot.context);
  },
  'kept.attached': (world) => {
    expect(world.client?.code).toBeNull();
    expect(world.session?.isAttached).toBe(true);
  },
  'kept.detached': (world) => {
    expect(world.session?.isAttached).toBe(false);
    expect(world.session?.isKept).toBe(true);
  },
  'kept.returning': (world, step) => {
    if (statedBefore(step) !== 'kept.attached') return;
    const { isSameClient } = step?.event as unknown as Of<'client.claimed'>;
    expect(world.client?.code).toBe(isSameClient ? CLOSE.fenced : CLOSE.superseded);
  },
  over: (world) => {
    expect(world.answer === false || codeIn(world.answer) === CLOSE.graceExpired).toBe(true);
  },
  givenUp: (world) => {
    const isRefused = codeIn(world.answer) === CLOSE.storeUnavailable;
    expect(isRefused || codeIn(world.answer) === 'STORE_UNAVAILABLE').toBe(true);
    expect(world.isHere).toBe(false);
  },
  ended: async (world) => {
    const records = await world.records();
    expect(records.map(({ kind }) => kind)).toEqual(['end']);
    expect(world.isHere).toBe(false);
  },
  forgotten: async (world) => {
    expect(await world.records()).toEqual([]);
  },
  fenced: async (world, step) => {
    const records = await world.records();
    expect(records.at(-1)?.kind).toBe('fence');
    expect(records.length).toBeGreaterThan(1);
    expect(world.isHere).toBe(false);
    if (statedBefore(step) === 'kept.attached') expect(world.client?.code).toBe(CLOSE.fenced);
  },
  lost: (world, step) => {
    expect(world.isHere).toBe(false);
    if (statedBefore(step) === 'kept.attached') {
      expect(world.client?.code).toBe(CLOSE.storeUnavailable);
    }
  },
  left: async (world) => {
    expect(world.isHere).toBe(false);
    expect((await world.records()).at(-1)?.kind).not.toBe('end');
  },
};

const suite = modelTests<typeof leaseMachine, LeaseWorld>(leaseMachine, {
  ...leaseModel,
  counts: 'steps',
  executors,
  states,
  createWorld: ({ startAtMs }) => new LeaseWorld(startAtMs, !isOpenedInVain(path)),
});

describe('a lease, path by path, on a real gateway', () => {
  const groups = new Map<string, (readonly [ModelPath, ModelCase])[]>();
  suite.paths.forEach((each, index) => {
    const state = stateOf(each.steps.at(-1)?.from ?? each.start);
    groups.set(state, [...(groups.get(state) ?? []), [each, suite.cases[index]!]]);
  });

  for (const [state, cases] of groups) {
    it(`is what the chart says on every event in ${state} (${cases.length} paths)`, async () => {
      for (const [each, { run }] of cases) {
        path = each;
        await run();
      }
    });
  }

  it('executes every transition', suite.assertCoverage);

  afterAll(() => {
    process.stdout.write(`${suite.coverage.report()}\n`);
  });
});

/** Of a new session: another one is opened when the step says so. */
function isOpenedInVain({ steps }: ModelPath): boolean {
  return steps.some((step) => step.event.type === 'app.failed' && stateOf(step.to) === 'ending');
}

function statedBefore(step: ModelStep | null): string | null {
  return step === null ? null : stateOf(step.from);
}

function codeIn(answer: unknown): unknown {
  return (answer as { readonly code?: unknown } | null)?.code;
}
