/** Who may watch a gateway, what they see, and that nobody else is disturbed by it. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

import { inspectionFeed } from '../../../src/observability/inspection-feed.ts';
import { openInspectDoor } from '../../../src/cli/serve/inspect-door.ts';
import { inspecting, reading, statusOf, viewerOf } from '../inspect-world.ts';
import { serving, spoken, streamThrough } from './serve-world.ts';

const TOKEN = 'a-token-of-some-length';

describe('tenuto serve --inspect', () => {
  it('is off unless it is asked for', async () => {
    const { lines, told, stop, ended } = serving({ app: 'echo' });
    await told('gateway');

    stop();
    await ended;

    expect(lines.some((line) => line.includes('"type":"inspect"'))).toBe(false);
    expect(await serving({ inspectPort: 0 }).ended).toBe(2);
    expect(await serving({ inspect: true, inspectTokenEnv: 'NOT_SET' }).ended).toBe(2);
    const environment = { SHORT: 'short' };
    expect(await serving({ inspect: true, inspectTokenEnv: 'SHORT', environment }).ended).toBe(2);
  });

  it('lets in whoever has its token, and no page', async () => {
    const { told } = serving({ inspect: true, app: 'echo' });
    const { url, token } = (await told('inspect')) as { url: string; token: string };
    const authorization = `Bearer ${token}`;

    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await statusOf(`${url}/inspect`, { authorization })).toBe(101);
    expect(await statusOf(`${url}/inspect`)).toBe(401);
    expect(await statusOf(`${url}/inspect`, { authorization: `Bearer ${token.slice(1)}` })).toBe(
      401,
    );
    expect(await statusOf(`${url}/inspect?token=${token}`)).toBe(404);
    expect(await statusOf(`${url}/inspect`, { authorization, origin: 'http://127.0.0.1' })).toBe(
      403,
    );
    await expect(
      inspecting(url, { token: 'another-token-of-some-length' }).ended,
    ).rejects.toMatchObject({
      code: 'AUTH_REFUSED',
    });
  });

  it('does not tell again a token that it was given', async () => {
    const environment = { WATCH: TOKEN };
    const { lines, told } = serving({
      inspect: true,
      inspectTokenEnv: 'WATCH',
      environment,
      app: 'echo',
    });

    const { url } = await told('inspect');

    expect(await statusOf(`${String(url)}/inspect`, { authorization: `Bearer ${TOKEN}` })).toBe(
      101,
    );
    expect(lines.join()).not.toContain(TOKEN);
  });

  it('shows the gateway, its leases and the sessions behind them to a page, and no word of what is said', async () => {
    const { told, port } = serving({ inspect: true, provider: 'local' });
    const { url, token } = (await told('inspect')) as { url: string; token: string };
    const page = (await inspecting(url, { token }).told) as { url: string };
    const viewer = viewerOf(page.url);

    await streamThrough(await port, spoken('canary seven flies over harbour'));
    await viewer.seen(({ sessionId }) => sessionId.startsWith('lease'));
    await viewer.seen(
      (event) => event.type === '@xstate.actor' && event.name.startsWith('connection'),
    );

    const names = new Set(
      viewer.events.flatMap((event) => (event.type === '@xstate.actor' ? event.name : [])),
    );
    expect(names).toContain('gateway');
    expect(viewer.events.length).toBeGreaterThan(50);
    expect(viewer.text).not.toMatch(/canary|harbour/i);
    expect(viewer.text).not.toContain(token);
  });
});

describe('a watcher that does not read', () => {
  it('costs a bounded amount, and is told what it missed when it reads again', async () => {
    const feed = inspectionFeed();
    const door = await openInspectDoor({ port: 0, token: TOKEN, feed, onRefused: () => undefined });
    onTestFinished(() => door.close());
    const socket = new WebSocket(`${door.url}/inspect`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const viewer = reading(socket);
    await new Promise((resolve) => socket.on('open', resolve));
    socket.pause();

    for (let session = 0; session < 40_000; session += 1) {
      const step = {
        chart: 'lease' as const,
        session: `s${session % 50}`,
        event: 'client.claimed',
      };
      feed.step({ ...step, from: 'claiming.reading', to: 'kept.attached' });
      if (session % 2_000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    socket.resume();
    await expect.poll(() => total(viewer), { timeout: 60_000 }).toBeGreaterThanOrEqual(80_000);

    expect(viewer.others.some(({ type }) => type === 'tenuto.dropped')).toBe(true);
    expect(viewer.events.length).toBeLessThan(80_000);
  });
});

describe('a gateway that is lost while it is watched', () => {
  it('is dialled again, and pages begin anew with what it tells', async () => {
    const options = { token: TOKEN, onRefused: () => undefined };
    const first = await openInspectDoor({ ...options, port: 0, feed: oneLease('before') });
    const port = Number(new URL(first.url).port);
    const { told, lines } = inspecting(first.url, { token: TOKEN });
    const { url } = (await told) as { url: string };
    const page = viewerOf(url);
    await page.seen(({ sessionId }) => sessionId === 'lease before');
    const isLeft = new Promise((resolve) => page.socket.on('close', resolve));

    await first.close();
    const second = await openInspectDoor({ ...options, port, feed: oneLease('after') });
    onTestFinished(() => second.close());
    await isLeft;
    const anew = viewerOf(url);
    await anew.seen(({ sessionId }) => sessionId === 'lease after');

    expect(lines).toContain('{"type":"lost"}');
    expect(page.others).toContainEqual(
      expect.objectContaining({ note: 'The gateway is lost; it is dialled again.' }),
    );
    expect(anew.events.some(({ sessionId }) => sessionId === 'lease before')).toBe(false);
  });
});

function oneLease(session: string) {
  const feed = inspectionFeed();
  const states = { from: 'claiming.reading', to: 'kept.attached' };
  feed.step({ chart: 'lease', session, event: 'fence.committed', ...states });
  return feed;
}

/** What came, and what was told to be missing. */
function total({ events, others }: ReturnType<typeof reading>): number {
  const missed = others.reduce(
    (sum, { type, events: count }) => sum + (type === 'tenuto.dropped' ? Number(count) : 0),
    0,
  );
  return events.length + missed;
}
