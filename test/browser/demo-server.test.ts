/** The server of the demonstration: it answers its own page and nobody else's, and leaves nothing behind. */
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { startDemo } from './support/demo.ts';
import type { StartedDemo } from './support/demo.ts';

const LANE = 'lanes/11111111-2222';

/** Node's own fetch sets neither Host nor Origin as it is told. */
async function ask(
  url: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<{ readonly status: number; readonly body: string; readonly policy: string }> {
  const asking = request(url, { method, headers }).end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  let body = '';
  for await (const piece of answer.setEncoding('utf8')) body += String(piece);
  const policy = String(answer.headers['content-security-policy'] ?? '');
  return { status: answer.statusCode ?? 0, body, policy };
}

describe('the server of the demonstration', () => {
  let demo: StartedDemo;
  let origin: string;
  let token: string;
  beforeAll(async () => {
    demo = await startDemo();
    origin = new URL(demo.url).origin;
    const { body } = await ask(`${demo.url}demo/`);
    token = /name="tenuto-demo" content="([^"]+)"/.exec(body)?.[1] ?? '';
  });
  afterAll(async () => {
    if (demo.child.exitCode === null) await demo.end();
  });

  it('lets its page load from itself alone', async () => {
    const { status, policy } = await ask(`${demo.url}demo/`);

    expect(status).toBe(200);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:/);
  });

  it.each([
    ['without the token', {}],
    ['with another token', { 'x-tenuto-demo': 'A'.repeat(24) }],
    ['from the page of somebody else', { origin: 'https://example.org' }],
    ['under another name', { host: 'example.org' }],
  ])('breaks nothing for a request %s', async (what, wrong: Record<string, string>) => {
    const right = { origin, ...(what.includes('token') ? {} : { 'x-tenuto-demo': token }) };
    const url = `${demo.url}${LANE}/faults?fault=cut`;

    const { status } = await ask(url, { method: 'POST', headers: { ...right, ...wrong } });

    expect(status).toBe(403);
  });

  it('breaks what its page asks it to, if there is such a thing', async () => {
    const headers = { origin, 'x-tenuto-demo': token };
    const post = (fault: string) =>
      ask(`${demo.url}${LANE}/faults?fault=${fault}`, { method: 'POST', headers });

    expect((await post('cut')).status).toBe(204);
    expect((await post('everything')).status).toBe(400);
  });

  it.each(['demo/../../package.json', '%2e%2e/package.json', 'src/cli/main.ts'])(
    'serves no file but its own: %s',
    async (path) => {
      expect((await ask(`${demo.url}${path}`)).status).toBe(404);
    },
  );

  it.each([{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://example.org' }])(
    'tells the page of somebody else no news: %j',
    async (headers: Record<string, string>) => {
      expect((await ask(`${demo.url}${LANE}/news`, { headers })).status).toBe(403);
    },
  );

  it('takes no socket of the page of somebody else', async () => {
    const address = `${demo.url.replace('http', 'ws')}${LANE}/plain`;
    const socket = new WebSocket(address, { origin: 'https://example.org' });

    const [error] = (await once(socket, 'error')) as [Error];

    expect(error.message).toContain('403');
  });

  it('ends clean by Ctrl-C: no process and no file is left', async () => {
    const children = childrenOf(demo.child.pid ?? 0);
    const [directory = ''] = children.flatMap(configOf).map(dirname);
    expect(children).toHaveLength(2);
    expect(existsSync(directory)).toBe(true);

    const status = await demo.end();

    expect(status).toBe(0);
    expect(children.filter(isAlive)).toEqual([]);
    expect(existsSync(directory)).toBe(false);
  });
});

describe('the server of the demonstration, killed with kill -9', () => {
  it('leaves no process and no file behind', async () => {
    const demo = await startDemo();
    const children = childrenOf(demo.child.pid ?? 0);
    const [directory = ''] = children.flatMap(configOf).map(dirname);
    expect(children).toHaveLength(2);
    expect(existsSync(directory)).toBe(true);

    demo.child.kill('SIGKILL');

    await expect.poll(() => children.filter(isAlive), { timeout: 15_000 }).toEqual([]);
    expect(existsSync(directory)).toBe(false);
  });
});

/** Of Linux. */
function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((one) => Number.isInteger(one) && one > 0 && parentOf(one) === pid);
}

/** The second field behind the name, which is in brackets and may hold anything. */
function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}

/** What the gateway was told to read. */
function configOf(pid: number): readonly string[] {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return words
    .slice(words.indexOf('--config') + 1, words.includes('--config') ? undefined : 0)
    .slice(0, 1);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
