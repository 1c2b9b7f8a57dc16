/** Clients that die once they were told to go: nobody can tell them from those that went elsewhere, and no loss is told that may be none. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { serving } from './serve-world.ts';
import { audioFrame, helloFacts } from '../../gateway/gateway-world.ts';
import { decodeFrame, encodeFrame } from '../../../src/protocol/frames.ts';
import type { DataFrame, ProtocolFrame } from '../../../src/protocol/types.ts';

const payload = new TextEncoder().encode('one');
const MESSAGE: DataFrame = { ...audioFrame(1, 1), channel: 0, codec: 'text', payload };

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tenuto-killed-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** Says a message, and dies when it is told to go: before it has acknowledged the answer. */
async function killedOnGoAway(port: number, onAnswered: () => void): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/session`, 'tenuto.v1');
  const take: Partial<Record<ProtocolFrame['type'] | 'unknown' | 'malformed', () => void>> = {
    welcome: () => {
      socket.send(encodeFrame(MESSAGE));
    },
    data: onAnswered,
    goAway: () => {
      socket.terminate();
    },
  };
  socket.on('open', () => {
    socket.send(encodeFrame({ type: 'hello', ...helloFacts(), app: 'echo' }));
  });
  socket.on('message', (data: Buffer) => take[decodeFrame(data).type]?.());
  await new Promise((resolve) => socket.on('close', resolve));
}

it.each([
  ['goes with the memory: it was told to go', 'memory', 0, { kept: 0, lost: 0 }],
  ['is kept in a directory, for the next process', 'file', 0, { kept: 1, lost: 0 }],
])('what a client had not acknowledged %s', async (_what, kind, exit, told) => {
  const store = kind === 'file' ? `file:${directory}` : kind;
  const gateway = serving({
    app: 'echo',
    store,
    drain: 4_000,
    drainTo: ['wss://elsewhere.example'],
  });
  const port = await gateway.port;

  await killedOnGoAway(port, () => gateway.stop());

  expect(await gateway.ended).toBe(exit);
  const summary = { type: 'summary', drained: exit === 0, unwritten: 0, ...told };
  expect(JSON.parse(gateway.lines.at(-1) ?? '')).toMatchObject(summary);
});
