/** `tenuto serve`, and recordings that are streamed through it: what it tells, how it ends, and that no word is lost. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { drainText } from '../../../src/cli/serve/words.ts';
import { ResumableWebSocket } from '../../../src/resumable-websocket/websocket.node.ts';
import { serving, spoken, streamThrough } from './serve-world.ts';
import type { Streamed } from './serve-world.ts';

const recording = spoken(
  'one sentence is said',
  'another one follows it',
  'and here is the third of them',
  'the last word is said now',
);
let calm: Streamed;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tenuto-serve-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('tenuto serve', () => {
  it('hears what is streamed to it, and tells of the session from its beginning to its end', async () => {
    const gateway = serving();

    calm = await streamThrough(await gateway.port, recording);
    await gateway.told('session.over');

    expect(calm.status).toBe('complete');
    expect(calm.transcript.split(' ').length).toBeGreaterThan(15);
    expect(calm.behind).toMatchObject([{ provider: 'local', missing: [] }]);
    const types = gateway.lines.map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual(['gateway', 'session.begun', 'session.serving', 'session.over']);
    expect(gateway.lines.at(-1)).toContain('"why":"finished"');
  });

  it.each([1, 2, 3])('loses no word to any kind of fault: seed %i', async (seed) => {
    const gateway = serving();

    const run = await streamThrough(await gateway.port, recording, { faults: 'all', seed });

    expect(run.transcript).toBe(calm.transcript);
    expect(run.status).toBe('complete');
    expect(run.ledger).toMatchObject({ gap: 0, buffered: 0 });
    expect(run.reconnects).toBeGreaterThan(0);
  });

  it('tells in words where it listens, how to stream to it, what it keeps, and what no authentication means', async () => {
    const gateway = serving({ json: false });
    while (gateway.notes.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));

    const text = gateway.lines.join('\n');
    expect(text).toMatch(/listens on ws:\/\/127\.0\.0\.1:\d+\/v1\/session/);
    expect(text).toMatch(/npx tenuto transcribe FILE\.wav --gateway ws:\/\/127\.0\.0\.1:\d+\n/);
    expect(text).toContain('store: memory (what is acknowledged outlives its client');
    expect(text).toContain('providers: local');
    expect(text).toContain('whoever is on this machine may stream to it');
    expect(gateway.notes).toEqual(['Ctrl-C ends it.']);
  });

  it('lets in who has a bearer that is signed with the secret, and nobody else', async () => {
    const environment = { SECRET: 'a secret of at least thirty-two bytes' };
    const gateway = serving({ auth: 'hs256:SECRET', environment });
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('ann')
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(environment.SECRET));
    const short = spoken('a word');

    const theirs = await streamThrough(await gateway.port, short, { tokenEnv: 'TOKEN', token });
    const nobodys = await streamThrough(await gateway.port, short);

    expect(theirs.status).toBe('complete');
    expect(nobodys).toMatchObject({ status: 'failed', error: { code: 'AUTH_REFUSED' } });
    expect(gateway.lines.join()).not.toContain(token);
  });
});

describe('tenuto serve --app echo', () => {
  it('sends messages back, needs no recogniser, and says how to send some', async () => {
    const createRecogniser = (): never => {
      throw new Error('nobody hears');
    };
    const gateway = serving({ app: 'echo', createRecogniser });
    const told = await gateway.told('gateway');
    const socket = new ResumableWebSocket(String(told['url']));
    onTestFinished(() => socket.close());
    const messages: unknown[] = [];

    await new Promise((resolve) => socket.addEventListener('open', resolve));
    for (const text of ['one', 'two']) socket.send(text);
    await new Promise<void>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        if (messages.push(data) === 2) resolve();
      });
    });
    const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
    socket.close();
    await closed;

    expect(messages).toEqual(['one', 'two']);
    expect(told).toMatchObject({ apps: ['echo'], providers: [] });
  });

  it('tells in words what it is for', async () => {
    const gateway = serving({ app: 'echo', json: false });
    while (gateway.notes.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));

    const text = gateway.lines.join('\n');
    expect(text).toMatch(/new ResumableWebSocket\('ws:\/\/127\.0\.0\.1:\d+\/v1\/session'\)/);
    expect(text).not.toMatch(/transcribe|providers:/);
  });
});

describe('the end of tenuto serve', () => {
  it('is 0 where all clients had gone in time: a signal lets the session that is there come to its end', async () => {
    const gateway = serving();
    const port = await gateway.port;

    const run = await streamThrough(port, recording, { onFlowing: () => gateway.stop() });

    expect(run.transcript).toBe(calm.transcript);
    expect(await gateway.ended).toBe(0);
    expect(JSON.parse(gateway.lines.at(-1) ?? '')).toMatchObject({
      type: 'summary',
      drained: true,
      lost: 0,
    });
  });

  it('is 1 where clients were cut off and their sessions are lost with the memory', async () => {
    const gateway = serving({ drain: 200 });
    const run = streamThrough(await gateway.port, recording, { onFlowing: () => gateway.stop() });

    expect(await gateway.ended).toBe(1);

    expect(JSON.parse(gateway.lines.at(-1) ?? '')).toMatchObject({ drained: false, lost: 1 });
    const again = serving({ port: await gateway.port });
    await again.port;
    expect((await run).ledger.buffered).toBe(0);
  });

  it('is 1 where its directory was removed: what stands in files that nobody will find is no log', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tenuto-serve-'));
    const gateway = serving({ store: `file:${directory}`, app: 'echo' });
    const socket = new ResumableWebSocket(`ws://127.0.0.1:${await gateway.port}/v1/session`);
    const answered = new Promise((resolve) => socket.addEventListener('message', resolve));
    socket.addEventListener('open', () => socket.send('one'));
    await answered;

    await rm(directory, { recursive: true });
    socket.close();
    gateway.stop();

    expect(await gateway.ended).toBe(1);
    expect(JSON.parse(gateway.lines.at(-1) ?? '')).toMatchObject({
      type: 'error',
      code: 'STORE_UNAVAILABLE',
    });
  });

  it('comes at once with the second signal', async () => {
    const gateway = serving({ drain: 600_000 });
    const run = streamThrough(await gateway.port, recording, { onFlowing: () => gateway.stop() });
    await gateway.told('session.begun');
    gateway.stop();

    gateway.hurry();

    const status = await gateway.ended;
    const { drained, tookMs } = JSON.parse(gateway.lines.at(-1) ?? '') as Record<string, unknown>;
    expect(tookMs).toBeLessThan(10_000);
    expect(drained).toBe(status === 0);
    const again = serving({ port: await gateway.port });
    await again.port;
    await run;
  });
});

describe('what tenuto serve says of its end', () => {
  it.each([
    [1, 30_000, 'Draining: 1 session has 30 s to go elsewhere (Ctrl-C again ends it at once)'],
    [2, 1_400, 'Draining: 2 sessions have 1 s to go elsewhere (Ctrl-C again ends it at once)'],
  ])('with %d sessions and %d ms', (sessions, drainMs, text) => {
    expect(drainText(sessions, drainMs)).toBe(text);
  });
});

describe('tenuto serve cannot begin', () => {
  it('where its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    onTestFinished(() => new Promise((resolve) => taken.close(() => resolve())));
    const { port } = taken.address() as AddressInfo;

    const gateway = serving({ port, json: false });

    expect(await gateway.ended).toBe(2);
    expect(gateway.notes).toHaveLength(1);
    expect(gateway.notes[0]).toMatch(/Port \d+ is in use\. Choose another port.*\[PORT_IN_USE]/);
  });

  it('where another has its store', async () => {
    const store = `file:${join(directory, 'locked')}`;
    const first = serving({ store });
    await first.port;

    const second = serving({ store, json: false });

    expect(await second.ended).toBe(2);
    expect(second.notes.join()).toMatch(/has the store in .* open\..*\[STORE_LOCKED]/);
  });

  it.each<[string, object, RegExp]>([
    [
      'its store is a file',
      { store: `file:${import.meta.filename}` },
      /Give a directory that can be made.*STORE_UNAVAILABLE/,
    ],
    ['its store cannot be made', { store: 'file:/proc/x' }, /Give a directory .*STORE_UNAVAILABLE/],
    [
      'there is no such host',
      { host: '127.9.9.9.9.localhost' },
      /Nobody can listen|OPTION_INVALID/,
    ],
    ['the secret is not set', { auth: 'hs256:NOWHERE' }, /variable NOWHERE is not set/],
    [
      'the secret is too short',
      { auth: 'hs256:SHORT', environment: { SHORT: 'short' } },
      /SHORT: secret has 5 bytes/,
    ],
    ['there are no such keys', { auth: 'jwks:/nowhere.json' }, /cannot be read/],
    ['others could come', { host: '0.0.0.0' }, /listens on this machine only/],
    ['a key is not set', { provider: 'deepgram' }, /variable DEEPGRAM_API_KEY is not set/],
    ['there is no such application', { app: 'echo,radio' }, /no application "radio".*--app speech/],
    ['there is no such provider', { provider: 'acme' }, /PROVIDER_UNKNOWN/],
  ])('where %s: one line, with what to do', async (_why, options, line) => {
    const gateway = serving({ json: false, ...options });

    expect(await gateway.ended).toBe(2);

    expect(gateway.notes).toHaveLength(1);
    expect(gateway.notes[0]).toMatch(line);
    expect(gateway.lines).toEqual([]);
  });

  it('where its file is wrong: all of it is told', async () => {
    const config = join(directory, 'wrong.yaml');
    await writeFile(config, 'port: -1\nstores:\n  kind: memory\n');

    const gateway = serving({ config, json: false });

    expect(await gateway.ended).toBe(2);
    expect(gateway.notes).toEqual([
      `${config}:1:1: port is -1: give 0 to 65,535`,
      `${config}:2:1: there is no stores: perhaps store`,
      `tenuto: ${config} has 2 problems. docs/gateway.yaml is an example. [OPTION_INVALID]`,
    ]);
  });

  it('where its file is not there: one line, as every error is', async () => {
    const gateway = serving({ config: '/nowhere/gateway.yaml', json: false });

    expect(await gateway.ended).toBe(2);
    expect(gateway.notes).toEqual([
      'tenuto: /nowhere/gateway.yaml is not there: give the path of a file. docs/gateway.yaml is an example. [OPTION_INVALID]',
    ]);
  });
});
