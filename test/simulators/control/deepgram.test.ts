/** Every fault of the local Deepgram, asked for over its endpoint and seen on the wire. */
import { afterEach, describe, expect, it } from 'vitest';

import { DOCUMENTED_CLOSES } from '../../../src/simulators/deepgram/faults.ts';
import { startDeepgramSimulator } from '../../../src/simulators/deepgram/simulator.ts';
import type { DeepgramSimulator } from '../../../src/simulators/deepgram/simulator.ts';
import { ManualClock, QUERY, ScriptedRecogniser, connect, refused } from '../deepgram-support.ts';
import { asked, listed, pongsTake } from './support.ts';

const LISTEN = { path: '/v1/listen', query: `${QUERY}&interim_results=true` };
const FLUX_QUERY = 'model=flux-general-en&encoding=linear16&sample_rate=16000';
const FLUX = { path: '/v2/listen', query: FLUX_QUERY };
const SECOND = Buffer.alloc(32_000);
const HEARD = 'one two three four';
const happened: string[] = [];
let server: DeepgramSimulator;
let recogniser: ScriptedRecogniser;
let clock: ManualClock;

async function start(): Promise<void> {
  recogniser = new ScriptedRecogniser();
  clock = new ManualClock();
  server = await startDeepgramSimulator({
    recogniser,
    clock,
    onFault: ({ fault, text }) => happened.push(`${fault}: ${text}`),
  });
}

afterEach(async () => {
  await server.close();
  happened.length = 0;
});

/** For each: what is asked for, and what a client sees of it. */
const effects: Readonly<Record<string, () => Promise<void>>> = {
  close: async () => {
    const listening = await connect(server.url, LISTEN);
    const flux = await connect(server.url, FLUX);

    const named = await asked(server.url, { fault: 'close', as: 'NET-0001', on: 'flux' });
    const coded = await asked(server.url, { fault: 'close', as: 4_000, reason: 'why' });

    expect([named.body.struck, coded.body.struck]).toEqual([1, 1]);
    expect(await flux.ended).toEqual(DOCUMENTED_CLOSES['NET-0001']);
    expect(await listening.ended).toEqual({ code: 4_000, reason: 'why' });
    expect(happened).toEqual(['close: closed with NET-0001', 'close: closed with 4000']);
  },
  cut: async () => {
    const client = await connect(server.url, LISTEN);

    await asked(server.url, { fault: 'cut' });

    expect((await client.ended).code).toBe(1_006);
  },
  error: async () => {
    const client = await connect(server.url, FLUX);

    await asked(server.url, { fault: 'error', code: 'UNPARSABLE_CLIENT_MESSAGE' });

    expect(await client.message('Error')).toMatchObject({ code: 'UNPARSABLE_CLIENT_MESSAGE' });
    expect((await client.ended).code).toBe(1_008);
  },
  say: async () => {
    const client = await connect(server.url, LISTEN);

    await asked(server.url, { fault: 'say', frame: '{"type":"Other"}' });
    await asked(server.url, { fault: 'say' });

    await client.message('XNewType');
    expect(client.messages[0]).toEqual({ type: 'Other' });
    client.socket.terminate();
  },
  'lose-messages': async () => {
    const client = await connect(server.url, FLUX);

    await asked(server.url, { fault: 'loseMessages', count: 3 });
    recogniser.say({ kind: 'interim', endSample: 1_600, text: 'one' });

    const [connected, next] = [
      await client.message('Connected'),
      await client.message('TurnInfo'),
    ].map((message) => message['sequence_id'] as number);
    expect((next ?? 0) - (connected ?? 0)).toBe(4);
    client.socket.terminate();
  },
  http: async () => {
    const receipt = await asked(server.url, { fault: 'http-429', retryAfterMs: 1_500, times: 2 });

    const refusals = [await refused(server.url, LISTEN), await refused(server.url, FLUX)];
    const third = await connect(server.url, LISTEN);

    expect(receipt.body.asked).toMatchObject({ fault: 'http', status: 429, times: 2 });
    expect(refusals.map(({ status, headers }) => [status, headers['retry-after']])).toEqual([
      [429, '2'],
      [429, '2'],
    ]);
    expect(happened).toEqual(['http: refused with 429', 'http: refused with 429']);
    third.socket.terminate();
  },
  'late-finalize': async () => {
    const before = await connect(server.url, LISTEN);

    await asked(server.url, { fault: 'late-finalize', delayMs: 2_000 });
    const after = await connect(server.url, LISTEN);

    for (const client of [before, after]) {
      client.socket.send(SECOND);
      client.socket.send('{"type":"Finalize"}');
      await client.settle();
      clock.advance(1_999);
      await client.settle();
      const early = client.messages.length;
      clock.advance(1);
      expect(await client.message('Results')).toMatchObject({ from_finalize: true });
      expect(early).toBe(0);
      client.socket.terminate();
    }
  },
  'shrinking-interims': async () => {
    const client = await connect(server.url, LISTEN);

    await asked(server.url, { fault: 'shrinkingInterims', ratio: 1 });
    recogniser.say({ kind: 'interim', endSample: 1_600, text: HEARD });

    const { channel } = await client.message('Results');
    expect(['one two', 'uh two three four']).toContain(channel.alternatives[0].transcript);
    client.socket.terminate();
  },
  'unknown-fields': async () => {
    const client = await connect(server.url, LISTEN);

    await asked(server.url, { fault: 'unknown-fields', ratio: 1 });
    recogniser.say({ kind: 'final', endSample: 1_600, text: HEARD });

    expect(await client.message('Results')).toHaveProperty('x_new_field');
    expect(client.messages[0]).toMatchObject({ type: 'XNewType' });
    client.socket.terminate();
  },
  'slow-pongs': async () => {
    const client = await connect(server.url, LISTEN);

    await asked(server.url, { fault: 'slow-pongs', delayMs: 2_000 });

    const settle = () => asked(server.url, { fault: 'say' });
    expect(await pongsTake(2_000, client.socket, clock, settle)).toBe(true);
    client.socket.terminate();
  },
};

describe('deepgram simulator, asked over its endpoint', () => {
  it('knows these faults and no other', async () => {
    await start();

    expect([...(await listed(server.url))].sort()).toEqual(Object.keys(effects).sort());
  });

  it.each(Object.entries(effects))('lets this befall its clients: %s', async (_fault, see) => {
    await start();

    await see();
  });
});
