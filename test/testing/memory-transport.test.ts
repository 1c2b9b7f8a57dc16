import { describe, expect, it } from 'vitest';

import type { MemorySocket, MemoryTransportOptions } from '../../src/testing.ts';
import { dialled, MemoryWorld, request } from './memory-world.ts';

const REFUSED = { code: 1006, reason: '', status: 503, body: 'full' };

function echo(socket: MemorySocket, frame: string | Uint8Array): void {
  socket.answer(typeof frame === 'string' ? `heard ${frame}` : frame);
}

describe('a dial', () => {
  it.each([
    ['opens after one latency', {}, 5],
    ['opens after the latency it was given', { latencyMs: 40 }, 40],
  ] satisfies [string, Partial<MemoryTransportOptions>, number][])('%s', (_, options, ms) => {
    const world = new MemoryWorld(options);
    world.dial();

    world.clock.advance(ms - 1);
    const before = world.story.length;
    world.clock.advance(1);

    expect(before).toBe(0);
    expect(world.story).toEqual([[ms, 'open']]);
    expect(world.clock.pending).toBe(0);
  });

  it('is refused with what the test says', () => {
    const world = new MemoryWorld({ outcome: (dial) => (dial === 1 ? REFUSED : 'opens') });
    world.dial();
    world.dial();

    world.clock.advance(5);

    expect(world.story).toEqual([
      [5, { kind: 'refused', ...REFUSED }],
      [5, 'open'],
    ]);
    expect(world.transport.live).toEqual([world.transport.last]);
  });

  it('that hangs ends when its time is over, unless it is answered after all', () => {
    const world = new MemoryWorld({ outcome: () => 'hangs' });
    const answered = world.dial();
    world.dial();
    world.clock.advance(request.timeoutMs - 1);
    const before = world.story.length;

    answered.opensAfter(0);
    world.clock.advance(60_000);

    expect(before).toBe(0);
    expect(world.story).toEqual([
      [request.timeoutMs - 1, 'open'],
      [request.timeoutMs, { kind: 'refused', code: 1006, reason: '' }],
    ]);
  });

  it('is refused next, so many times, whatever else is said', () => {
    const world = new MemoryWorld();
    world.transport.refuseNext(REFUSED);
    world.transport.refuseNext();

    for (let dial = 0; dial < 3; dial += 1) world.dial();
    world.clock.advance(5);

    expect(world.story.map(([, what]) => what)).toEqual([
      { kind: 'refused', ...REFUSED },
      { kind: 'refused', code: 1006, reason: '', errorCode: 'ECONNREFUSED' },
      'open',
    ]);
  });

  it('can be let go of before it is answered', () => {
    const world = new MemoryWorld();

    world.dial().terminate();
    world.clock.advance(60_000);

    expect(world.story).toEqual([]);
    expect(world.clock.pending).toBe(0);
    expect(world.transport.live).toEqual([]);
  });

  it('that is closed before it is answered ends as a refusal', () => {
    const world = new MemoryWorld();

    world.dial().close(1000, 'changed my mind');
    world.clock.advance(60_000);

    expect(world.story).toEqual([[0, { kind: 'refused', code: 1006, reason: '' }]]);
  });
});

