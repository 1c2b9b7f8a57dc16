/** What must never happen to a connection, whatever happens: told here by its signals and its actors, not by its chart. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContextFrom } from 'xstate';

import { providerLinkPolicy } from '../../machines/backoff.ts';
import { connectionMachine } from '../../machines/index.ts';
import type { ActorWorld } from '../../src/testing/model/actor-world.ts';
import { connectionModel } from '../../src/testing/model/catalogues/connection.ts';
import type { ModelStep } from '../../src/testing/model/paths.ts';
import { stateOf } from '../../src/testing/model/sentences.ts';
import { draws, walk } from './walk.ts';

type World = ActorWorld<typeof connectionMachine>;

/** Shrinking takes a while. */
const RUNS = { numRuns: 60, interruptAfterTimeLimit: 15_000 };
const MAX_ATTEMPTS = 3;
/** Written out by hand: 1 s, twice the last, without jitter. */
const ENVELOPES_MS = [1_000, 2_000, 4_000];
const HINT_MS = 4_782;
/** Half of the 250 ms within which a network that is back is tried. */
const SOON_MS = 125;

const model = {
  ...connectionModel,
  // Only a standby is ever chosen, and this is none.
  events: {
    ...connectionModel.events,
    'carrier.chosen': [],
    // Who has too much to do is waited for longer than its envelope says.
    'socket.lost': (connectionModel.events?.['socket.lost'] ?? []).filter(
      ({ label }) => label !== 'overloaded',
    ),
  },
  input: {
    component: 'stt',
    refreshesCredential: true,
    policy: { ...providerLinkPolicy, maxAttempts: MAX_ATTEMPTS, jitter: 'none' },
  },
} as const satisfies typeof connectionModel;

function onAnyWalk(
  check: (world: World, step: ModelStep, way: string) => void,
  atEnd?: (world: World) => void,
) {
  return fc.assert(
    fc.asyncProperty(draws, async (drawn) => {
      const { world } = await walk({ machine: connectionMachine, model, draws: drawn, check });
      atEnd?.(world);
      world.dispose();
    }),
    RUNS,
  );
}

describe('a connection, on any walk', () => {
  it('never has two sockets at once but for a hedge, and none where it waits or is over', async () => {
    await onAnyWalk((world, step) => {
      const sockets = running(world, 'socket');
      const { hedgeId } = contextOf(world);

      expect(sockets.length).toBeLessThanOrEqual(hedgeId === null ? 1 : 2);
      if (/idle|waiting|backingOff|error|disconnected/.test(stateOf(step.to))) {
        expect(sockets).toEqual([]);
      }
    });
  });

  it('is over at once when it is closed, wherever it is, and dials nothing after it', async () => {
    await onAnyWalk(
      () => undefined,
      (world) => {
        if (world.state() !== 'disconnected') world.send({ type: 'session.close' });
        const dialled = world.fakes.length;
        world.clock.advance(3_600_000);

        expect(world.state()).toBe('disconnected');
        expect(world.running).toEqual([]);
        expect(world.fakes).toHaveLength(dialled);
      },
    );
  });

  it('spends no more attempts than the policy grants, but for one refused credential', async () => {
    await onAnyWalk((world) => {
      const { attempts, dialReason } = contextOf(world);

      expect(attempts).toBeLessThanOrEqual(MAX_ATTEMPTS + (dialReason === 'refused' ? 1 : 0));
    });
  });

  it('does not take an open or a configured socket for success: the attempts stay', async () => {
    await onAnyWalk((world, { label, from }) => {
      if (!/^socket\.(opened|configured)$|^server\.answered$|done$/.test(label)) return;

      expect(contextOf(world).attempts).toBe(contextIn(from.snapshot).attempts);
    });
  });

  it('waits as long as its envelope says, as the server hints, or hardly at all for a network', async () => {
    await onAnyWalk((world, step) => {
      const { attempts, waitMs } = contextOf(world);
      if (stateOf(step.to) === stateOf(step.from)) return;
      if (world.state() === 'reconnecting.waitingForRateLimit') expect(waitMs).toBe(HINT_MS);
      if (world.state() !== 'reconnecting.backingOff') return;

      const isNetwork = /network/.test(step.label);
      expect(waitMs).toBe(isNetwork ? SOON_MS : ENVELOPES_MS[attempts - 1]);
    });
  });

  it('gives each timer the wait that it announced', async () => {
    await onAnyWalk((world) => {
      const timer = world.running.find(({ src }) => /^(backoffTimer|rateLimitWait)$/.test(src));

      if (timer) expect(timer.input).toEqual({ waitMs: contextOf(world).waitMs });
    });
  });

  it('follows a reconnecting by reconnected or failed before it is active or over', async () => {
    const books = new WeakMap<World, { told: number; isOwed: boolean }>();
    await onAnyWalk((world, { to }, way) => {
      const told = world.emitted.map(({ type }) => type).filter((type) => OUTAGE.test(type));
      const last = told.at(-1);
      const book = books.get(world) ?? { told: 0, isOwed: false };
      if (told.length > book.told) {
        book.isOwed = last === 'connection.reconnecting';
      }
      books.set(world, { ...book, told: told.length });

      if (stateOf(to) === 'active') expect(book.isOwed, way).toBe(false);
      if (stateOf(to) === 'error') expect(last, way).toBe('connection.failed');
    });
  });

  it('lets audio out only while it replays or is live', async () => {
    await onAnyWalk((world) => {
      const replays = running(world, 'bufferReplay');

      expect(replays).toHaveLength(world.state() === 'connected.replaying' ? 1 : 0);
      expect(running(world, 'sessionRestore')).toHaveLength(
        world.state() === 'connected.restoring' ? 1 : 0,
      );
    });
  });
});

const OUTAGE = /\.(reconnecting|reconnected|failed)$/;

function running(world: World, src: string): readonly string[] {
  return world.running.filter((fake) => fake.src === src).map(({ id }) => id);
}

function contextOf(world: World) {
  return contextIn(world.snapshot);
}

function contextIn({ context }: { readonly context: unknown }) {
  return context as ContextFrom<typeof connectionMachine>;
}
