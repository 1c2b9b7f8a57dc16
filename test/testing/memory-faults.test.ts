import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { drawFaults } from '../../src/testing.ts';
import type { MemoryFault, MemorySocket } from '../../src/testing.ts';
import { dialled, MemoryWorld } from './memory-world.ts';

describe('a half-open socket', () => {
  it('brings nothing and takes nothing, while it looks open', () => {
    const { clock, story, socket } = dialled();
    socket.halfOpen();

    socket.say('not heard');
    socket.answer('nor this');
    socket.ping();
    socket.send('into the void');
    clock.advance(3_600_000);

    expect(story).toEqual([]);
    expect(socket.heard).toHaveLength(0);
    expect(socket).toMatchObject({ isOpen: true, isHalfOpen: true, bufferedBytes: 0 });
  });

  it('brings what it held back, in order, when it heals', () => {
    const heard: string[] = [];
    const { clock, story, socket } = dialled({ onFrame: (_, frame) => heard.push(String(frame)) });
    socket.halfOpen();
    socket.answer('one');
    socket.say('two');
    socket.send('a');
    clock.advance(50);
    socket.send('b');

    clock.advance(50);
    socket.heal();
    clock.advance(5);

    expect(story.map(([, what]) => what)).toEqual(['one', 'two']);
    expect(story[0]![0]).toBe(100);
    expect(heard).toEqual(['a', 'b']);
  });

  it.each([
    ['out', ['said'], []],
    ['in', [], ['sent']],
  ] as const)('may be so %s only', (direction, said, sent) => {
    const heard: string[] = [];
    const { clock, world, socket } = dialled({ onFrame: (_, frame) => heard.push(String(frame)) });

    socket.halfOpen(direction);
    socket.say('said');
    socket.send('sent');
    clock.advance(1_000);

    expect(world.frames).toEqual(said);
    expect(heard).toEqual(sent);
  });

  it('still breaks', () => {
    const { story, socket } = dialled();
    socket.halfOpen();

    socket.end();

    expect(story).toEqual([[0, { kind: 'closed', code: 1006, reason: '' }]]);
  });
});

describe('a congested socket', () => {
  it('holds what is sent, says how much, and tells when it has gone', () => {
    const { clock, story, socket } = dialled({ onFrame: (peer, frame) => peer.answer(frame) });

    socket.congest(5_000);
    socket.send('1234');
    clock.advance(60_000);
    const bufferedBytes = socket.bufferedBytes;
    socket.drain();
    clock.advance(10);

    expect(bufferedBytes).toBe(5_004);
    expect(story).toEqual([
      [60_000, 'drain'],
      [60_010, '1234'],
    ]);
    expect(socket.bufferedBytes).toBe(0);
  });

  it('is told once that it drained, though nothing was sent', () => {
    const { story, socket } = dialled();
    socket.congest();

    socket.drain();
    socket.drain();

    expect(story).toEqual([[0, 'drain']]);
  });
});

describe('a slow network', () => {
  it('lets out no more than its speed, and all at once when it is fast again', () => {
    const heardAtMs: number[] = [];
    const { clock, socket, transport } = dialled({
      latencyMs: 0,
      onFrame: () => heardAtMs.push(clock.nowMs()),
    });

    transport.slow(2_500, 1_000);
    for (let second = 0; second < 4; second += 1) socket.send(new Uint8Array(1_000));
    const bufferedBytes = socket.bufferedBytes;
    clock.advance(10_000);

    expect(bufferedBytes).toBe(4_000);
    expect(heardAtMs).toEqual([1_000, 2_000, 2_500, 2_500]);
    expect(clock.pending).toBe(0);
  });

  it('is as slow as the slower of two faults', () => {
    const heardAtMs: number[] = [];
    const { clock, socket, transport } = dialled({
      latencyMs: 0,
      onFrame: () => heardAtMs.push(clock.nowMs()),
    });

    transport.slow(60_000, 1_000);
    transport.slow(60_000, 500);
    socket.send(new Uint8Array(1_000));
    clock.advance(10_000);

    expect(heardAtMs).toEqual([2_000]);
  });
});

describe('a stalled network', () => {
  it('lets nothing move, dials neither, and then everything at once', () => {
    const { clock, story, socket, transport, world } = dialled();
    transport.stall(3_000);
    socket.answer('late');
    world.dial();
    transport.refuseNext();
    world.dial();

    clock.advance(2_999);
    const before = story.length;
    clock.advance(1);

    expect(before).toBe(0);
    expect(story).toEqual([
      [3_000, 'late'],
      [3_000, 'open'],
      [3_000, { kind: 'refused', code: 1006, reason: '', errorCode: 'ECONNREFUSED' }],
    ]);
  });

  it('moves on when the last of two stalls is over', () => {
    const { clock, story, socket, transport } = dialled();
    transport.stall(1_000);
    transport.stall(2_000);
    socket.say('late');

    clock.advance(5_000);

    expect(story).toEqual([[2_000, 'late']]);
  });

  it('leaves a socket dead that is half-open besides', () => {
    const { clock, story, socket, transport } = dialled();
    transport.stall(1_000);
    socket.halfOpen();
    socket.say('never');

    clock.advance(5_000);

    expect(story).toEqual([]);
  });
});

