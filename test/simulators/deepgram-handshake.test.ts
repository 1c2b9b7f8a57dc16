import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TenutoError } from '../../src/ports/errors.ts';
import type { DeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import { ManualClock, QUERY, ScriptedRecogniser, connect, refused } from './deepgram-support.ts';

describe('deepgram simulator: who may connect', () => {
  let clock: ManualClock;
  let server: DeepgramSimulator;

  beforeEach(async () => {
    clock = new ManualClock();
    server = await startDeepgramSimulator({
      recogniser: new ScriptedRecogniser(),
      apiKeys: ['local', 'second'],
      maxConcurrent: 2,
      clock,
    });
  });
  afterEach(() => server.close());

  it.each([
    ['a key in the header', { headers: { authorization: 'Token second' } }],
    ['a key in the subprotocols', { protocols: ['token', 'local'] }],
    ['a key among other subprotocols', { protocols: ['token', 'local', 'x-session', 'id'] }],
  ])('takes %s', async (_, options) => {
    const client = await connect(server.url, options);

    expect(client.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(server.stats).toMatchObject({ connectionsOpened: 1, connectionsOpen: 1 });
    client.socket.terminate();
  });

  it('answers offered subprotocols with the scheme', async () => {
    const client = await connect(server.url, { protocols: ['token', 'local'] });

    expect(client.socket.protocol).toBe('token');
    client.socket.terminate();
  });

  it.each([
    ['no credential', { headers: {} }],
    ['a wrong key', { headers: { authorization: 'Token wrong' } }],
    ['a key sent as a temporary token', { headers: { authorization: 'Bearer local' } }],
    ['a wrong key in the subprotocols', { protocols: ['token', 'wrong'] }],
    ['a scheme without a key', { headers: { authorization: 'Token' } }],
  ])('refuses %s with 401 INVALID_AUTH', async (_, options) => {
    const { status, headers, body } = await refused(server.url, options);

    expect(status).toBe(401);
    expect(body).toEqual({
      err_code: 'INVALID_AUTH',
      err_msg: 'Invalid credentials.',
      request_id: headers['dg-request-id'],
    });
    expect(headers['dg-error']).toBe('Invalid credentials.');
    expect(server.stats.refusedByStatus).toEqual({ 401: 1 });
  });

  it('grants a temporary token to a key, good for connecting within its time', async () => {
    const granted = await grant(server, 'Token local', { ttl_seconds: 5 });
    const bearer = { headers: { authorization: `Bearer ${granted.body.access_token}` } };

    const client = await connect(server.url, bearer);
    const second = await connect(server.url, { protocols: ['bearer', granted.body.access_token] });
    second.socket.terminate();
    clock.advance(5_000);
    const late = await refused(server.url, bearer);

    expect(granted).toMatchObject({ status: 200, body: { expires_in: 5 } });
    expect(late.status).toBe(401);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    client.socket.terminate();
  });

  it('grants 30 s where no time is asked for', async () => {
    const granted = await grant(server, 'Token local');

    expect(granted.body.expires_in).toBe(30);
  });

  it('grants a token to its own process', async () => {
    const authorization = `Bearer ${server.grantToken()}`;

    const client = await connect(server.url, { headers: { authorization } });

    client.socket.terminate();
  });

  it.each([
    ['a temporary token', 'Bearer x', { ttl_seconds: 5 }, 401],
    ['too long a time', 'Token local', { ttl_seconds: 3_601 }, 400],
    ['no time at all', 'Token local', { ttl_seconds: 0 }, 400],
    ['a body that is not an object', 'Token local', 7, 400],
    ['a body too large', 'Token local', { padding: 'x'.repeat(5_000) }, 400],
  ])('grants nothing to %s', async (_, authorization, body, expected) => {
    const { status } = await grant(server, authorization, body);

    expect(status).toBe(expected);
  });

  it('refuses one socket too many with 429, until another closes', async () => {
    const clients = [await connect(server.url), await connect(server.url)];

    const { status, body } = await refused(server.url);
    clients[0]!.socket.terminate();
    await clients[0]!.ended;
    while (server.stats.connectionsOpen > 1) await clients[1]!.settle();
    const again = await connect(server.url);

    expect({ status, code: body['err_code'] }).toEqual({ status: 429, code: 'TOO_MANY_REQUESTS' });
    for (const client of [...clients, again]) client.socket.terminate();
  });

  it.each([
    ['an unknown name', 'smrt_format=true', 'smrt_format'],
    ['an encoding it cannot read', QUERY.replace('linear16', 'opus'), 'linear16 only'],
    ['no encoding', 'sample_rate=16000', "missing 'encoding'"],
    ['no sample rate', 'encoding=linear16', "missing 'sample_rate'"],
    ['a sample rate too low', QUERY.replace('16000', '7999'), '8000 to 48000'],
    ['a sample rate too high', QUERY.replace('16000', '48001'), '8000 to 48000'],
    ['a sample rate that is no number', QUERY.replace('16000', 'fast'), 'sample_rate'],
    ['two channels', `${QUERY}&channels=2`, 'one channel'],
    ['a switch that is neither on nor off', `${QUERY}&interim_results=yes`, 'interim_results'],
    ['a language it does not speak', `${QUERY}&language=fi`, 'English'],
    ['a name that would break the header', 'a%0d%0ab: c=1', 'unknown'],
  ])('refuses %s with 400', async (_, query, what) => {
    const { status, headers, body } = await refused(server.url, { query });

    expect(status).toBe(400);
    expect(body['err_msg']).toContain(what);
    expect(headers['dg-error']).toContain(what);
  });

  it('accepts documented names that have no effect here', async () => {
    const query = `${QUERY}&language=en-US&keyterm=tenuto&keyterm=fermata&diarize=true&numerals=true&mip_opt_out=true&tag=t&endpointing=300&extra=a:b&no_delay=true&multichannel=false`;

    const client = await connect(server.url, { query });

    client.socket.terminate();
  });

  it.each(['8000', '48000'])('takes audio at %s Hz', async (rate) => {
    const client = await connect(server.url, { query: QUERY.replace('16000', rate) });

    client.socket.terminate();
  });

  it('knows no other path', async () => {
    const upgrade = await refused(server.url, { path: '/v3/listen' });
    const plain = await fetch(`${server.url.replace('ws', 'http')}/v1/nothing`);

    expect([upgrade.status, plain.status]).toEqual([404, 404]);
    expect(await plain.json()).toMatchObject({ err_code: 'NOT_FOUND' });
  });

  it('says that its port is in use', async () => {
    const options = { recogniser: new ScriptedRecogniser(), port: server.port };

    const error = await startDeepgramSimulator(options).catch((caught: unknown) => caught);

    expect(error).toMatchObject({ code: 'PORT_IN_USE' });
    expect((error as TenutoError).message).toContain(String(server.port));
  });

  it('cuts every socket and frees its port when it is closed', async () => {
    const client = await connect(server.url);
    const { port } = server;

    await server.close();
    await server.close();
    const { code } = await client.ended;
    server = await startDeepgramSimulator({ recogniser: new ScriptedRecogniser(), port });

    expect(code).toBe(1006);
    expect(clock.pendingTimers).toBe(0);
    expect(server.port).toBe(port);
  });
});

async function grant(server: DeepgramSimulator, authorization: string, body?: unknown) {
  const response = await fetch(`${server.url.replace('ws', 'http')}/v1/auth/grant`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json = (await response.json()) as { access_token: string; expires_in: number };
  return { status: response.status, body: json };
}
