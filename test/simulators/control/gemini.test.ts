/** Every fault of the local Gemini, asked for over its endpoint and seen on the wire. */
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';

import { LIVE_CLOSES } from '../../../src/simulators/gemini/wire.ts';
import type { GeminiSimulator } from '../../../src/simulators/gemini/simulator.ts';
import type { VirtualClock } from '../../support/virtual-clock.ts';
import { MODEL, closeAll, dial, setUp, start } from '../gemini-support.ts';
import { asked, listed, pongsTake } from './support.ts';

const TYPED = { clientContent: { turns: [{ role: 'user', parts: [{ text: 'hi' }] }] } };
const RESUMABLE = { sessionResumption: {} };
let simulator: GeminiSimulator;
let clock: VirtualClock;

afterEach(closeAll);

const settled = async (client: ReturnType<typeof dial>): Promise<void> => {
  client.socket.ping();
  await once(client.socket, 'pong');
};

/** For each: what is asked for, and what a client sees of it. */
const effects: Readonly<Record<string, () => Promise<void>>> = {
  'go-away': async () => {
    const client = await setUp(simulator.url);

    await asked(simulator.url, { fault: 'goAway', leadMs: 5_000 });
    const told = await client.until((message) => message['goAway']);
    clock.advance(5_000);

    expect(told['goAway']).toEqual({ timeLeft: '5s' });
    expect(await client.ended).toEqual(LIVE_CLOSES.aborted);
  },
  close: async () => {
    const client = await setUp(simulator.url);

    await asked(simulator.url, { fault: 'close', as: 'session-not-found' });

    expect(await client.ended).toEqual(LIVE_CLOSES.sessionNotFound);
  },
  cut: async () => {
    const client = await setUp(simulator.url);

    await asked(simulator.url, { fault: 'cut' });

    expect((await client.ended).code).toBe(1_006);
  },
  http: async () => {
    const models = new URL('/v1beta/models?key=local', simulator.httpUrl);
    await asked(simulator.url, { fault: 'http', status: 503, on: 'live' });
    await asked(simulator.url, { fault: 'http', status: 429, retryAfterMs: 7_000 });

    const refusal = await fetch(models);
    const served = await fetch(models);

    expect([refusal.status, served.status]).toEqual([429, 200]);
    expect(await refusal.text()).toContain('"retryDelay":"7s"');
    await expect(dial(simulator.url).opened).rejects.toThrow('503');
  },
  'refuse-setup': async () => {
    await asked(simulator.url, { fault: 'refuse-setup', as: 'contextExhausted' });
    const client = dial(simulator.url);
    await client.opened;

    client.send({ setup: { model: MODEL } });

    expect(await client.ended).toEqual(LIVE_CLOSES.contextExhausted);
    await setUp(simulator.url);
  },
  'break-off': async () => {
    await asked(simulator.url, { fault: 'break-off', pieces: 1 });

    const response = await fetch(
      `${simulator.httpUrl}/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse`,
      {
        method: 'POST',
        headers: { 'x-goog-api-key': 'local', 'content-type': 'application/json' },
        body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'one two three' }] }] }),
      },
    );

    const pieces: string[] = [];
    const read = async () => {
      const decoder = new TextDecoder();
      for await (const piece of response.body ?? []) pieces.push(decoder.decode(piece));
    };
    await expect(read()).rejects.toThrow();
    expect(pieces.join('')).toContain('You said:');
    expect(pieces.join('')).not.toContain('STOP');
  },
  'quota-after-setup': async () => {
    await asked(simulator.url, { fault: 'quota-after-setup' });

    const client = await setUp(simulator.url);
    clock.advance(800);

    expect(await client.ended).toEqual(LIVE_CLOSES.quotaExceeded);
  },
  'forget-handles': async () => {
    const client = await setUp(simulator.url, RESUMABLE);
    client.send(TYPED);
    const update = await client.until((message) => message['sessionResumptionUpdate']?.newHandle);
    const handle = update['sessionResumptionUpdate'].newHandle as string;
    client.socket.close();
    await client.ended;

    await asked(simulator.url, { fault: 'forget-handles' });
    const next = dial(simulator.url);
    await next.opened;
    next.send({ setup: { model: MODEL, sessionResumption: { handle } } });

    expect(await next.ended).toEqual(LIVE_CLOSES.sessionNotFound);
  },
  'silence-after-go-away': async () => {
    const client = await setUp(simulator.url, RESUMABLE);

    await asked(simulator.url, { fault: 'silence-after-go-away' });
    await asked(simulator.url, { fault: 'go-away' });
    await client.until((message) => message['goAway']);
    const before = client.messages.length;
    client.send(TYPED); // who is not silent answers it with a handle
    await settled(client);

    expect(client.messages.length).toBe(before);
  },
  'binary-frames': async () => {
    await asked(simulator.url, { fault: 'binary-frames' });
    const client = dial(simulator.url);
    await client.opened;

    client.send({ setup: { model: MODEL } });
    const [, isBinary] = (await once(client.socket, 'message')) as [Buffer, boolean];

    expect(isBinary).toBe(true);
  },
  'merged-members': async () => {
    const client = await setUp(simulator.url, {
      generationConfig: { responseModalities: ['TEXT'] },
    });

    await asked(simulator.url, { fault: 'merged-members' });
    client.send({ realtimeInput: { text: 'hi' } });
    await settled(client);
    clock.advance(10_000);
    const { serverContent } = await client.until(
      (message) => message['serverContent']?.turnComplete,
    );

    expect(serverContent).toEqual({ generationComplete: true, turnComplete: true });
  },
  'unknown-fields': async () => {
    await asked(simulator.url, { fault: 'unknown-fields', ratio: 1 });

    const client = await setUp(simulator.url);

    expect(client.messages.at(-1)).toHaveProperty('unknownMember');
    expect(client.messages.length).toBe(2);
  },
  'slow-pongs': async () => {
    const client = await setUp(simulator.url, RESUMABLE);

    await asked(simulator.url, { fault: 'slow-pongs', delayMs: 9_000 });

    const settle = async () => {
      const answered = once(client.socket, 'message');
      client.send(TYPED);
      await answered;
    };
    expect(await pongsTake(9_000, client.socket, clock, settle)).toBe(true);
  },
};

describe('gemini simulator, asked over its endpoint', () => {
  it('knows these faults and no other', async () => {
    ({ simulator, clock } = await start());

    expect([...(await listed(simulator.url))].sort()).toEqual(Object.keys(effects).sort());
  });

  it.each(Object.entries(effects))('lets this befall its clients: %s', async (_fault, see) => {
    ({ simulator, clock } = await start());

    await see();
  });
});