describe('a fault plan', () => {
  it('is carried out by the clock, each fault at its moment and for its time', () => {
    const world = new MemoryWorld({ latencyMs: 0 });
    world.transport.faults([
      { kind: 'reset', atMs: 100 },
      { kind: 'refuse', atMs: 200, forMs: 50 },
      { kind: 'halfOpen', atMs: 400, forMs: 100 },
      { kind: 'stall', atMs: 600, forMs: 100 },
    ]);
    const dialAt = (atMs: number) => world.clock.setTimeout(() => void world.dial(), atMs);
    const sayAt = (atMs: number) =>
      world.clock.setTimeout(() => world.transport.last.say(`said at ${atMs}`), atMs);
    [0, 199, 249, 251, 450].forEach(dialAt);
    [410, 460, 650].forEach(sayAt);

    world.clock.advance(1_000);

    const refused = { kind: 'refused', code: 1006, reason: '', errorCode: 'ECONNREFUSED' };
    expect(world.story).toEqual([
      [0, 'open'],
      [100, { kind: 'closed', code: 1006, reason: '', errorCode: 'ECONNRESET' }],
      [199, 'open'],
      [249, refused],
      [251, 'open'],
      [450, 'open'],
      [460, 'said at 460'],
      [500, 'said at 410'],
      [700, 'said at 650'],
    ]);
    expect(world.clock.pending).toBe(0);
  });

  it('is drawn alike from the same seed, in order of time and inside its length', () => {
    const options = { lengthMs: 60_000, count: 50 };

    const plan = drawFaults(7, options);

    expect(plan).toEqual(drawFaults(7, options));
    expect(plan).not.toEqual(drawFaults(8, options));
    expect(new Set(plan.map(({ kind }) => kind)).size).toBe(5);
    expect(plan.map(({ atMs }) => atMs)).toEqual(
      plan.map(({ atMs }) => atMs).sort((one, other) => one - other),
    );
    for (const { atMs, forMs = 0 } of plan) expect(atMs + forMs).toBeLessThanOrEqual(60_000);
  });

  it('holds only the kinds that are asked for', () => {
    const plan = drawFaults(1, { lengthMs: 10, count: 20, kinds: ['stall'] });

    expect(new Set(plan.map(({ kind }) => kind))).toEqual(new Set(['stall']));
  });

  it.each([
    ['no such kind', { kind: 'meteor', atMs: 1 }],
    ['a moment before the start', { kind: 'reset', atMs: -1 }],
    ['no moment', { kind: 'reset', atMs: NaN }],
    ['a time that runs backwards', { kind: 'stall', atMs: 1, forMs: -1 }],
    ['no speed', { kind: 'slow', atMs: 1, bytesPerSecond: 0 }],
  ])('is refused with %s, and nothing of it happens', (_, fault) => {
    const world = new MemoryWorld();

    const give = () => world.transport.faults([{ kind: 'reset', atMs: 0 }, fault as MemoryFault]);

    expect(give).toThrow(expect.objectContaining({ code: 'FAULT_PLAN_INVALID' }));
    expect(world.clock.pending).toBe(0);
  });

  it('is not drawn from nothing', () => {
    for (const options of [
      { lengthMs: 0 },
      { lengthMs: NaN },
      { lengthMs: 1, count: -1 },
      { lengthMs: 1, kinds: [] },
    ]) {
      expect(() => drawFaults(1, options)).toThrow(
        expect.objectContaining({ code: 'FAULT_PLAN_INVALID' }),
      );
    }
  });

  it('ends with everything that lasts when the network heals', () => {
    const { clock, transport, socket, world } = dialled({ latencyMs: 0 });
    transport.faults([{ kind: 'reset', atMs: 100 }]);
    transport.stall();
    transport.refuse();
    transport.slow(60_000, 1);
    socket.halfOpen();
    socket.congest();
    socket.send('kept');
    transport.refuseNext();

    transport.heal();
    world.dial();
    clock.advance(60_000);

    expect(world.frames).toEqual(['drain', 'open']);
    expect(transport.live).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });
});

type Step = (socket: MemorySocket, world: MemoryWorld) => void;

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.integer({ min: 0, max: 300 }).map(
    (ms): Step =>
      (_, world) =>
        world.clock.advance(ms),
  ),
  fc.constant<Step>((_, world) => world.transport.halfOpen(50)),
  fc.constant<Step>((_, world) => world.transport.stall(70)),
  fc.constant<Step>((_, world) => world.transport.slow(90, 100)),
  fc.constant<Step>((socket) => socket.congest(10)),
  fc.constant<Step>((socket) => socket.drain()),
  fc.constant<Step>((socket) => socket.heal()),
);

describe('whatever happens', () => {
  it('frames arrive in the order in which they were sent, none twice, and all when it is over', () => {
    fc.assert(
      fc.property(
        fc.array(anyStep, { maxLength: 30 }),
        fc.nat(100),
        fc.constantFrom(0, 5),
        (steps, jitterMs, latencyMs) => {
          const heard: number[] = [];
          const told: number[] = [];
          const world = dialled({
            jitterMs,
            latencyMs,
            onFrame: (_, frame) => heard.push(Number(frame)),
          });
          const { socket, transport, clock } = world;
          const sent = [...steps.keys()];

          for (const [index, step] of steps.entries()) {
            socket.send(String(index));
            socket.answer(String(index));
            step(socket, world.world);
          }
          transport.heal();
          clock.advance(1_000);

          for (const frame of world.world.frames) if (frame !== 'drain') told.push(Number(frame));
          expect(heard).toEqual(sent);
          expect(told).toEqual(sent);
          expect(clock.pending).toBe(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});
