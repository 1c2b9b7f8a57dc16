import { describe, expect, it, vi } from 'vitest';
import { createActor, createMachine, fromCallback, sendTo, setup } from 'xstate';
import type { AnyActorRef } from 'xstate';

import type { SocketCommand, SocketInput } from '../../machines/connection.types.ts';
import { connectionMachine, presets } from '../../machines/index.ts';
import { sessionLogic, sessionOf } from '../../src/session/session-logic.ts';
import { fakeProvider, transcriptFrame } from '../support/fake-provider.ts';
import { ParentWorld } from './parent-world.ts';

const SAID = { fromSample: 0, toSample: 16_000, text: 'hello world' };

/** Nothing of a session is left: no timer, no socket, no actor. */
function expectQuiet(world: ParentWorld): void {
  expect(world.transport.live).toEqual([]);
  expect(world.clock.pending).toBe(0);
  for (const { status, actor } of world.sessions) {
    expect(status).toBe('disconnected');
    expect(actor.getSnapshot().status).not.toBe('active');
  }
}

describe('a machine that invokes a session', () => {
  it('is told its statuses, and what was said', async () => {
    const world = new ParentWorld();
    await world.dial();
    await world.speak(1_000);

    world.transport.last.say(transcriptFrame(SAID));

    expect(world.toldOf('session.statusChanged').map(({ current }) => current)).toEqual([
      'connecting',
      'connected',
      'active',
    ]);
    expect(world.toldOf('transcript')).toMatchObject([{ text: 'hello world', isFinal: true }]);
    expect(world.session.status).toBe('active');
  });

  it('is told of an outage and of its end, and the audio comes through it whole', async () => {
    const world = new ParentWorld();
    await world.dial();
    await world.speak(1_000);

    world.transport.reset();
    await world.speak(10_000);

    expect(world.toldOf('connection.reconnecting')).toMatchObject([{ attempt: 1 }]);
    expect(world.toldOf('connection.reconnected')).toMatchObject([{ outcome: 'replayed' }]);
    expect(world.session.ledger).toMatchObject({ capturedMs: 11_000, gapMs: 0 });
    expect(world.transport.last.audio.length / 32).toBe(11_000);
  });

  it('may dial later, while audio is captured already', async () => {
    const world = new ParentWorld({ connectsAtOnce: false });
    await world.dial();
    await world.speak(500);
    const dialsBefore = world.transport.sockets.length;

    world.child!.send({ type: 'session.connect' });
    await world.pass(5_000);

    expect(dialsBefore).toBe(0);
    expect(world.session.status).toBe('active');
    expect(world.transport.last.audio.length / 32).toBe(500);
  });

  it('is told that the connection was given up, and may start over', async () => {
    const world = new ParentWorld();
    world.transport.refuseNext({ code: 1006, reason: '', status: 401, body: 'no such key' });
    await world.dial();
    const failed = world.toldOf('session.failed');

    world.child!.send({ type: 'session.connect' });
    await world.pass(100);

    expect(failed).toMatchObject([{ error: { code: 'AUTH_REFUSED' } }]);
    expect(world.session.status).toBe('active');
  });

  it('takes the way of an actor that failed where no session can be made', async () => {
    const world = new ParentWorld({
      open: () => {
        throw new TypeError('no microphone');
      },
    });

    await world.dial();

    expect(world.actor.getSnapshot()).toMatchObject({ status: 'active', value: 'broken' });
    expectQuiet(world);
  });
});

