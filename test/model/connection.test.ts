import { expect } from 'vitest';

import { connectionMachine } from '../../machines/index.ts';
import { ActorWorld, actorExecutors } from '../../src/testing/model/actor-world.ts';
import { connectionModel } from '../../src/testing/model/catalogues/connection.ts';
import { modelTests } from '../../src/testing/model/model-tests.ts';
import { runSuite } from './chart-suite.ts';

type World = ActorWorld<typeof connectionMachine>;

const suite = modelTests(connectionMachine, {
  ...connectionModel,
  createWorld: (facts) => new ActorWorld(connectionMachine, { ...connectionModel, ...facts }),
  executors: actorExecutors(connectionMachine),
  states: {
    '': (world) => {
      expect(socketsIn(world).length).toBeLessThanOrEqual(hasSecond(world) ? 2 : 1);
    },
    connected: (world) => {
      expect(socketsIn(world)).toContain(`socket.${context(world).socketId}`);
    },
  },
});

runSuite('connection, path by path', suite);

function socketsIn(world: World): readonly string[] {
  return world.running.filter(({ src }) => src === 'socket').map(({ id }) => id);
}

function hasSecond(world: World): boolean {
  return context(world).hedgeId !== null;
}

function context(world: World) {
  return world.snapshot.context as { readonly socketId: number; readonly hedgeId: number | null };
}
