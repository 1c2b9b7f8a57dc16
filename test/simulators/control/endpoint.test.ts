/** `/__tenuto/faults`: who may ask, what is answered to bad input, and when what was asked for strikes. */
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';

import { startDeepgramSimulator } from '../../../src/simulators/deepgram/simulator.ts';
import type {
  DeepgramSimulator,
  DeepgramSimulatorOptions,
} from '../../../src/simulators/deepgram/simulator.ts';
import { ManualClock, ScriptedRecogniser, connect, refused } from '../deepgram-support.ts';
import { asked, faultsUrl } from './support.ts';

let server: DeepgramSimulator;
let clock: ManualClock;

async function start(options: Partial<DeepgramSimulatorOptions> = {}): Promise<void> {
  clock = new ManualClock();
  server = await startDeepgramSimulator({
    recogniser: new ScriptedRecogniser(),
    clock,
    ...options,
  });
}

afterEach(() => server.close());

/** As a browser, or another program, says where it comes from. */
async function statusFor(headers: Readonly<Record<string, string>>, method = 'GET', host = '') {
  const url = faultsUrl(server.httpUrl);
  if (host !== '') url.hostname = host;
  const sent = request(url, { method, headers }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

describe('the fault endpoint', () => {
  it('lists each fault with its parameters, their ranges and defaults', async () => {
    await start();

    const response = await fetch(faultsUrl(server.httpUrl));
    const text = await response.text();
    const { faults } = JSON.parse(text) as { faults: readonly object[] };

    expect(text.trim()).not.toContain('\n');
    expect(faults).toEqual(server.faults);
    expect(faults).toContainEqual({
      fault: 'late-finalize',
      what: '`Finalize` is answered late (listen); 0 ends it',
      befalls: 'lasting',
      parameters: [
        { name: 'delayMs', what: 'how late', takes: '0 to 3600000 ms', default: 3_000 },
        expect.objectContaining({ name: 'atMs', default: null }),
      ],
    });
  });

  it.each([
    ['{"fault":', 'The body is no JSON.', /Send an object such as/],
    ['[]', 'The request is no JSON object.', /Send one such as/],
    [{}, 'The request names no fault.', /Take one of: close, cut/],
    [{ fault: 'explode' }, 'There is no fault "explode" here.', /Take one of: close, cut/],
    [{ fault: 'close-99' }, 'There is no fault "close-99" here.', /Take one of/],
    [{ fault: '__proto__' }, 'There is no fault "__proto__" here.', /Take one of/],
    [{ fault: 'cut', speed: 1 }, 'The fault "cut" takes no "speed".', /It takes: on, times, atMs/],
    [{ fault: 'cut', toString: 1 }, 'The fault "cut" takes no "toString".', /It takes/],
    [{ fault: 'close', as: 1_006 }, '"as" cannot be "1006".', /NET-0000.*1000 to 1003/],
    [{ fault: 'close', as: 'x' }, '"as" cannot be "x".', /NET-0000/],
    [{ fault: 'cut', atMs: -1 }, '"atMs" cannot be "-1".', /Give 0 to 3600000 ms/],
    [{ fault: 'http', times: 0 }, '"times" cannot be "0".', /Give 1 to 1000/],
    [{ fault: 'http', status: 418 }, '"status" cannot be "418".', /400, 401, 402/],
    [{ fault: 'unknown-fields', ratio: 2 }, '"ratio" cannot be "2".', /Give 0 to 1/],
    [{ fault: 'cut' }, 'No socket stands that "cut" could befall.', /Connect first, or add "atMs"/],
  ])('says in one line what is wrong with %j', async (body, message, remedy) => {
    await start();

    const answer = await asked(server.httpUrl, body);

    expect(answer).toEqual({
      status: 400,
      body: {
        error: {
          code: 'OPTION_INVALID',
          message,
          remediation: expect.stringMatching(remedy) as string,
        },
      },
    });
  });

  it('refuses what is too long, another method, and another path of its own', async () => {
    await start();
    const { origin } = faultsUrl(server.httpUrl);

    const long = await asked(server.httpUrl, 'x'.repeat(70_000)).then(({ status }) => status);
    const other = await fetch(`${origin}/__tenuto/other`);

    expect([long, await statusFor({}, 'PUT'), other.status]).toEqual([413, 405, 404]);
  });

  it('answers pages of this machine, and none of another site', async () => {
    await start();

    const statuses = [
      await statusFor({ origin: 'http://localhost:5173' }),
      await statusFor({ origin: 'http://[::1]:5173' }),
      await statusFor({ origin: 'https://example.org' }),
      await statusFor({ origin: 'null' }),
    ];

    expect(statuses).toEqual([200, 200, 403, 403]);
  });

  it.skipIf(outside() === undefined)('answers nobody who comes from elsewhere', async () => {
    await start({ host: '0.0.0.0' });

    expect(await statusFor({}, 'GET', outside())).toBe(403);
    expect(await statusFor({}, 'GET', '127.0.0.1')).toBe(200);
  });

  it('needs no key, and is no request of the service', async () => {
    await start();

    await asked(server.httpUrl, { fault: 'http-503' });
    const answer = await fetch(faultsUrl(server.httpUrl));

    expect(answer.status).toBe(200);
    expect(server.stats.refusedByStatus).toEqual({});
    expect((await refused(server.url)).status).toBe(503);
  });
});

describe('a fault with a moment', () => {
  it('befalls the next sockets, so long after each was opened, and as many as was said', async () => {
    await start();
    const old = await connect(server.url);
    const receipt = await asked(server.httpUrl, { fault: 'close-1011', atMs: 5_000, times: 2 });

    const [first, second, third] = [
      await connect(server.url),
      await connect(server.url),
      await connect(server.url),
    ];
    clock.advance(4_999);
    await third.settle();
    const standing = server.stats.connectionsOpen;
    clock.advance(1);

    expect(receipt.body).toMatchObject({ struck: 0, isWaiting: true });
    expect([(await first.ended).code, (await second.ended).code]).toEqual([1_011, 1_011]);
    expect(standing).toBe(4);
    await Promise.all([old, third].map(({ settle }) => settle()));
    expect(server.stats.closesByCode).toEqual({ 1011: 2 });
    for (const { socket } of [old, third]) socket.terminate();
  });

  it('waits for another socket where one was gone before', async () => {
    await start();
    await asked(server.httpUrl, { fault: 'close-1011', atMs: 5_000 });
    const gone = await connect(server.url);
    gone.socket.close();
    await gone.ended;
    clock.advance(5_000);

    const next = await connect(server.url);
    clock.advance(5_000);

    expect((await next.ended).code).toBe(1_011);
  });

  it('counts from the next client where it is not for sockets', async () => {
    await start();
    await asked(server.httpUrl, { fault: 'http-503', atMs: 5_000 });
    clock.advance(60_000);

    const first = await connect(server.url);
    clock.advance(4_999);
    const second = await connect(server.url);
    clock.advance(1);

    expect((await refused(server.url)).status).toBe(503);
    for (const { socket } of [first, second]) socket.terminate();
  });

  it('leaves no timer once the server is closed', async () => {
    await start();
    await asked(server.httpUrl, { fault: 'close', atMs: 5_000 });
    await asked(server.httpUrl, { fault: 'http-503', atMs: 5_000 });
    await connect(server.url);

    await server.close();

    expect(clock.pendingTimers).toBe(0);
  });

  it('is refused where too many wait already', async () => {
    await start();
    for (let at = 0; at < 200; at += 1) server.ask({ fault: 'cut', atMs: 1 });

    expect(() => server.ask({ fault: 'cut', atMs: 1 })).toThrow('200 faults wait already.');
  });
});

/** An address of this machine that is no loopback. */
function outside(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
