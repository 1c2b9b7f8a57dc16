/** A gateway that is watched is lost: what comes back, what does not, and that whoever watches is told. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';

import { attach } from '../../src/cli/inspect/attached.ts';
import type { AttachOptions } from '../../src/cli/inspect/attached.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { inspecting, viewerOf } from './inspect-world.ts';

const TOKEN = 'a-token-of-some-length';
const SHOWN = '{"type":"tenuto.shown","version":1}';

/** What it does with a dial: a status to refuse it, words to greet it, or nothing. */
type Answer = { readonly status: number } | { readonly says: string } | null;

describe('a gateway that is lost for good', () => {
  it.each([
    [401, 'does not know this token', 'AUTH_REFUSED'],
    [404, 'Nobody is to be watched', 'CONNECTION_FAILED'],
  ])('with HTTP %i is told on the page and by the status', async (status, words, code) => {
    const gateway = await gatewayThat({ says: SHOWN });
    const { told, lines, ended, stop } = inspecting(gateway.url, { token: TOKEN });
    const { url } = (await told) as { url: string };
    const page = viewerOf(url);
    await expect.poll(() => page.others.length).toBeGreaterThan(0);

    gateway.answer({ status });
    gateway.drop();

    const newest = () => String(page.others.at(-1)?.['note']);
    await expect.poll(newest, { timeout: 10_000 }).toContain(words);
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ type: 'inspect' }),
      { type: 'lost' },
      expect.objectContaining({ type: 'error', code }),
    ]);
    const later = viewerOf(url);
    await expect.poll(() => String(later.others.at(-1)?.['note'])).toContain(words);
    stop();
    expect(await ended).toBe(1);
  });

  it('is not one that is full for now', async () => {
    const gateway = await gatewayThat({ says: SHOWN });
    const links: boolean[] = [];
    await attached(gateway.url, { onLink: (isUp) => links.push(isUp) });

    gateway.answer({ status: 503 });
    gateway.drop();
    await expect.poll(() => gateway.dials, { timeout: 10_000 }).toBeGreaterThan(1);
    gateway.answer({ says: SHOWN });

    await expect.poll(() => links, { timeout: 10_000 }).toEqual([true, false, true]);
  });
});

describe('who answers and then says nothing', () => {
  it('is not waited for at the beginning', async () => {
    const gateway = await gatewayThat(null);
    const clock = new VirtualClock();

    const attaching = attached(gateway.url, { clock });
    const failing = expect(attaching).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringContaining('silence'),
    });
    await expect.poll(() => gateway.open).toBe(1);
    await expect.poll(() => clock.pending).toBeGreaterThan(0);
    clock.advance(10_000);

    await failing;
  });
});

function attached(url: string, options: Partial<AttachOptions>) {
  const attaching = attach({
    url,
    token: TOKEN,
    insecure: false,
    clock: systemClock,
    onEvent: () => undefined,
    onLink: () => undefined,
    onEnd: () => undefined,
    onDropped: () => undefined,
    ...options,
  });
  onTestFinished(async () => {
    await attaching.then(
      (link) => link.close(),
      () => undefined,
    );
  });
  return attaching;
}

async function gatewayThat(first: Answer) {
  let answer = first;
  let dials = 0;
  const sockets = new WebSocketServer({ noServer: true });
  const http: Server = createServer();
  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    dials += 1;
    stream.on('error', () => undefined);
    if (answer !== null && 'status' in answer) {
      stream.end(
        `HTTP/1.1 ${answer.status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      if (answer !== null && 'says' in answer) socket.send(answer.says);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const drop = (): void => {
    for (const socket of sockets.clients) socket.terminate();
  };
  onTestFinished(() => {
    drop();
    http.close();
    http.closeAllConnections();
  });
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    drop,
    answer: (next: Answer) => (answer = next),
    get dials() {
      return dials;
    },
    get open() {
      return sockets.clients.size;
    },
  };
}
