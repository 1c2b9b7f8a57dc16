import { expect, onTestFinished, test } from 'vitest';

import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import { startWhisperSimulator } from '../../src/simulators/whisper/simulator.ts';
import { SimulatedNetwork } from '../../src/simulators/network/simulated-network.ts';
import type { SocketEnd, SocketHandlers } from '../../src/ports/socket.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';

const LATENCY_MS = 20;
const KEY = { authorization: 'Bearer local' };

function world() {
  const clock = new VirtualClock();
  const network = new SimulatedNetwork({ clock, latencyMs: LATENCY_MS });
  const told: [atMs: number, what: string][] = [];
  const note = (what: string): void => void told.push([clock.nowMs(), what]);
  const ends: SocketEnd[] = [];
  const handlers: SocketHandlers = {
    onOpen: () => note('open'),
    onFrame: (frame) => note((JSON.parse(String(frame)) as { type: string }).type),
    onPong: () => note('pong'),
    onDrain: () => undefined,
    onEnd: (end) => {
      note(`end ${end.code}`);
      ends.push(end);
    },
  };
  return { clock, network, told, ends, handlers };
}

async function withOpenAi() {
  const { clock, network, ...rest } = world();
  const simulator = await startOpenAiSimulator({ network, clock });
  onTestFinished(async () => {
    await simulator.close();
    await clock.advanceAsync(120_000);
    expect([clock.pending, network.held]).toEqual([0, 0]);
  });
  const dial = (headers: Readonly<Record<string, string>> = KEY) => {
    const url = `${simulator.baseUrl}/realtime?model=gpt-realtime`;
    return network.dial({ url, headers, timeoutMs: 1_000 }, rest.handlers);
  };
  return { clock, network, simulator, dial, ...rest };
}

test('a server is dialled, and answers, each way in its time', async () => {
  const { clock, dial, told } = await withOpenAi();

  const socket = dial();
  await clock.advanceAsync(3 * LATENCY_MS);
  socket.ping();
  await clock.advanceAsync(2 * LATENCY_MS);

  expect(told).toEqual([
    [40, 'open'],
    [40, 'session.created'],
    [100, 'pong'],
  ]);
});

test('a refusal comes with its status', async () => {
  const { clock, dial, ends, simulator } = await withOpenAi();
  simulator.inject({ kind: 'refuse', answer: { status: 503, body: 'busy' } });

  dial();
  await clock.advanceAsync(100);

  expect(ends).toMatchObject([{ kind: 'refused', status: 503, body: 'busy' }]);
});

test('nobody listens on a port that was freed', async () => {
  const { clock, dial, ends, simulator } = await withOpenAi();
  await simulator.close();

  dial();
  await clock.advanceAsync(100);

  expect(ends).toMatchObject([{ kind: 'refused', errorCode: 'ECONNREFUSED' }]);
});

test.each([
  [
    'closes',
    1000,
    (socket: { close(code: number, reason: string): void }) => socket.close(1000, ''),
  ],
  ['lets go', 1006, (socket: { terminate(): void }) => socket.terminate()],
])('a server hears of a client that %s', async (_name, code, leave) => {
  const { clock, dial, simulator } = await withOpenAi();
  const socket = dial();
  await clock.advanceAsync(100);

  leave(socket);
  await clock.advanceAsync(LATENCY_MS);

  expect(simulator.stats).toMatchObject({ connectionsOpen: 0, closesByCode: { [code]: 1 } });
});

test('a server that closes is told the code that it closed with', async () => {
  const { clock, dial, simulator, told } = await withOpenAi();
  dial();
  await clock.advanceAsync(100);

  simulator.inject({ kind: 'end', how: 'normal' });
  await clock.advanceAsync(2 * LATENCY_MS);

  expect(told.at(-1)).toEqual([120, 'end 1000']);
  expect(simulator.stats.closesByCode).toEqual({ 1000: 1 });
});

test('a server believes in a half-open socket for a minute after its client is gone', async () => {
  const { clock, network, dial, simulator } = await withOpenAi();
  const socket = dial();
  await clock.advanceAsync(100);

  network.memory.halfOpen();
  socket.terminate();
  await clock.advanceAsync(59_999);
  const before = simulator.stats.connectionsOpen;
  await clock.advanceAsync(1);

  expect([before, simulator.stats.connectionsOpen]).toEqual([1, 0]);
});

test('requests are answered over it, and broken by what breaks sockets', async () => {
  const { clock, network } = world();
  const recogniser = createToneRecogniser();
  const simulator = await startWhisperSimulator({ network, recogniser, clock });
  onTestFinished(() => Promise.all([simulator.close(), recogniser.close()]).then(() => undefined));
  const story: unknown[] = [];
  const ask = () =>
    network.http.send(
      { method: 'GET', url: `${simulator.url}/v1/models`, headers: KEY, timeoutMs: 1_000 },
      {
        onHead: (status) => story.push(status),
        onData: (bytes) => story.push(typeof JSON.parse(Buffer.from(bytes).toString())),
        onEnd: ({ kind, errorCode }) => story.push(errorCode ?? kind),
      },
    );

  ask();
  await clock.advanceAsync(200);
  ask();
  await clock.advanceAsync(30);
  network.memory.reset();
  ask();
  network.memory.stall();
  await clock.advanceAsync(1_000);

  expect(story).toEqual([200, 'object', 'complete', 'ECONNRESET', 'TIMEOUT']);
});
