/** A real process that records, and is killed with SIGKILL: what it had stored is delivered by the next, once and in order. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { App, AppHandlers, AppSession, AppStart } from '../../src/gateway/app.ts';
import { startGateway } from '../../src/gateway/server.ts';
import type { GatewayServer } from '../../src/gateway/server.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';

const CHILD = fileURLToPath(new URL('recording-child.mjs', import.meta.url));
const CHUNK_SAMPLES = 320;
/** Of chunks that the child stores every 50 ms: so many it may have captured since, on a machine that is busy. */
const UNSTORED_CHUNKS = 60;

/** Notes each chunk's number, and tells a final for each ten of them. */
class Numbers implements App {
  /** By position in samples. */
  readonly heard = new Map<number, number>();
  readonly gaps: unknown[] = [];

  open(session: AppSession, { fin: from }: AppStart): AppHandlers {
    let fin = from;
    let end = from;
    const tell = (to: number): void => {
      if (to > fin) session.result({ type: 'final', from: fin, to, text: '' });
      fin = Math.max(fin, to);
    };
    return {
      audio: ({ position, bytes }) => {
        this.heard.set(position, new DataView(bytes.buffer, bytes.byteOffset).getUint32(0));
        end = position + bytes.length / 2;
        if (end - fin >= 10 * CHUNK_SAMPLES) tell(end);
      },
      gap: (gap) => this.gaps.push(gap),
      finish: () => {
        tell(end);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
  }
}

let directory = '';
let app: Numbers;
let server: GatewayServer;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tenuto-killed-'));
  app = new Numbers();
  server = await startGateway({ store: createMemoryStore(), apps: new Map([['speech', app]]) });
});

afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

/** Kills it once it has said so many numbers. @returns the last of them. */
async function recordUntilKilled(url: string, first: number, chunks: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, url, directory, String(first), 'forever'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let last = first - 1;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) continue;
    last = Number(line);
    if (last === first + chunks) child.kill('SIGKILL');
  }
  await ended;
  return last;
}

async function deliver(): Promise<readonly Record<string, unknown>[]> {
  const child = spawn(process.execPath, [CHILD, server.url, directory, '0', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: Record<string, unknown>[] = [];
  for await (const line of createInterface({ input: child.stdout })) said.push(JSON.parse(line));
  return said;
}

/** Numbers at their places: each life's run on without a hole. */
function heard(): readonly number[] {
  const positions = [...app.heard.keys()].sort((one, other) => one - other);
  expect(positions).toEqual(positions.map((_, at) => at * CHUNK_SAMPLES));
  return positions.map((position) => app.heard.get(position) ?? -1);
}

describe('a process that records with a spool', () => {
  it('is killed four times in mid-recording, and all that was stored or sent is there', async () => {
    const spans: { from: number; to: number }[] = [];
    for (const first of [0, 10_000, 20_000, 30_000]) {
      spans.push({ from: first, to: await recordUntilKilled(server.url, first, 150) });
    }

    const [before, after] = await deliver();

    const numbers = heard();
    for (const { from, to } of spans) {
      const own = numbers.filter((number) => number >= from && number < from + 10_000);
      expect(own).toEqual(own.map((_, at) => from + at));
      expect(own.length).toBeGreaterThan(to - from - UNSTORED_CHUNKS);
    }
    expect(before).toMatchObject({ gap: 0 });
    expect(after).toMatchObject({ finished: true, left: 'emptied', gap: 0, buffered: 0 });
    expect(after!['capturedMs']).toBe(numbers.length * 20);
    expect(app.gaps).toEqual([]);
  });

  it('records with nobody to send to, is killed, and the next one delivers it', async () => {
    const nowhere = 'ws://127.0.0.1:9';
    const to = await recordUntilKilled(nowhere, 0, 200);

    const [before, after] = await deliver();

    const numbers = heard();
    expect(numbers).toEqual(numbers.map((_, at) => at));
    expect(numbers.length).toBeGreaterThan(to - UNSTORED_CHUNKS);
    expect(before!['heldMs']).toBe(numbers.length * 20);
    expect(after).toMatchObject({ finished: true, left: 'emptied', gap: 0 });
  });
});
