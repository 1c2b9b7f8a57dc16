/** Recordings to an app, over real sockets, with a real gateway. */
import { afterEach, describe, expect, it } from 'vitest';

import { resolveClient } from '../../src/client/client-options.ts';
import type { ServerMessage } from '../../src/client/client.types.ts';
import { MessageLine } from '../../src/client/message-line.ts';
import { createEchoApp } from '../../src/gateway/apps/echo.ts';
import { startGateway } from '../../src/gateway/server.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import { ResumableWebSocket } from '../../src/resumable-websocket/websocket.node.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const PIECE_BYTES = 200_000;

const pieceOf = (capturedAtMs: number) => ({
  bytes: new Uint8Array(PIECE_BYTES),
  mimeType: 'audio/webm;codecs=opus',
  capturedAtMs,
  durationMs: 250,
  recording: 1,
  isHeader: capturedAtMs === 0,
});

describe('a line of messages that is full', () => {
  it('takes a piece with all of its messages or none of them, says so once, and has room again when they are gone', async () => {
    const store = createMemoryStore();
    const apps = new Map([['messages', createEchoApp()]]);
    const first = await startGateway({ port: 0, store, apps });
    const messages: ServerMessage[] = [];
    let heard = (): void => undefined;
    const platform = {
      createSession: () => undefined as never,
      openMessages: (url: string, options: object) => new ResumableWebSocket(url, [], options),
    };
    const place = { url: first.url, app: 'messages', token: '' };
    const line = new MessageLine(platform, place, resolveClient({ audioFormat: 'audio/webm' }), {
      onStatus: () => undefined,
      onReconnecting: () => undefined,
      onReconnected: () => undefined,
      onFailed: () => undefined,
      onCut: () => undefined,
      onMessage: (message) => {
        messages.push(message);
        heard();
      },
    });
    closers.push(() => line.close());
    await line.connect();
    await first.close();

    let taken = 0;
    while (line.write(pieceOf(taken * 250))) taken += 1;
    const { bufferedAmount } = line.socket!;
    expect(line.hasRoom).toBe(false);
    expect(messages).toEqual([{ type: 'loss', reason: 'queueFull', messages: 5, isCertain: true }]);
    expect(line.buffered.chunks).toBe(taken);

    const second = await startGateway({ port: first.port, store, apps });
    closers.push(() => second.close());
    const echoed = () => messages.flatMap((each) => (each.type === 'data' ? [each.data] : []));
    await new Promise<void>((resolve) => {
      heard = () => {
        if (echoed().length === taken * 5) resolve();
      };
    });

    expect(bufferedAmount).toBeGreaterThan(4_194_304 - PIECE_BYTES - 1_000);
    const sizes = echoed().map((data) => (typeof data === 'string' ? 'head' : data.byteLength));
    const one = ['head', 65_512, 65_512, 65_512, PIECE_BYTES - 3 * 65_512];
    expect(sizes).toEqual(Array.from({ length: taken }, () => one).flat());
    expect(line.hasRoom).toBe(true);
    await line.close();
    expect(line.write(pieceOf(0))).toBe(false);
  });
});
