/** What listeners of a resumable WebSocket throw on Node, where an `EventTarget` makes uncaught exceptions of it. */
import { afterEach, describe, expect, it, vi } from 'vitest';

import { ResumableWebSocket } from '../../src/resumable-websocket/websocket.node.ts';

const thrown = new Error('mine');

function fail(): never {
  throw thrown;
}

const newSocket = (): ResumableWebSocket =>
  new ResumableWebSocket('ws://127.0.0.1:1', [], { startClosed: true });

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a listener that throws', () => {
  it.each<[string, (socket: ResumableWebSocket) => void]>([
    ['a function', (socket) => socket.addEventListener('close', fail)],
    ['an object', (socket) => socket.addEventListener('close', { handleEvent: fail })],
    ['a handler', (socket) => (socket.onclose = fail)],
  ])('is reported and keeps no other from hearing: %s', (_what, listen) => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const socket = newSocket();
    const heard = vi.fn();
    listen(socket);
    socket.addEventListener('close', heard);

    socket.dispatchEvent(new Event('close'));

    expect(print.mock.calls).toEqual([[thrown]]);
    expect(heard).toHaveBeenCalledOnce();
  });
});

describe('a listener', () => {
  it('is called with the socket as this, and once where it is given twice', () => {
    const socket = newSocket();
    const heard = vi.fn();
    function listener(this: unknown): void {
      heard(this);
    }
    socket.addEventListener('open', listener);
    socket.addEventListener('open', listener);

    socket.dispatchEvent(new Event('open'));

    expect(heard.mock.calls).toEqual([[socket]]);
  });

  it('is not heard any more where it was taken off', () => {
    const socket = newSocket();
    const heard = vi.fn();
    socket.addEventListener('open', heard);
    socket.removeEventListener('open', heard);

    socket.dispatchEvent(new Event('open'));

    expect(heard).not.toHaveBeenCalled();
  });

  it('may be null', () => {
    const socket = newSocket();

    socket.addEventListener('open', null);

    expect(() => socket.dispatchEvent(new Event('open'))).not.toThrow();
  });
});
