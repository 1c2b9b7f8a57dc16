import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';

import { eventLine, headerLine } from '../../src/observability/recording.ts';
import { inspecting, statusOf, viewerOf } from './inspect-world.ts';

const LINE = eventLine({
  type: '@xstate.actor',
  sessionId: 'x:0',
  name: 'door',
  createdAt: '1',
  _version: '0.7.2',
  snapshot: { status: 'active' },
});

describe('tenuto inspect', () => {
  it('shows an app that has nothing of tenuto, by the real inspector of @statelyai/inspect', async () => {
    const { told, ended, stop } = inspecting(undefined);
    const { url, appUrl } = (await told) as { url: string; appUrl: string };
    const viewer = viewerOf(url);

    const app = foreignApp(appUrl);
    const born = await viewer.seen((event) => event.type === '@xstate.actor');
    const green = await viewer.seen(
      (event) => event.type === '@xstate.snapshot' && event.snapshot.value === 'green',
    );
    app.kill();
    const gone = await viewer.seen(
      (event) => event.type === '@xstate.snapshot' && event.event.type === 'tenuto.disconnected',
    );

    expect(born).toMatchObject({ name: 'light' });
    expect(born.sessionId).toMatch(/^1\.x:\d+$/);
    expect(green.sessionId).toBe(born.sessionId);
    expect(gone).toMatchObject({ sessionId: born.sessionId, snapshot: { status: 'stopped' } });
    stop();
    expect(await ended).toBe(0);
  });

  it('shows a recording, and tells which of its lines cannot be read', async () => {
    const file = fileOf([headerLine('a night', 1), LINE, '{"half', LINE].join('\n'));

    const { told, notes } = inspecting(file);
    const { url, events, badLines } = await told;
    const viewer = viewerOf(String(url));
    await viewer.seen(() => viewer.events.length === 2);

    expect([events, badLines]).toEqual([2, 1]);
    expect(notes[0]).toBe(`${file}, line 3 is no JSON; it is left out.`);
    expect(viewer.others[0]).toMatchObject({
      type: 'tenuto.shown',
      title: 'a night',
      note: '1 lines could not be read.',
    });
  });

  it.each([
    [
      'what is no recording',
      'RIFFxxxxWAVE',
      'RECORDING_INVALID',
      /\.jsonl: The first line is no header/,
    ],
    ['an empty file', '', 'RECORDING_INVALID', /first line is no header/],
    [
      'a newer recording',
      '{"type":"tenuto.recording","version":9}',
      'RECORDING_INVALID',
      /version 9/,
    ],
  ])('refuses %s', async (_, text, code, message) => {
    const { ended } = inspecting(fileOf(text));

    await expect(ended).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('says that there is no such file, and that a folder is none', async () => {
    await expect(inspecting('/nowhere/at/all').ended).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: 'There is no file /nowhere/at/all.',
    });
    await expect(inspecting(tmpdir()).ended).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  it('says that nobody answers, or who answers otherwise', async () => {
    const token = 'a-token-of-some-length';
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => free.once('listening', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const newer = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => newer.close());
    newer.on('connection', (socket) => socket.send('{"type":"tenuto.shown","version":7}'));
    await new Promise((resolve) => newer.once('listening', resolve));
    const newerPort = (newer.address() as AddressInfo).port;

    await expect(inspecting(`ws://127.0.0.1:${port}`, { token }).ended).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await expect(inspecting(`ws://127.0.0.1:${newerPort}`, { token }).ended).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringContaining('newer'),
    });
  });

  it.each([
    ['ws://127.0.0.1:1', undefined, /no token/],
    ['ws://127.0.0.1:1', 'with blanks in it', /character that no token has/],
    ['ws://user:word@127.0.0.1:1', 'token', /a name, a password/],
    ['ws://127.0.0.1:1/?token=abc', 'token', /a name, a password, a query/],
    ['ws://example.com', 'token', /another machine/],
  ])('does not go to %s with %j', async (url, token, message) => {
    const { ended } = inspecting(url, token === undefined ? {} : { token });

    await expect(ended).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(message),
    });
  });
});