describe('a machine that closes its session', () => {
  it('is told once what was left, after all that was said has been delivered', async () => {
    const world = new ParentWorld();
    await world.dial();
    await world.speak(1_000);

    world.actor.send({ type: 'call.hungUp' });
    await world.pass(10_000);

    expect(world.toldOf('transcript')).toMatchObject([{ text: 'rest', isFinal: true }]);
    expect(world.toldOf('session.closed')).toMatchObject([
      { drained: true, left: { chunks: 0 }, ledger: { deliveredMs: 1_000, gapMs: 0 } },
    ]);
    expect(world.actor.getSnapshot().value).toBe('out');
    expectQuiet(world);
  });

  it('is told as well where somebody else closed it', async () => {
    const world = new ParentWorld();
    await world.dial();

    void world.session.close();
    await world.pass(10_000);

    expect(world.toldOf('session.closed')).toHaveLength(1);
    expectQuiet(world);
  });

  it('is told once, though it keeps the actor', async () => {
    const world = new ParentWorld();
    const told: string[] = [];
    const machine = createMachine({
      invoke: { src: sessionLogic, id: 'session', input: { open: () => world.open() } },
      on: { '*': { actions: ({ event }) => told.push(event.type) } },
    });
    const parent = createActor(machine).start();
    await world.pass(100);

    parent.getSnapshot().children['session']!.send({ type: 'session.close' });
    await world.pass(10_000);

    expect(told.filter((type) => type === 'session.closed')).toHaveLength(1);
    expectQuiet(world);
    parent.stop();
  });

  it('gives up after the time that it names', async () => {
    const world = new ParentWorld({ transport: { onFrame: () => undefined } });
    await world.dial();
    await world.speak(1_000);

    world.child!.send({ type: 'session.close', drainTimeoutMs: 0 });
    await world.pass(0);

    expect(world.toldOf('session.closed')).toMatchObject([{ drained: false, left: { ms: 1_000 } }]);
    expectQuiet(world);
  });
});

describe('a machine that leaves the state of its session', () => {
  it.each([
    ['while it dials', { outcome: () => 'hangs' } as const, 0],
    ['while it is active', {}, 1_000],
  ])('ends it at once, %s', async (_, transport, spokenMs) => {
    const world = new ParentWorld({ transport });
    await world.dial();
    await world.speak(spokenMs);

    world.actor.send({ type: 'call.left' });
    await world.pass(0);

    expectQuiet(world);
  });

  it('ends it at once, while it waits to reconnect', async () => {
    const world = new ParentWorld();
    await world.dial();
    world.transport.refuse();
    world.transport.reset();
    await world.pass(3_000);
    const { status } = world.session;

    world.actor.send({ type: 'call.left' });
    await world.pass(0);

    expect(status).toBe('reconnecting');
    expectQuiet(world);
  });

  it('ends it at once, while a close waits for what is left', async () => {
    const world = new ParentWorld({ transport: { onFrame: () => undefined } });
    await world.dial();
    await world.speak(1_000);
    world.actor.send({ type: 'call.hungUp' });
    await world.pass(100);
    const { status } = world.session;

    world.actor.send({ type: 'call.left' });
    await world.pass(0);

    expect(status).toBe('active');
    expectQuiet(world);
  });

  it('is told nothing any more', async () => {
    const world = new ParentWorld();
    await world.dial();
    const { session } = world;
    const { length } = world.told;

    world.actor.send({ type: 'call.left' });
    await world.pass(10_000);

    expect(world.told).toHaveLength(length);
    expect(() => session.write(new Uint8Array(2))).toThrow(
      expect.objectContaining({ code: 'SESSION_CLOSED' }),
    );
  });

  it('has a new session when it comes back, as often as it likes', async () => {
    const world = new ParentWorld();
    for (let call = 0; call < 3; call += 1) {
      await world.dial();
      await world.speak(500);
      world.actor.send({ type: 'call.left' });
    }

    await world.dial();

    expect(new Set(world.sessions).size).toBe(4);
    expect(world.session.status).toBe('active');
    expect(world.session.ledger.captured).toBe(0);
    expect(world.transport.live).toHaveLength(1);
    expect(world.toldOf('session.closed')).toEqual([]);
  });

  it('ends quiet when it is stopped itself', async () => {
    const world = new ParentWorld();
    await world.dial();
    await world.speak(500);

    world.actor.stop();
    await world.pass(0);

    expectQuiet(world);
  });
});

