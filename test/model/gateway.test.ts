/** The gateway chart's own paths, taken by a real gateway with clients and a store. */
import { afterAll, describe, expect, it } from 'vitest';

import { GatewayChartWorld } from './gateway-chart-world.ts';
import type { Company } from './gateway-chart-world.ts';
import { settled } from '../gateway/gateway-world.ts';
import { gatewayMachine } from '../../machines/gateway.machine.ts';
import type { GatewayContext, GatewayDrain } from '../../machines/gateway.types.ts';
import { CLOSE } from '../../src/protocol/close-codes.ts';
import { gatewayModel } from '../../src/testing/model/catalogues/gateway.ts';
import { modelTests } from '../../src/testing/model/model-tests.ts';
import type { ModelTestsOptions } from '../../src/testing/model/model-tests.ts';
import type { ModelPath, ModelStep } from '../../src/testing/model/paths.ts';

type Options = ModelTestsOptions<typeof gatewayMachine, GatewayChartWorld>;

/** The path that is taken: who is in it has to be there when it begins. */
let path: ModelPath;

const executors: Options['executors'] = {
  'gateway.drain': (world, event) => {
    world.drain(event as unknown as GatewayDrain);
  },
  'gateway.stop': (world) => {
    world.stop();
  },
  'client.welcomed': (world) => world.welcome(),
  'sockets.gone': (world) => world.loseAll(),
  'sessions.settled': (world) => world.settle(),
  'sessions.left': (world) => world.letSessionsGo(),
  'store.failed': (world) => world.storeFails(),
  'store.answered': (world) => world.storeAnswers(),
};

const states: Options['states'] = {
  'accepting.ready': ({ world }) => {
    expect(world.gateway.readiness).toBe('ready');
  },
  'accepting.storeless': async (world) => {
    expect(world.world.gateway.readiness).toBe('store unavailable');
    expect(await refusalOf(world)).toBe(CLOSE.storeUnavailable);
  },
  'accepting.trying': async (world) => {
    expect(await refusalOf(world)).toBe(CLOSE.storeUnavailable);
  },
  draining: async (world, step) => {
    expect(world.world.gateway.readiness).toBe('draining');
    expect(world.asked).toHaveLength(world.welcomed.length - contextAfter(step).unasked);
    expect(await refusalOf(world)).toBe(CLOSE.draining);
  },
  'draining.waiting': (world) => {
    expect(world.asked).toEqual(world.welcomed);
  },
  'draining.handingOver': (world) => {
    expect(world.asked).toEqual(world.welcomed);
  },
  stopping: (world) => {
    expect(world.isStopped).toBe(false);
    for (const client of world.welcomed) expect(client.closed?.code ?? 'lost').toBeOneOf(ENDS);
  },
  stopped: async (world) => {
    await settled();
    expect(world.isStopped).toBe(true);
    expect(Array.from(world.world.gateway.sessions)).toEqual([]);
    const late = world.client();
    expect(late.closed?.code).toBe(CLOSE.draining);
  },
};

/** Closed by the gateway, or gone by themselves. */
const ENDS: (number | string)[] = [CLOSE.draining, 'lost'];

const suite = modelTests<typeof gatewayMachine, GatewayChartWorld>(gatewayMachine, {
  ...gatewayModel,
  counts: 'steps',
  executors,
  states,
  createWorld: ({ startAtMs }) => GatewayChartWorld.with(companyIn(path), startAtMs),
});

describe('the gateway chart on a real gateway', () => {
  it.each(suite.paths.map((each, index) => [each.name, each, suite.cases[index]!.run] as const))(
    '%s',
    async (_name, each, run) => {
      path = each;
      await run();
    },
  );

  it('executes every transition', suite.assertCoverage);

  afterAll(() => {
    process.stdout.write(`${suite.coverage.report()}\n`);
  });
});

function companyIn({ steps }: ModelPath): Company {
  const drain = steps.find(({ event }) => event.type === 'gateway.drain');
  const { clients } = (drain?.event ?? { clients: 1 }) as unknown as GatewayDrain;
  return { clients, coming: steps.filter(({ event }) => event.type === 'client.welcomed').length };
}

function contextAfter(step: ModelStep | null): GatewayContext {
  return step?.to.snapshot.context as GatewayContext;
}

/** What one more is told. */
async function refusalOf(world: GatewayChartWorld): Promise<number | undefined> {
  const client = world.client();
  await settled();
  world.clients.pop();
  return client.of('refused')[0]?.code;
}
