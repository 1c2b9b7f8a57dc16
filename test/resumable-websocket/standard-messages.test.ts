/** The standard's messages, after the subjects of the web platform tests for it. */
import { describe, expect, it } from 'vitest';

import { created, nameOf, next, opened, serveEach, url } from './standard-world.ts';

serveEach();

describe("the standard's messages", () => {
  it('throws an InvalidStateError for what is sent before it is open', () => {
    const socket = created();

    expect(nameOf(() => socket.send('early'))).toBe('InvalidStateError');
    expect(() => (socket as unknown as { send(): void }).send()).toThrow(TypeError);
  });

  it.each([
    ['text', 'text'],
    ['nothing', ''],
    ['pairs of surrogates', 'ꥆ😀'],
    ['65,000 characters', 'c'.repeat(65_000)],
  ])('echoes %s', async (_what, text) => {
    const socket = await opened();

    socket.send(text);
    const { data, origin, type } = await next(socket, 'message');

    expect({ data: data as string, origin, type }).toEqual({
      data: text,
      origin: url,
      type: 'message',
    });
  });

  it('sends a lone surrogate as U+FFFD, and null as its name', async () => {
    const socket = await opened();

    socket.send('\uD807');
    const { data: first } = await next(socket, 'message');
    socket.send(null as never);
    const { data: second } = await next(socket, 'message');

    expect([first, second]).toEqual(['\uFFFD', 'null']);
  });

  it.each([
    ['an ArrayBuffer', () => new Uint8Array([1, 2, 3, 4]).buffer],
    ['a view', () => new Uint8Array([1, 2, 3, 4])],
    ['a view of a part', () => new Uint8Array([9, 1, 2, 3, 4, 9]).subarray(1, 5)],
    ['a view of other numbers', () => new Uint16Array(new Uint8Array([1, 2, 3, 4]).buffer)],
    ['a DataView', () => new DataView(new Uint8Array([0, 1, 2, 3, 4]).buffer, 1)],
    ['a Blob', () => new Blob([new Uint8Array([1, 2]), new Uint8Array([3, 4])])],
  ])('echoes the bytes of %s', async (_what, made) => {
    const socket = await opened();
    socket.binaryType = 'arraybuffer';

    socket.send(made());
    const { data } = await next(socket, 'message');

    expect(data).toBeInstanceOf(ArrayBuffer);
    expect(new Uint8Array(data as ArrayBuffer)).toEqual(new Uint8Array([1, 2, 3, 4]));
  });

  it('keeps the order of a Blob, whose bytes take their time, and what is sent behind it', async () => {
    const socket = await opened();
    const order: string[] = [];
    socket.addEventListener('message', ({ data }) => {
      order.push(typeof data === 'string' ? data : 'blob');
    });

    socket.send('before');
    socket.send(new Blob(['x'.repeat(10_000)]));
    socket.send('behind');
    const counted = socket.bufferedAmount;
    while (order.length < 3) await next(socket, 'message');

    expect(order).toEqual(['before', 'blob', 'behind']);
    expect(counted).toBe(10_012);
  });

  it('hands binary data over as a Blob until it is told otherwise, and passes unknown types over', async () => {
    const socket = await opened();

    socket.binaryType = 'nodebuffer' as never;
    socket.send(new Uint8Array([7]));
    const { data } = await next(socket, 'message');

    expect(socket.binaryType).toBe('blob');
    expect(data).toBeInstanceOf(Blob);
  });

  it('counts what is sent in UTF-8 bytes, until it has gone', async () => {
    const socket = await opened();

    socket.send('âÂ¥é');
    const counted = socket.bufferedAmount;
    await next(socket, 'message');

    expect(counted).toBe(8);
    expect(socket.bufferedAmount).toBe(0);
  });

  it('copies what it is given: its owner may use the bytes again', async () => {
    const socket = await opened();
    socket.binaryType = 'arraybuffer';
    const bytes = new Uint8Array([1, 2, 3]);

    socket.send(bytes);
    bytes.fill(9);
    const { data } = await next(socket, 'message');

    expect(new Uint8Array(data as ArrayBuffer)).toEqual(new Uint8Array([1, 2, 3]));
  });
});