describe('a session over two candidates', () => {
  it('tells the machine that another serves, and ends with both when the machine leaves it', async () => {
    const names: string[] = [];
    const world = new ParentWorld({
      session: { candidates: [fakeProvider(), { ...fakeProvider(), name: 'other' }] },
      inspect: (event) => void names.push((event.actorRef as AnyActorRef).id),
    });
    await world.dial();
    await world.speak(1_000);
    world.transport.refuseNext(undefined, 2);
    world.transport.reset();
    await world.speak(20_000);
    const { status, ledger } = world.session;

    world.actor.send({ type: 'call.left' });
    await world.pass(0);

    expect(world.toldOf('candidate.changed')).toMatchObject([{ reason: 'failover' }]);
    expect([status, ledger.capturedMs, ledger.gapMs]).toEqual(['active', 21_000, 0]);
    expect(names.filter((name) => name.startsWith('connection'))).not.toEqual([]);
    expectQuiet(world);
  });
});

describe('two sessions of one machine', () => {
  it('do not hear of each other', async () => {
    const [one, other] = [new ParentWorld(), new ParentWorld()];
    const inputOf = (world: ParentWorld) => ({ open: () => world.open() });
    const machine = createMachine({
      invoke: [
        { src: sessionLogic, id: 'one', input: inputOf(one) },
        { src: sessionLogic, id: 'other', input: inputOf(other) },
      ],
    });
    const parent = createActor(machine).start();
    const statusOf = (id: string) =>
      sessionOf(parent.getSnapshot().children[id] as AnyActorRef)?.status;
    await one.pass(100);
    await other.pass(100);
    const before = [statusOf('one'), statusOf('other')];

    one.transport.reset();
    await one.pass(10);
    const after = [statusOf('one'), statusOf('other')];
    parent.stop();
    await one.pass(0);

    expect(before).toEqual(['active', 'active']);
    expect(after).toEqual(['reconnecting', 'active']);
    expectQuiet(one);
    expectQuiet(other);
  });
});

describe('sessionOf', () => {
  it('knows only actors that run a session', () => {
    const stranger = createActor(createMachine({}));

    expect([sessionOf(stranger), sessionOf(undefined)]).toEqual([undefined, undefined]);
  });
});

describe('a machine that invokes the connection chart itself', () => {
  function parentOf(socket: { dialled: number; live: number }) {
    const connection = connectionMachine.provide({
      actors: {
        socket: fromCallback<SocketCommand, SocketInput>(() => {
          socket.dialled += 1;
          socket.live += 1;
          return () => (socket.live -= 1);
        }),
      },
    });
    return setup({ actors: { connection } }).createMachine({
      initial: 'on',
      states: {
        on: {
          invoke: {
            src: 'connection',
            id: 'connection',
            input: { component: 'stt', policy: presets.production },
          },
          on: {
            connect: { actions: sendTo('connection', { type: 'session.connect' }) },
            leave: 'off',
          },
        },
        off: { on: { back: 'on' } },
      },
    });
  }

  it('brings its own actors, stops the chart with all of them, and starts it afresh', () => {
    const socket = { dialled: 0, live: 0 };
    const warned = vi.spyOn(console, 'warn');
    const parent = createActor(parentOf(socket)).start();
    const chart = () => parent.getSnapshot().children['connection'] as AnyActorRef;
    parent.send({ type: 'connect' });
    const first = [chart().getSnapshot().value, socket.live];

    parent.send({ type: 'leave' });
    const left = [chart(), socket.live];
    parent.send({ type: 'back' });

    expect(first).toEqual([{ connecting: 'dialing' }, 1]);
    expect(left).toEqual([undefined, 0]);
    expect(chart().getSnapshot().value).toBe('idle');
    expect(socket.dialled).toBe(1);
    parent.stop();
    expect(warned).not.toHaveBeenCalled();
  });
});
