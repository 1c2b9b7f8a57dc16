/** The interface of the standard, after the subjects of the web platform tests for it. */
import { describe, expect, it } from 'vitest';

import { created, nameOf, next, opened, serveEach, sockets, url } from './standard-world.ts';
import { ResumableWebSocket } from '../../src/resumable-websocket/websocket.node.ts';

serveEach();

describe("the standard's constructor", () => {
  it.each([
    'ws://foo bar.com/',
    'wss://foo bar.com/',
    'ftp://127.0.0.1/',
    'mailto:example@example.org',
    'about:blank',
    'ws://127.0.0.1/#',
    'ws://127.0.0.1/#test',
    '/relative',
  ])('refuses the address %s with a SyntaxError', (address) => {
    expect(nameOf(() => created(address))).toBe('SyntaxError');
  });

  it.each([
    ['http://127.0.0.1:1/x?y', 'ws://127.0.0.1:1/x?y'],
    ['https://127.0.0.1:1', 'wss://127.0.0.1:1/'],
    ['WS://127.0.0.1:80/a/../b', 'ws://127.0.0.1/b'],
  ])('resolves %s to %s', (address, resolved) => {
    expect(created(address).url).toBe(resolved);
  });

  it.each([[['echo', 'echo']], [['echo', 'ECHO']], ['/echo'], ['a b'], ['Ēcho'], [['']]])(
    'refuses the subprotocols %j with a SyntaxError',
    (protocols) => {
      expect(nameOf(() => created(url, protocols))).toBe('SyntaxError');
    },
  );

  it('passes a stray third argument over, and takes options in the place of the second', () => {
    const stray = new ResumableWebSocket(url, 'echo', 'stray' as never);
    const inPlace = new ResumableWebSocket(url, { protocols: ['echo'], startClosed: true });
    sockets.push(stray, inPlace);

    expect(stray.readyState).toBe(0);
    expect(inPlace.readyState).toBe(3);
  });

  it('has the constants on the class and on each object, and nobody can change them', () => {
    const socket = created();
    const { CONNECTING, OPEN, CLOSING, CLOSED } = ResumableWebSocket;

    expect([CONNECTING, OPEN, CLOSING, CLOSED]).toEqual([0, 1, 2, 3]);
    expect([socket.CONNECTING, socket.OPEN, socket.CLOSING, socket.CLOSED]).toEqual([0, 1, 2, 3]);
    expect(() => Object.assign(socket, { OPEN: 9 })).toThrow(TypeError);
    for (const each of [ResumableWebSocket, ResumableWebSocket.with({})]) {
      expect(() => Object.assign(each, { OPEN: 9 })).toThrow(TypeError);
      expect(() => Object.defineProperty(each.prototype, 'OPEN', { get: () => 9 })).toThrow(
        TypeError,
      );
      expect(Reflect.deleteProperty(each.prototype, 'OPEN')).toBe(false);
    }
  });

  it('throws a TypeError without an address', () => {
    const Argumentless = ResumableWebSocket as unknown as new () => unknown;

    expect(() => new Argumentless()).toThrow(TypeError);
  });

  it('makes objects that are known as a WebSocket by their name', () => {
    expect(Object.prototype.toString.call(created())).toBe('[object WebSocket]');
  });

  it('begins connecting, without a subprotocol, an extension or a byte', () => {
    const { readyState, protocol, extensions, bufferedAmount, binaryType } = created();

    expect({ readyState, protocol, extensions, bufferedAmount, binaryType }).toEqual({
      readyState: 0,
      protocol: '',
      extensions: '',
      bufferedAmount: 0,
      binaryType: 'blob',
    });
  });
});

describe("the standard's close", () => {
  it.each([0, 500, 999, 1_001, 2_999, 5_000, NaN, 'string', null, 0x10000 + 1_000])(
    'refuses the code %s with an InvalidAccessError',
    (code) => {
      const socket = created();

      expect(nameOf(() => socket.close(code as number))).toBe('InvalidAccessError');
      expect(socket.readyState).toBe(0);
    },
  );

  it('refuses a reason of 124 bytes with a SyntaxError, and takes one of 123', async () => {
    const socket = await opened();

    expect(nameOf(() => socket.close(1_000, 'é'.repeat(62)))).toBe('SyntaxError');
    socket.close(1_000, 'r'.repeat(123));
    const { reason } = await next(socket, 'close');

    expect(reason).toBe('r'.repeat(123));
  });

  it.each([
    [[], 1_005, ''],
    [[undefined], 1_005, ''],
    [[1_000], 1_000, ''],
    [[1_000, 'Clean Close'], 1_000, 'Clean Close'],
    [[3_000, 'Clean Close'], 3_000, 'Clean Close'],
    [[4_999, 'Clean Close'], 4_999, 'Clean Close'],
  ] as const)('closes with %j', async (given, code, reason) => {
    const socket = await opened();

    socket.close(...(given as []));
    const state = socket.readyState;
    const event = await next(socket, 'close');

    expect(state).toBe(2);
    expect(socket.readyState).toBe(3);
    expect(event).toMatchObject({ code, reason, wasClean: true });
  });

  it('tells the code and the reason of a server that closes', async () => {
    const socket = await opened();

    socket.send('goodbye');
    const event = await next(socket, 'close');

    expect(event).toMatchObject({ code: 3_456, reason: 'as you wish', wasClean: true });
  });

  it('fails a connection that is not open yet: error, then close, and nothing behind', async () => {
    const socket = created();
    const types: string[] = [];
    for (const type of ['open', 'error', 'close']) {
      socket.addEventListener(type, () => types.push(`${type} ${socket.readyState}`));
    }

    socket.close();
    const state = socket.readyState;
    const before = [...types];
    const event = await next(socket, 'close');
    await new Promise((resolve) => setImmediate(resolve));

    expect(state).toBe(2);
    expect(before).toEqual([]);
    expect(types).toEqual(['error 3', 'close 3']);
    expect(event).toMatchObject({ code: 1_006, reason: '', wasClean: false });
  });

  it('does nothing a second time, and counts what is sent too late', async () => {
    const socket = await opened();
    let closes = 0;
    socket.addEventListener('close', () => (closes += 1));

    socket.close(3_000);
    socket.close(3_001);
    const taken = socket.send('late');
    const event = await next(socket, 'close');
    socket.close();
    socket.send('later');

    expect(taken).toBe(false);
    expect(event.code).toBe(3_000);
    expect(closes).toBe(1);
    expect(socket.bufferedAmount).toBe(9);
  });

  it('tells of a dial that fails by error and by close with 1006', async () => {
    const socket = created('ws://127.0.0.1:1');
    const types: string[] = [];
    socket.onerror = () => types.push('error');
    socket.onclose = ({ code }) => types.push(`close ${code}`);

    await next(socket, 'close');

    expect(types).toEqual(['error', 'close 1006']);
    expect(socket.readyState).toBe(3);
  });
});
