import { connect } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { fetchUpgrade, openWorld, quietSpell, until, type World } from './harness.ts';

const worlds: World[] = [];

async function world(plan: string): Promise<World> {
  const opened = await openWorld(plan);
  worlds.push(opened);
  return opened;
}

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((opened) => opened.close()));
});

describe('http refusals', () => {
  it.each([
    ['http-401@1s:1x', 401, 'INVALID_AUTH', undefined],
    ['http-429@1s:1x/2s', 429, 'TOO_MANY_REQUESTS', '2'],
    ['http-503@1s:1x', 503, 'SERVICE_UNAVAILABLE', undefined],
  ])('%s answers the next upgrade itself', async (plan, status, errCode, retryAfter) => {
    const { proxy, clock, server, dialAndSpeak } = await world(plan);
    const client = await dialAndSpeak();
    clock.advance(1_000);
    await until(() => client.heard.closeCode === 1_006);

    const answer = await fetchUpgrade(proxy.url);

    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': 'application/json', connection: 'close' },
    });
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(Number(answer.headers['content-length'])).toBe(answer.body.length);
    expect(JSON.parse(answer.body)).toEqual({ err_code: errCode, err_msg: expect.any(String) });
    expect(server).toHaveLength(1);
    expect(proxy.faults()[0]?.endedAtMs).not.toBe(null);
    await dialAndSpeak();
  });

  it('refuses as many upgrades as the plan says, and lets other requests through', async () => {
    const { proxy, clock, dial, dialAndSpeak } = await world('http-503@1s:2x');
    const client = await dialAndSpeak();
    clock.advance(1_000);
    await until(() => client.heard.closeCode === 1_006);

    const plain = await fetch(proxy.url.replace('ws:', 'http:'));
    const statuses = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const refused = dial();
      await until(() => refused.heard.refusedStatus !== null);
      statuses.push(refused.heard.refusedStatus);
    }

    expect(plain.status).toBe(426);
    expect(statuses).toEqual([503, 503]);
    await dialAndSpeak();
    expect(proxy.faults()[0]).toMatchObject({ connection: 1, fault: { count: 2 } });
  });

  it('reads a request that comes in pieces', async () => {
    const { proxy, clock, dialAndSpeak } = await world('http-503@1s:1x');
    await dialAndSpeak();
    clock.advance(1_000);
    const socket = connect(proxy.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (bytes: Buffer) => (answer += bytes.toString()));

    for (const piece of ['G', 'ET / HTTP/1.1\r\nUpgr', 'ade: websocket\r\n\r', '\n']) {
      socket.write(piece);
      await quietSpell(10);
    }

    await until(() => answer.startsWith('HTTP/1.1 503 Service Unavailable\r\n'));
    socket.destroy();
  });
});
