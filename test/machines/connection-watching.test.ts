/** What the connection chart has liveness do, link after link; and what it forgets when something is over. */
import { createActor, fromCallback, fromPromise } from 'xstate';
import type { ActorRefFrom } from 'xstate';
import { describe, expect, it } from 'vitest';

import { presets } from '../../machines/backoff.ts';
import { connectionMachine } from '../../machines/connection.machine.ts';
import type { SocketCommand, SocketInput } from '../../machines/connection.types.ts';
import type { livenessMachine } from '../../machines/liveness.machine.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';
import { ChartWorld, failureOf, PLAIN_REPLAY } from './chart-world.ts';

const RTT = { srttMs: 40, rttvarMs: 20, samples: 3, newestMs: 40 };

/** A look at a link on which audio flows and of which no round trip is known: worth watching. */
function look(world: ChartWorld): Promise<void> {
  const atMs = world.clock.nowMs();
  return world.send({
    type: 'link.measured',
    atMs,
    lastInboundAtMs: atMs,
    rttMs: null,
    isAudioFlowing: true,
    lateByMs: 0,
    bufferedChunks: 0,
    unit: 0.5,
  });
}

function watcherOf(world: ChartWorld) {
  const liveness = world.actor.getSnapshot().children['liveness'];
  return (liveness as ActorRefFrom<typeof livenessMachine> | undefined)?.getSnapshot().context;
}

async function watched(options: ConstructorParameters<typeof ChartWorld>[0] = {}) {
  const world = await new ChartWorld(options).active();
  await look(world);
  return world;
}

describe('a link that is watched', () => {
  it('is watched by what is known of its service', async () => {
    const limits = { suspectAtLeastMs: 9_000 };
    const world = await watched({ input: { canProbe: false, limits } });

    expect(watcherOf(world)).toMatchObject({ canProbe: false, limits, rtt: null });
    await world.close();
  });

  it('is watched anew after it answered, by the round trip that was learned', async () => {
    const world = await watched();
    await world.send({ type: 'link.answered', atMs: world.clock.nowMs(), rtt: RTT });
    const whileUnwatched = watcherOf(world);

    await look(world);

    expect(whileUnwatched).toBeUndefined();
    expect(watcherOf(world)).toMatchObject({ rtt: RTT });
    await world.close();
  });

  it('is watched no more once it is lost, and the next one is', async () => {
    const world = await watched();
    await world.lost(failureOf('planned'));
    const afterLoss = [...world.children];
    await world.stands();

    await look(world);

    expect(afterLoss).not.toContain('liveness');
    expect(world.children).toContain('liveness');
    await world.close();
  });

  it('is watched no more once a second socket took over, and that one is', async () => {
    const world = await watched();
    await world.pass(2_000);
    await world.suspected(1_500);
    const hedgeId = world.context.hedgeId!;
    await world.opened(hedgeId);
    await world.pass(500);
    await world.configured(hedgeId);
    const afterTakeover = [...world.children];

    await look(world);

    expect(afterTakeover).not.toContain('liveness');
    expect(world.children).toContain('liveness');
    expect(world.signalsOf('connection.reconnected')).toMatchObject([
      { cause: { detail: 'nothing came for 2000 ms' } },
    ]);
    await world.close();
  });

  // P15.7
  it('is asked at once when the network changes', async () => {
    const world = await watched();
    await world.pass(700);

    await world.networkChanged();

    expect(watcherOf(world)).toMatchObject({ isChallenged: true, probedAtMs: 1_700 });
    await world.close();
  });

  it('is asked by a command to its socket', async () => {
    const commands: SocketCommand[] = [];
    const restored = { resumed: false, toolCallsCarried: 0, atMs: 0 };
    const machine = connectionMachine.provide({
      actors: {
        socket: fromCallback<SocketCommand, SocketInput>(({ receive }) => {
          receive((command) => commands.push(command));
        }),
        sessionRestore: fromPromise(() => Promise.resolve(restored)),
        bufferReplay: fromPromise(() => Promise.resolve(PLAIN_REPLAY)),
      },
    });
    const input = { component: 'stt', policy: presets.production } as const;
    const actor = createActor(machine, { input, clock: new VirtualClock() }).start();
    actor.send({ type: 'session.connect' });
    actor.send({ type: 'socket.opened', id: 1, atMs: 0 });
    actor.send({ type: 'socket.configured', id: 1, atMs: 0 });
    await settle();

    actor.send({ type: 'link.probe' });

    expect(commands).toEqual([{ type: 'socket.probe' }]);
    actor.send({ type: 'session.close' });
  });
});

describe('what is over', () => {
  it('is a silence, once a byte came', async () => {
    const world = await watched({ input: { hedges: false } });
    await world.suspected(1_500);
    const whileSilent = world.context.silentSinceMs;

    await world.recovered();

    expect(whileSilent).toBe(-500);
    expect(world.context.silentSinceMs).toBeNull();
    await world.close();
  });

  it('is an absence of the network, once it is back', async () => {
    const world = await new ChartWorld().active();
    await world.networkLost();
    await world.networkRestored();

    await world.lost();

    expect(world.state).toBe('reconnecting.backingOff');
    await world.close();
  });

  it('is a refused credential, once somebody connects anew', async () => {
    const world = new ChartWorld({ input: { refreshesCredential: true } });
    await world.connect();
    await world.lost(failureOf('auth'));
    await world.lost(failureOf('auth'));
    const refusedTwice = world.state;

    await world.connect();
    await world.lost(failureOf('auth'));

    expect(refusedTwice).toBe('error');
    expect(world.state).toBe('reconnecting.dialing');
    await world.close();
  });
});

describe('a known end', () => {
  it('is met by a dial only where one is left, or the link has earned all of them', async () => {
    const world = await new ChartWorld({ policy: { maxAttempts: 1 } }).active();
    await world.lost();
    await world.pass(1_000);
    await world.stands();
    await world.answered();
    const rotate = () => world.send({ type: 'session.rotate', atMs: world.clock.nowMs() });

    await world.pass(9_999);
    await rotate();
    const whileFresh = world.state;
    await world.pass(1);
    await rotate();

    expect(whileFresh).toBe('active');
    expect(world.state).toBe('reconnecting.dialing');
    await world.close();
  });
});

describe('a chart without the actors that it needs', () => {
  it('says which way they come in', async () => {
    const input = { component: 'stt', policy: presets.production } as const;
    const actor = createActor(connectionMachine, { input, clock: new VirtualClock() });
    actor.subscribe({ error: () => undefined });
    actor.start();

    actor.send({ type: 'session.connect' });
    await settle();

    const { status, error } = actor.getSnapshot();
    expect(status).toBe('error');
    expect(error).toEqual(new Error('the connection chart needs this actor by .provide()'));
  });
});
