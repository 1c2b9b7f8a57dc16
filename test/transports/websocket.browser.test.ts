import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { SocketEnd, SocketHandlers } from '../../src/ports/socket.ts';
import { browserWebSocketTransport } from '../../src/transports/websocket.browser.ts';

/** The platform's WebSocket as far as the transport uses it. */
class PlatformWebSocket {
  static last: PlatformWebSocket;
  readyState = 0;
  bufferedAmount = 5;
  binaryType = 'blob';
  readonly sent: unknown[] = [];
  closed: unknown[] | null = null;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;

  readonly protocols: string[];

  constructor(_url: string, protocols: string[]) {
    this.protocols = protocols;
    PlatformWebSocket.last = this;
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(...args: unknown[]): void {
    this.closed = args;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', PlatformWebSocket);
});

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function dial(headers: Record<string, string> = {}) {
  const ends: SocketEnd[] = [];
  const frames: unknown[] = [];
  let opened = false;
  const handlers: SocketHandlers = {
    onOpen: () => (opened = true),
    onFrame: (frame) => frames.push(frame),
    onPong: () => undefined,
    onDrain: () => undefined,
    onEnd: (end) => ends.push(end),
  };
  const socket = browserWebSocketTransport.dial(
    { url: 'wss://x/', protocols: ['token', 'k'], headers, timeoutMs: 1_000 },
    handlers,
  );

  return { socket, ends, frames, isOpen: () => opened };
}

describe('the WebSocket transport in a browser', () => {
  it('says what to import instead where the platform has none, as on Node 20', () => {
    vi.stubGlobal('WebSocket', undefined);

    expect(dial).toThrow("import from 'tenuto/node'");
  });

  it('opens with the subprotocols, and carries text and bytes', () => {
    const { socket, frames, isOpen } = dial();
    const platform = PlatformWebSocket.last;

    platform.readyState = 1;
    platform.onopen?.();
    socket.send('a');
    platform.onmessage?.({ data: 'text' });
    platform.onmessage?.({ data: Uint8Array.of(1, 2).buffer });

    expect(platform.protocols).toEqual(['token', 'k']);
    expect(platform.binaryType).toBe('arraybuffer');
    expect(isOpen()).toBe(true);
    expect(platform.sent).toEqual(['a']);
    expect(frames).toEqual(['text', Uint8Array.of(1, 2)]);
    expect(socket.bufferedBytes).toBe(5);
    expect(socket.ping()).toBe(false);
  });

  it('refuses headers, which a browser cannot send', async () => {
    const { ends } = dial({ authorization: 'Token k' });

    await Promise.resolve();

    expect(ends).toMatchObject([{ kind: 'refused', errorCode: 'HEADERS_UNSUPPORTED' }]);
  });

  it('gives a dial up after its time', () => {
    const { ends } = dial();

    vi.advanceTimersByTime(1_000);

    expect(ends).toMatchObject([{ kind: 'refused', errorCode: 'ETIMEDOUT' }]);
    expect(PlatformWebSocket.last.closed).not.toBeNull();
  });

  it('tells of the end once', () => {
    const { ends } = dial();
    const platform = PlatformWebSocket.last;

    platform.onopen?.();
    platform.onclose?.({ code: 1011, reason: 'net0001' });
    platform.onclose?.({ code: 1006, reason: '' });

    expect(ends).toEqual([{ kind: 'closed', code: 1011, reason: 'net0001' }]);
  });

  it('says nothing more once it is let go', () => {
    const { socket, ends } = dial();

    socket.terminate();
    PlatformWebSocket.last.onclose?.({ code: 1006, reason: '' });

    expect(ends).toEqual([]);
  });
});