describe('tenuto inspect --record', () => {
  it('writes down what it sees, to be opened later', async () => {
    const file = join(dirname(fileOf('')), 'night.jsonl');
    const { told, stop, ended } = inspecting(undefined, { record: file });
    const { url, appUrl } = (await told) as { url: string; appUrl: string };
    const viewer = viewerOf(url);
    foreignApp(appUrl);
    await viewer.seen(
      (event) => event.type === '@xstate.snapshot' && event.snapshot.value === 'green',
    );
    stop();
    await ended;

    const later = inspecting(file);
    const { badLines } = await later.told;
    const reader = viewerOf(String((await later.told)['url']));
    await reader.seen(
      (event) => event.type === '@xstate.snapshot' && event.snapshot.value === 'green',
    );

    expect(badLines).toBe(0);
    expect(reader.events.slice(0, viewer.events.length)).toEqual(viewer.events);
  });

  it('overwrites nothing, and records no recording', async () => {
    const file = fileOf(headerLine('mine', 1));

    const over = expect(inspecting(undefined, { record: file }).ended);
    await over.rejects.toMatchObject({ message: `There is a file ${file} already.` });
    const again = expect(inspecting(file, { record: `${file}.2` }).ended);
    await again.rejects.toMatchObject({ code: 'OPTION_INVALID' });

    expect(readFileSync(file, 'utf8')).toBe(headerLine('mine', 1));
  });
});

describe('the door of the page', () => {
  it('is shut to pages of elsewhere, and to names that are led here', async () => {
    const { url, appUrl } = (await inspecting(undefined).told) as { url: string; appUrl: string };
    const { host, origin } = new URL(url);
    const feed = `ws://${host}/inspector/feed`;

    expect(await statusOf(feed, { origin })).toBe(101);
    expect(await statusOf(feed, { origin: 'https://evil.example' })).toBe(403);
    expect(await statusOf(feed, { origin: 'http://127.0.0.1:1' })).toBe(403);
    expect(await statusOf(feed)).toBe(403);
    expect(await statusOf(feed, { origin: 'http://evil.example', host: 'evil.example' })).toBe(403);
    expect(await statusOf(appUrl, { origin: 'https://evil.example' })).toBe(403);
    expect(await statusOf(appUrl, { origin: 'http://localhost:5173' })).toBe(101);
    expect(await statusOf(`${appUrl}/other`)).toBe(404);
    expect((await get(url, { host: 'evil.example' })).status).toBe(403);
  });

  it('lets the page load from itself only, and hands out nothing else', async () => {
    const { url } = (await inspecting(undefined).told) as { url: string };

    const page = await get(url);

    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self';/,
    );
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(page.text).toContain('<div id="page">');
    for (const path of [
      '/../package.json',
      '/assets/../../package.json',
      '/assets/%2e%2e/x',
      '/demo/',
    ]) {
      expect((await get(new URL(url).origin, {}, path)).status).toBe(404);
    }
    expect((await get(url, {}, '/inspector/', 'POST')).status).toBe(405);
  });

  it('lets no app in where a recording is shown', async () => {
    const { url } = (await inspecting(fileOf(headerLine('', 1))).told) as { url: string };

    expect(await statusOf(`ws://${new URL(url).host}/`)).toBe(404);
  });
});

function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tenuto-inspect-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'recording.jsonl');
  writeFileSync(file, text);
  return file;
}

function foreignApp(url: string) {
  const script = fileURLToPath(new URL('../support/foreign-app.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, url], { stdio: 'inherit' });
  onTestFinished(() => void child.kill());
  return child;
}

interface Got {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** As it stands: no client tidies the path. */
function get(
  url: string,
  headers: Record<string, string> = {},
  path?: string,
  method = 'GET',
): Promise<Got> {
  const { hostname, port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request(
      { hostname, port, path: path ?? pathname, headers, method },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}
