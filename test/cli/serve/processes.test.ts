/** `tenuto serve` and `tenuto transcribe --gateway` as people start them: in processes, with real speech. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { runCli } from '../run-cli.ts';
import type { Ended } from '../run-cli.ts';

const recording = 'test/fixtures/speech/two-sentences.wav';
const SPEED = '4';

let directory: string;
let calm: string;

interface Process {
  readonly port: number;
  readonly pid: number;
  readonly ended: Promise<Ended>;
}

/** Resolves once it listens. */
async function serve(...args: readonly string[]): Promise<Process> {
  return new Promise((resolve, reject) => {
    const ended = runCli(['serve', '--speed', SPEED, '--json', ...args], ({ child, stdout }) => {
      const line = stdout.split('\n').find((one) => one.includes('"type":"gateway"'));
      if (line === undefined || child.pid === undefined) return;
      const { port } = JSON.parse(line) as { port: number };
      resolve({ port, pid: child.pid, ended });
    });
    void ended.then(({ status, stderr }) => reject(new Error(`ended with ${status}: ${stderr}`)));
    onTestFinished(async () => {
      await ended;
    });
  });
}

/** @param onWords called once, when the first words are heard. */
function transcribe(
  port: number,
  onWords: () => void = () => undefined,
  ...others: readonly string[]
): Promise<Ended> {
  const gateway = `ws://127.0.0.1:${port}`;
  let hasWords = false;
  return runCli(
    ['transcribe', recording, '--gateway', gateway, '--speed', SPEED, '--json', ...others],
    ({ stdout }) => {
      if (hasWords || !stdout.includes('"type":"transcript"')) return;
      hasWords = true;
      onWords();
    },
  );
}

function summaryIn({ stdout }: Ended) {
  const lines = stdout.trim().split('\n');
  return JSON.parse(lines.at(-1) ?? '') as {
    readonly type: string;
    readonly transcript: string;
    readonly ledger: Readonly<Record<string, number>>;
    readonly reconnects: number;
  };
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tenuto-processes-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('a gateway in a process of its own', () => {
  it('drains on SIGTERM: the session that is there is heard to its end, and both processes end with 0', async () => {
    const gateway = await serve('--port', '0');

    const client = await transcribe(gateway.port, () => process.kill(gateway.pid, 'SIGTERM'));
    const { status, stdout } = await gateway.ended;

    calm = summaryIn(client).transcript;
    expect(client.status).toBe(0);
    expect(calm).toContain('leisure to consider how much there might be');
    expect(status).toBe(0);
    expect(stdout).toContain('"type":"summary","drained":true');
  });

  it('that is killed in mid-stream and started again loses no word', async () => {
    const store = `file:${join(directory, 'sessions')}`;
    const first = await serve('--port', '0', '--store', store);
    const second: Promise<Process>[] = [];

    const client = await transcribe(first.port, () => {
      process.kill(first.pid, 'SIGKILL');
      second.push(first.ended.then(() => serve('--port', String(first.port), '--store', store)));
    });
    const [gateway = first] = await Promise.all(second);
    process.kill(gateway.pid, 'SIGTERM');
    const { status, stdout } = await gateway.ended;

    const { transcript, ledger, reconnects } = summaryIn(client);
    expect(transcript).toBe(calm);
    expect(client.status).toBe(0);
    expect(ledger).toMatchObject({ gapMs: 0, bufferedMs: 0 });
    expect(reconnects).toBeGreaterThan(0);
    expect(stdout).toContain('"type":"session.takenOver"');
    expect(status).toBe(0);
  });

  it('that is restarted ends with 0, leaves its session to the next process, and no word is lost', async () => {
    const store = `file:${join(directory, 'restarted')}`;
    const first = await serve('--port', '0', '--store', store, '--drain', '600');
    const second: Promise<Process>[] = [];

    const client = await transcribe(first.port, () => {
      process.kill(first.pid, 'SIGTERM');
      second.push(first.ended.then(() => serve('--port', String(first.port), '--store', store)));
    });
    const [gateway = first] = await Promise.all(second);
    process.kill(gateway.pid, 'SIGTERM');
    await gateway.ended;
    const { status, stdout } = await first.ended;

    expect(status).toBe(0);
    expect(stdout).toContain('"type":"summary","drained":true,"kept":1,"lost":0');
    expect(summaryIn(client).transcript).toBe(calm);
    expect(client.status).toBe(0);
  });

  it('that sends its clients to another one loses no word, and ends with 0', async () => {
    const there = await serve('--port', '0');
    const to = `ws://127.0.0.1:${there.port}`;
    const here = await serve('--port', '0', '--drain', '20', '--drain-to', to);
    const leave = (): void => void process.kill(here.pid, 'SIGTERM');

    const client = await transcribe(here.port, leave, '--may-move-to', to);
    const { status, stdout } = await here.ended;
    process.kill(there.pid, 'SIGTERM');
    await there.ended;

    const { transcript, ledger } = summaryIn(client);
    expect(status).toBe(0);
    expect(stdout).toContain('"type":"summary","drained":true,"kept":0,"lost":0');
    expect(transcript).toBe(calm);
    expect(ledger).toMatchObject({ gapMs: 0, bufferedMs: 0 });
  });

  it('is told of what it cannot do in one line, with 2', async () => {
    const { status, stderr } = await runCli(['serve', '--store', 'nowhere']);

    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/There is no store "nowhere"\. Give --store memory/);
  });
});

describe('tenuto transcribe --gateway', () => {
  const gateway = ['--gateway', 'ws://127.0.0.1:9'];

  it.each([
    [[...gateway, '--provider', 'local'], /--gateway and --provider exclude each other/],
    [[...gateway, '--simulated'], /--gateway and --simulated exclude each other/],
    [[...gateway, '--token-env', 'NOWHERE'], /NOWHERE holds no token/],
    [['--token-env', 'TOKEN'], /--token-env is for a gateway/],
    [['--may-move-to', 'wss://b.example'], /--may-move-to is for a gateway/],
    [['--insecure'], /--insecure is for a gateway/],
    [['--gateway', 'ws://b.example'], /on another machine.* or --insecure for a network/],
    [['--gateway', 'ws://127.0.0.1:9?token=x'], /a query.*; a bearer goes into .*--token-env/],
    [[...gateway, '--may-move-to', 'ws://b.example'], /on another machine/],
    [['--gateway', 'http://127.0.0.1:9'], /is no address of a gateway/],
    [['--gateway', 'wss://gateway.example', '--faults', 'reset@1s'], /Faults can only be put/],
    [[...gateway, '--port', '9'], /--port is for a service on this machine/],
  ])('refuses what does not fit together: %j', async (args, line) => {
    const { status, stderr } = await runCli(['transcribe', recording, ...args]);

    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(line);
  });
});
