import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import type { Client } from './deepgram-support.ts';
import { ManualClock, ScriptedRecogniser, connect } from './deepgram-support.ts';

const SECOND = Buffer.alloc(32_000);
const KEEP_ALIVE = '{"type":"KeepAlive"}';

let clock: ManualClock;
let recogniser: ScriptedRecogniser;
let server: DeepgramSimulator;
let client: Client;

beforeEach(async () => {
  clock = new ManualClock();
  recogniser = new ScriptedRecogniser();
  server = await startDeepgramSimulator({ recogniser, clock });
});
afterEach(async () => {
  client.socket.terminate();
  await server.close();
  expect(clock.pendingTimers).toBe(0);
  expect(recogniser.streams.every((stream) => stream.isClosed)).toBe(true);
});

describe('deepgram simulator: silence', () => {
  it('ends a socket that is silent for 10 s: the summary, 25 ms, then 1011 with the real reason', async () => {
    await open();
    await send(SECOND);

    clock.advance(9_999);
    await client.settle();
    const before = client.messages.length;
    clock.advance(1);
    const metadata = await client.message('Metadata');
    await client.settle();
    const between = client.socket.readyState;
    clock.advance(25);

    expect(before).toBe(0);
    expect(metadata).toMatchObject({ duration: 1 });
    expect(between).toBe(client.socket.OPEN);
    expect(await client.ended).toEqual({
      code: 1011,
      reason:
        'Deepgram did not receive audio data or a text message within the timeout window. See https://dpgr.am/net0001',
    });
  });

  it('is held open by KeepAlive once audio has come', async () => {
    await open();
    await send(Buffer.alloc(2));

    for (let round = 0; round < 4; round += 1) {
      clock.advance(8_000);
      await send(KEEP_ALIVE);
    }

    expect(client.messages).toEqual([]);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('is not held open by KeepAlive before the first audio', async () => {
    await open();

    clock.advance(8_000);
    await send(KEEP_ALIVE);
    clock.advance(2_025);

    expect((await client.ended).code).toBe(1011);
    expect(client.messages).toMatchObject([{ type: 'Metadata', duration: 0 }]);
  });

  it('is not held open by pings', async () => {
    await open();
    await send(SECOND);

    clock.advance(8_000);
    await client.settle();
    clock.advance(2_025);

    expect((await client.ended).code).toBe(1011);
  });
});

async function open(): Promise<void> {
  client = await connect(server.url);
}

async function send(frame: Buffer | string): Promise<void> {
  client.socket.send(frame);
  await client.settle();
}
