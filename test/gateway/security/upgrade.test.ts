/** Who gets as far as a socket: numbers 1 to 3 and 9 of the security list (SECURITY.md), and the HTTP beside it. */
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { generate } from 'selfsigned';
import type { ClientOptions } from 'ws';
import { afterEach, describe, expect, it } from 'vitest';

import { Served, firstOf, wsFrame } from './served.ts';
import { nobodysFacts } from '../gateway-world.ts';
import type { AuditEvent } from '../../../src/gateway/audit.ts';
import { startGateway } from '../../../src/gateway/server.ts';
import { createEchoApp } from '../../../src/gateway/apps/echo.ts';
import { createMemoryStore } from '../../../src/gateway/stores/memory-store.ts';
import type { LogField } from '../../../src/ports/logger.ts';

const PATH = '/v1/session';
const served = new Served();

afterEach(() => served.close());

async function got(path: string, method = 'GET'): Promise<{ status: number; body: string }> {
  const response = await fetch(`http://127.0.0.1:${served.server.port}${path}`, { method });
  return { status: response.status, body: await response.text() };
}

describe('an upgrade', () => {
  // P2.3
  it('#1 is taken from a page on the list, by the letter, and from no other', async () => {
    await served.start({ origins: ['https://app.example', 'http://app.example:8080'] });
    const statusOf = (Origin: string) => served.upgrade(PATH, { Origin });

    const allowed = [
      await statusOf('https://app.example'),
      await statusOf('http://app.example:8080'),
    ];
    const others: number[] = [];
    for (const origin of [
      'null',
      '',
      'https://evil-app.example',
      'https://app.example.evil.example',
      'https://APP.example',
      'https://app.example:443',
      'https://app.example/',
      'http://app.example',
      'http://app.example:8081',
      'https://app.example, https://evil.example',
    ]) {
      others.push(await statusOf(origin));
    }

    expect(allowed).toEqual([101, 101]);
    expect(others).toEqual(Array(10).fill(403));
  });

  it('#1 is taken from no page at all where there is no list, and from what is no browser', async () => {
    await served.start();

    const page = await served.upgrade(PATH, { Origin: 'http://localhost:3000' });
    const program = await served.upgrade(PATH);

    expect([page, program]).toEqual([403, 101]);
  });

  it('#1 that is refused is told to the operator, by an origin or by nothing', async () => {
    const told: AuditEvent[] = [];
    await served.start({ onAudit: (event) => told.push(event) });

    for (const Origin of ['https://evil.example/path', 'canary', `https://${'x'.repeat(300)}`]) {
      await served.upgrade(PATH, { Origin });
    }

    expect(told.map(({ type, detail }) => [type, detail])).toEqual([
      ['origin.refused', 'https://evil.example'],
      ['origin.refused', null],
      ['origin.refused', null],
    ]);
  });

  it.each([
    ['/', {}, 404, 'sockets are at /v1/session'],
    [PATH, { 'Sec-WebSocket-Protocol': 'other' }, 400, 'subprotocol tenuto.v1 is spoken here'],
    [PATH, { Origin: 'https://evil.example' }, 403, 'not among the origins'],
  ])('that is refused says why: %s %j', async (path, headers, status, words) => {
    await served.start();
    const all = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' };
    const key = 'AAAAAAAAAAAAAAAAAAAAAA==';
    const asked = request({
      port: served.server.port,
      path,
      headers: {
        ...all,
        'Sec-WebSocket-Key': key,
        'Sec-WebSocket-Protocol': 'tenuto.v1',
        ...headers,
      },
    }).end();

    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const body = (await answer.setEncoding('utf8').toArray()).join('');

    expect(answer.statusCode).toBe(status);
    expect(body).toContain(words);
    expect(answer.headers['content-length']).toBe(String(body.length));
  });

  it('#1 is never taken from a list that could not match', async () => {
    for (const origin of [
      'https://app.example/',
      'app.example',
      '*',
      'null',
      'https://APP.example',
    ]) {
      await expect(served.start({ origins: [origin] })).rejects.toMatchObject({
        code: 'OPTION_INVALID',
      });
    }
  });

  // P2.3, P10.3
  it('#2 is authenticated by the bearer in HELLO, and by no cookie and no header', async () => {
    await served.start();
    const headers = { Cookie: 'session=ann', Authorization: 'Bearer ann' };
    const peer = await served.socket({ headers });

    peer.send({ type: 'hello', ...nobodysFacts() });

    expect(await peer.closed).toEqual({ code: 4401, reason: 'unauthorised' });
  });

  it.each([
    'token',
    'auth',
    'key',
    'access_token',
    'Token',
    'api_key',
    'jwt',
    'bearer',
    '%74oken',
    'a=1&token',
  ])('#3 has no credential in its address: %s', async (name) => {
    await served.start();

    const upgrade = await served.upgrade(`${PATH}?${name}=canary`);
    const plain = await got(`/healthz?${name}=canary`);

    expect([upgrade, plain.status]).toEqual([400, 400]);
  });

  // P2.1
  it('#9 is offered no extension, and a frame that uses one ends it', async () => {
    await served.start();
    const socket = served.raw();
    socket.write(
      `GET ${PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n' +
        'Sec-WebSocket-Protocol: tenuto.v1\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
    );
    const head = await firstOf(socket);

    socket.write(wsFrame(2, new Uint8Array(3), 0xc0)); // FIN and RSV1
    const answer = Buffer.from(await firstOf(socket), 'latin1');

    expect(head).toMatch(/^HTTP\/1\.1 101/);
    expect(head.toLowerCase()).not.toContain('sec-websocket-extensions');
    expect([answer[0], answer.readUInt16BE(2)]).toEqual([0x88, 1002]);
  });

  // P2.1
  it('is one of tenuto.v1 at its own path, or none', async () => {
    await served.start();

    const codes = [
      await served.upgrade('/'),
      await served.upgrade(PATH, { 'Sec-WebSocket-Protocol': 'graphql-ws' }),
      await served.upgrade(`${PATH}${'/'.repeat(3_000)}`),
      await served.upgrade(PATH, { 'Sec-WebSocket-Protocol': 'graphql-ws, tenuto.v1' }),
    ];

    expect(codes).toEqual([404, 400, 414, 101]);
  });

  it('#4 is refused by 503 where there are too many that say nothing', async () => {
    await served.start({ limits: { unauthenticatedPerNetwork: 1 } });
    await served.socket();

    expect(await served.upgrade(PATH)).toBe(503);
  });
});

describe('a gateway', () => {
  it('without a verifier listens on this machine only, and says so', async () => {
    const told: [string, Readonly<Record<string, LogField>> | undefined][] = [];
    const ignore = (): void => undefined;
    const logger = {
      debug: ignore,
      info: ignore,
      error: ignore,
      warn: (message: string, fields?: Readonly<Record<string, LogField>>) => {
        told.push([message, fields]);
      },
    };
    const common = { store: createMemoryStore(), apps: new Map([['echo', createEchoApp()]]) };

    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'voice.example', '']) {
      await expect(startGateway({ ...common, host })).rejects.toMatchObject({
        code: 'OPTION_INVALID',
      });
    }
    const open = await startGateway({ ...common, logger });
    await open.close();

    expect(open.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/v1\/session$/);
    expect(told).toEqual([[expect.stringContaining('only this machine'), { host: '127.0.0.1' }]]);
  });

  it('speaks TLS with a key and a certificate', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {});
    const server = await served.start({ tls: { key, cert } });

    const peer = await served.socket({ ca: cert, servername: 'localhost' } as ClientOptions);
    const answer = await peer.hello();

    expect(server.url).toMatch(/^wss:/);
    expect(answer.type).toBe('welcome');
    await expect(
      startGateway({ store: createMemoryStore(), apps: new Map(), tls: { key: 'x', cert } }),
    ).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});
