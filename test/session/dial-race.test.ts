/** A dial on a path that may be a hole is made again beside itself, until one opens. */
import { describe, expect, it } from 'vitest';

import type { SocketEnd, SocketHandlers, Transport } from '../../src/ports/socket.ts';
import { racing } from '../../src/session/dial-race.ts';
import { MemoryTransport } from '../../src/testing/memory-transport.ts';
import type { DialOutcome } from '../../src/testing/memory-transport.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const EVERY_MS = 500;
const REQUEST = { url: 'wss://voice.example', timeoutMs: 10_000 };
const REFUSED = { code: 1006, reason: '', errorCode: 'ECONNREFUSED' };

function raced(
  outcome: (dial: number) => DialOutcome,
  { redialEveryMs = EVERY_MS, timeoutMs = REQUEST.timeoutMs, before = (): void => undefined } = {},
) {
  const clock = new VirtualClock(0);
  const memory = new MemoryTransport({ clock, latencyMs: 50, outcome });
  const told: string[] = [];
  const handlers: SocketHandlers = {
    onOpen: () => told.push(`open at ${clock.nowMs()}`),
    onFrame: (frame) => told.push(`frame ${String(frame)}`),
    onPong: () => told.push('pong'),
    onDrain: () => undefined,
    onEnd: ({ errorCode = 'none' }: SocketEnd) => told.push(`end ${errorCode} at ${clock.nowMs()}`),
  };
  const transport: Transport = {
    dial: (request, runner) => {
      before();
      return memory.dial(request, runner);
    },
  };
  const socket = racing(transport, { clock, redialEveryMs }).dial(
    { ...REQUEST, timeoutMs },
    handlers,
  );
  return { clock, memory, told, socket };
}

describe('a dial that hangs', () => {
  it('is made again every half second, and the first that opens is the socket', async () => {
    const { clock, memory, told, socket } = raced((dial) => (dial === 3 ? 'opens' : 'hangs'));

    await clock.advanceAsync(1_049);
    expect(told).toEqual([]);
    await clock.advanceAsync(1);
    memory.sockets[2]?.say('hello');
    await clock.advanceAsync(5_000);

    expect(told).toEqual(['open at 1050', 'frame hello']);
    expect(memory.sockets).toHaveLength(3);
    expect(memory.live).toHaveLength(1);
    socket.terminate();
    expect(clock.pending).toBe(0);
  });

  it('has no more than three beside it: the oldest is given up', async () => {
    const { clock, memory, socket } = raced(() => 'hangs');

    await clock.advanceAsync(1_500);
    expect(memory.live).toHaveLength(4);
    await clock.advanceAsync(500);

    expect(memory.live).toEqual(memory.sockets.slice(1));
    socket.terminate();
    expect(memory.live).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('ends when its time is over, once', async () => {
    const { clock, memory, told } = raced(() => 'hangs');

    await clock.advanceAsync(9_999);
    expect(told).toEqual([]);
    await clock.advanceAsync(10_000);

    expect(told).toHaveLength(1);
    expect(memory.live).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('ends with the first answer that is none', async () => {
    const { clock, memory, told } = raced((dial) => (dial === 2 ? REFUSED : 'hangs'));

    await clock.advanceAsync(5_000);

    expect(told).toEqual(['end ECONNREFUSED at 550']);
    expect(memory.live).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('ends where the transport throws over another dial, and throws over the first', async () => {
    let dials = 0;
    const { clock, memory, told } = raced(() => 'hangs', {
      before: () => {
        dials += 1;
        if (dials > 1) throw new TypeError('no such address');
      },
    });

    await clock.advanceAsync(EVERY_MS);

    expect(told).toEqual(['end none at 500']);
    expect(memory.live).toEqual([]);
    expect(clock.pending).toBe(0);
    expect(() => raced(() => 'hangs', { before: () => { throw new TypeError('none'); } })).toThrow('none'); // prettier-ignore
  });

  it('is given up in the time that its user gives it, and others follow: nobody has said no', async () => {
    const { clock, memory, told, socket } = raced((dial) => (dial === 8 ? 'opens' : 'hangs'), {
      timeoutMs: 400,
    });

    await clock.advanceAsync(3_499);
    expect(memory.live).toHaveLength(1);
    await clock.advanceAsync(51);

    expect(told).toEqual(['open at 3550']);
    socket.terminate();
    expect(clock.pending).toBe(0);
  });

  it('has its two seconds however often another is made, and none is made within 200 ms', async () => {
    const { clock, memory, socket } = raced(() => 'hangs', { redialEveryMs: 50 });

    await clock.advanceAsync(1_999);
    expect(memory.live).toEqual(memory.sockets);
    expect(memory.sockets).toHaveLength(10);
    await clock.advanceAsync(1);

    expect(memory.live).toEqual(memory.sockets.slice(1));
    socket.terminate();
    expect(clock.pending).toBe(0);
  });
});
