/** The standard's events and their handlers, after the subjects of the web platform tests for it. */
import { describe, expect, it, vi } from 'vitest';

import { created, next, opened, serveEach } from './standard-world.ts';

serveEach();

describe("the standard's events", () => {
  it('opens with the subprotocol that was chosen', async () => {
    const socket = await opened(['other', 'echo']);

    expect(socket.protocol).toBe('echo');
    expect(socket.extensions).toBe('');
  });

  it('has handlers that are null at first, are called as listeners are, and may be anything that is no function', async () => {
    const socket = created();
    const order: string[] = [];
    const before = [socket.onopen, socket.onmessage, socket.onerror, socket.onclose];

    socket.onopen = () => order.push('replaced');
    socket.addEventListener('open', () => order.push('listener'));
    socket.onopen = function (this: unknown) {
      order.push(this === socket ? 'handler' : 'lost');
    };
    socket.onmessage = 1 as never;
    await next(socket, 'open');

    expect(before).toEqual([null, null, null, null]);
    expect(socket.onmessage).toBeNull();
    expect(order).toEqual(['handler', 'listener']);
  });

  it('keeps a handler that is an object and no function, without calling it', () => {
    const socket = created();
    let calls = 0;
    const handler = { handleEvent: () => (calls += 1) };

    socket.onopen = handler as never;
    const kept = socket.onopen as unknown;
    socket.dispatchEvent(new Event('open'));
    socket.onopen = undefined as never;

    expect(kept).toBe(handler);
    expect(socket.onopen).toBeNull();
    expect(calls).toBe(0);
  });

  it('closes with an event that is a CloseEvent by name, and whose facts nobody changes', async () => {
    const socket = await opened();

    socket.close(3_000, 'done');
    const event = await next(socket, 'close');

    expect(Object.prototype.toString.call(event)).toBe('[object CloseEvent]');
    expect(() => Object.assign(event, { wasClean: false })).toThrow(TypeError);
    expect(event).toMatchObject({ code: 3_000, reason: 'done', wasClean: true });
  });

  it("closes with the platform's own CloseEvent where it has one", async () => {
    class PlatformsCloseEvent extends Event {
      readonly code: number;

      constructor(type: string, { code }: { code: number }) {
        super(type);
        this.code = code;
      }
    }
    vi.stubGlobal('CloseEvent', PlatformsCloseEvent);
    vi.resetModules();
    const events = await import('../../src/resumable-websocket/events.ts');
    vi.unstubAllGlobals();

    const event = new events.ResumableCloseEvent({
      code: 1_000,
      reason: '',
      wasClean: true,
      willReconnect: false,
      cause: 'it was closed',
    });

    const beyond = { willReconnect: false, cause: 'it was closed' };
    expect(event).toBeInstanceOf(PlatformsCloseEvent);
    expect(event).toMatchObject({ type: 'close', code: 1_000, ...beyond });
  });

  it('are events of their target, that neither bubble nor can be cancelled', async () => {
    const socket = created();

    const event = await next(socket, 'open');

    expect(socket).toBeInstanceOf(EventTarget);
    expect(event).toMatchObject({
      type: 'open',
      target: socket,
      bubbles: false,
      cancelable: false,
    });
  });
});