describe('a frame', () => {
  it('reaches the other end one latency later, and its answer takes another', () => {
    const { clock, story, socket } = dialled({ latencyMs: 20, onFrame: echo });

    socket.send('hello');
    clock.advance(19);
    const heardBefore = socket.heard.length + story.length;
    clock.advance(20);
    const answeredBefore = story.length;
    clock.advance(1);

    expect([heardBefore, answeredBefore]).toEqual([0, 0]);
    expect(story).toEqual([[40, 'heard hello']]);
  });

  it('is kept as it was sent, though its bytes are used again', () => {
    const heard: (string | Uint8Array)[] = [];
    const { clock, socket } = dialled({ onFrame: (_, frame) => heard.push(frame) });
    const bytes = Buffer.from([1, 2, 3]);

    socket.send(bytes);
    bytes.fill(0);
    clock.advance(5);

    expect(socket.sent).toEqual([{ frame: Uint8Array.of(1, 2, 3), atMs: 0 }]);
    expect(heard).toEqual([Uint8Array.of(1, 2, 3)]);
  });

  it('counts as sent at once and as heard when it has arrived', () => {
    const { clock, socket } = dialled();
    socket.send(Uint8Array.of(1, 2));
    socket.send('text');
    clock.advance(4);
    socket.send(Uint8Array.of(3));

    clock.advance(1);

    expect(socket.audio).toEqual(Uint8Array.of(1, 2, 3));
    expect(socket.heard).toEqual(Uint8Array.of(1, 2));
    expect(socket.texts).toEqual(['text']);
  });

  it('is ignored before the socket is open, while it closes, and after', () => {
    const world = new MemoryWorld();
    const socket = world.dial();

    socket.send('too early');
    socket.say('nobody there yet');
    world.clock.advance(5);
    socket.close(1000, '');
    socket.send('closing');
    world.clock.advance(10);
    socket.send('over');
    socket.say('over');

    expect(socket.sent).toEqual([]);
    expect(world.story.map(([, what]) => what)).toEqual([
      'open',
      { kind: 'closed', code: 1000, reason: '' },
    ]);
  });

  it('said by the other end arrives at once, and with it whatever was under way', () => {
    const { clock, story, socket } = dialled();
    socket.answer('first');
    clock.advance(2);

    socket.say('second');
    clock.advance(60_000);

    expect(story).toEqual([
      [2, 'first'],
      [2, 'second'],
    ]);
  });

  it('arrives before `send` returns where there is no latency', () => {
    const { story, socket } = dialled({ latencyMs: 0, onFrame: echo });

    socket.send('a');

    expect(story).toEqual([[0, 'heard a']]);
  });
});

describe('a ping', () => {
  it('is answered a round trip later', () => {
    const { clock, story, socket } = dialled({ latencyMs: 30 });

    expect(socket.ping()).toBe(true);
    clock.advance(59);
    const before = story.length;
    clock.advance(1);

    expect(before).toBe(0);
    expect(story).toEqual([[60, 'pong']]);
    expect(socket.pings).toBe(1);
  });

  it('is not answered where the other end does not', () => {
    const { clock, story, socket } = dialled();
    socket.answersPings = false;

    socket.ping();
    clock.advance(60_000);

    expect(story).toEqual([]);
  });
});

describe('an end', () => {
  it('that breaks the connection loses what is under way, and is told once', () => {
    const { clock, story, socket } = dialled();
    socket.answer('lost');
    socket.send('lost too');

    socket.end();
    socket.end();
    clock.advance(60_000);

    expect(story).toEqual([[0, { kind: 'closed', code: 1006, reason: '' }]]);
    expect(socket.heard).toHaveLength(0);
    expect(clock.pending).toBe(0);
  });

  it('with a close frame comes after whatever was said', () => {
    const { clock, story, socket } = dialled();
    socket.answer('the last word');

    socket.end(1011, 'NET-0001', { errorCode: 'none' });
    clock.advance(60_000);

    expect(story).toEqual([
      [0, 'the last word'],
      [0, { kind: 'closed', code: 1011, reason: 'NET-0001', errorCode: 'none' }],
    ]);
  });

  it('that we begin takes a round trip, and what was sent before is heard first', () => {
    const heard: string[] = [];
    const { clock, story, socket } = dialled({ onFrame: (_, frame) => heard.push(String(frame)) });
    socket.send('bye');

    socket.close(1000, 'done');
    clock.advance(9);
    const before = story.length;
    clock.advance(1);

    expect(before).toBe(0);
    expect(heard).toEqual(['bye']);
    expect(story).toEqual([[10, { kind: 'closed', code: 1000, reason: 'done' }]]);
    expect(clock.pending).toBe(0);
  });

  it('that we begin on a dead link is given up after 30 s', () => {
    const { clock, story, socket } = dialled();
    socket.halfOpen();

    socket.close(1000, '');
    clock.advance(29_999);
    const before = story.length;
    clock.advance(1);

    expect(before).toBe(0);
    expect(story).toEqual([[30_000, { kind: 'closed', code: 1006, reason: '' }]]);
  });

  it('by `terminate` is told to nobody', () => {
    const { clock, story, socket } = dialled();

    socket.terminate();
    socket.end();
    clock.advance(60_000);

    expect(story).toEqual([]);
    expect(socket.isLive).toBe(false);
  });
});
