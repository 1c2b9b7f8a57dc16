/** Every fault of the local OpenAI Realtime, asked for over its endpoint and seen on the wire. */
import { afterEach, describe, expect, it } from 'vitest';

import { startOpenAiSimulator } from '../../../src/simulators/openai-realtime/simulator.ts';
import type { OpenAiSimulator } from '../../../src/simulators/openai-realtime/simulator.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { configured, connect, message, spoken } from '../openai-realtime-support.ts';
import { asked, listed, pongsTake } from './support.ts';

const COMPLETED = 'conversation.item.input_audio_transcription.completed';
const FAILED = 'conversation.item.input_audio_transcription.failed';
const BY_HAND = {
  audio: { input: { transcription: { model: 'whisper-1' }, turn_detection: null } },
};
let simulator: OpenAiSimulator;
let clock: VirtualClock;

async function start(): Promise<void> {
  clock = new VirtualClock();
  simulator = await startOpenAiSimulator({ clock, hint: () => 'hello' });
}

afterEach(() => simulator.close());

const ask = (request: object) => asked(simulator.baseUrl, request);

/** A turn that was said, and is in the conversation. */
async function said() {
  const client = await configured(simulator.baseUrl, BY_HAND);
  client.append(spoken('hello'));
  client.send({ type: 'input_audio_buffer.commit' });
  await client.next('conversation.item.done');
  return client;
}

/** For each: what is asked for, and what a client sees of it. */
const effects: Readonly<Record<string, () => Promise<void>>> = {
  expire: async () => {
    const client = await configured(simulator.baseUrl);
    await ask({ fault: 'expire', by: 'event' });
    const event = await client.next('error');
    await client.settle();

    await ask({ fault: 'expire' });

    expect(event).toMatchObject({ error: { code: 'session_expired' } });
    expect((await client.ended).code).toBe(1_001);
  },
  close: async () => {
    const [first, second] = [await connect(simulator.baseUrl), await connect(simulator.baseUrl)];

    const receipt = await ask({ fault: 'close', as: 1_013, reason: 'later' });

    expect(receipt.body).toMatchObject({ struck: 2, asked: { fault: 'close', as: 1_013 } });
    expect(await first.ended).toEqual({ code: 1_013, reason: 'later' });
    expect(await second.ended).toEqual({ code: 1_013, reason: 'later' });
  },
  cut: async () => {
    const client = await connect(simulator.baseUrl);

    await ask({ fault: 'cut' });

    expect((await client.ended).code).toBe(1_006);
  },
  http: async () => {
    await ask({ fault: 'http', status: 500 });

    await expect(connect(simulator.baseUrl)).rejects.toThrow('500');
    const client = await connect(simulator.baseUrl);

    await client.next('session.created');
  },
  reject: async () => {
    await ask({ fault: 'reject' });

    const client = await connect(simulator.baseUrl);

    expect(await client.next('error')).toMatchObject({ error: { code: 'insufficient_quota' } });
    await client.ended;
    expect(client.types).not.toContain('session.created');
  },
  'fail-reply': async () => {
    const client = await configured(simulator.baseUrl);

    await ask({ fault: 'fail-reply', retryAfterMs: 1_500 });
    client.send({ type: 'response.create' });
    const { response } = await client.next('response.done');

    expect(response).toMatchObject({ status: 'failed' });
    expect(response.status_details.error).toMatchObject({ code: 'rate_limit_exceeded' });
    expect(response.status_details.error.message).toContain('try again in 1.5s');
  },
  'refuse-update': async () => {
    await ask({ fault: 'refuse-update' });
    const client = await connect(simulator.baseUrl);

    client.send({ type: 'session.update', session: { type: 'realtime' } });

    expect(await client.next('error')).toMatchObject({ error: { param: 'session' } });
  },
  'refuse-item': async () => {
    const client = await configured(simulator.baseUrl);

    await ask({ fault: 'refuse-item', times: 2 });
    for (const id of ['a', 'b', 'c']) client.send(message(id, 'user', 'Hello'));
    const { item } = await client.next('conversation.item.done');

    expect(client.types.filter((type) => type === 'error')).toHaveLength(2);
    expect(item.id).toBe('c');
  },
  'fail-transcription': async () => {
    await ask({ fault: 'fail-transcription' });

    const client = await said();

    await client.next(FAILED);
  },
  'late-transcription': async () => {
    await ask({ fault: 'late-transcription', delayMs: 2_000 });

    const client = await said();
    await client.settle();
    clock.advance(1_999);
    await client.settle();
    const early = client.types.includes(COMPLETED);
    clock.advance(1);
    await client.next(COMPLETED);

    expect(early).toBe(false);
  },
  'unknown-fields': async () => {
    await ask({ fault: 'unknown-fields', ratio: 1 });

    const client = await connect(simulator.baseUrl);

    expect(await client.next('session.created')).toHaveProperty('obfuscation');
    expect(client.messages).toHaveLength(2);
  },
  'slow-pongs': async () => {
    const client = await configured(simulator.baseUrl);

    await ask({ fault: 'slow-pongs', delayMs: 3_000 });

    let items = 0;
    const settle = async () => {
      client.send(message(`item_${(items += 1)}`, 'user', 'Hello'));
      await client.next('conversation.item.done');
    };
    expect(await pongsTake(3_000, client.socket, clock, settle)).toBe(true);
    client.socket.terminate();
  },
};

describe('openai simulator, asked over its endpoint', () => {
  it('knows these faults and no other', async () => {
    await start();

    expect([...(await listed(simulator.baseUrl))].sort()).toEqual(Object.keys(effects).sort());
  });

  it.each(Object.entries(effects))('lets this befall its clients: %s', async (_fault, see) => {
    await start();

    await see();
  });
});
