/** The local OpenAI Realtime server ends when its time has come, and fails when it is told to. */
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';

import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import type {
  OpenAiSimulator,
  OpenAiSimulatorOptions,
} from '../../src/simulators/openai-realtime/simulator.ts';
import { ENDINGS } from '../../src/simulators/openai-realtime/frames.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { configured, connect, message, spoken } from './openai-realtime-support.ts';

let simulator: OpenAiSimulator;

afterEach(async () => {
  await simulator.close();
});

async function start(options: OpenAiSimulatorOptions = {}): Promise<void> {
  simulator = await startOpenAiSimulator({ replySpeedRatio: 1_000, ...options });
}

describe('time', () => {
  it('brings a ping every 20 s', async () => {
    const clock = new VirtualClock();
    await start({ clock });
    const client = await connect(simulator.baseUrl);
    await client.next('session.created');

    const pinged = once(client.socket, 'ping');
    clock.advance(20_000);
    const [payload] = (await pinged) as [Buffer];

    expect(payload).toHaveLength(4);
  });

  it.each([
    ['both', true, 1_001],
    ['close', false, 1_001],
    ['event', true, null],
  ] as const)('ends a session by %s', async (expiresBy, hasEvent, code) => {
    const clock = new VirtualClock();
    await start({ clock, sessionMs: 5_000, expiresBy });
    const client = await connect(simulator.baseUrl);
    await client.next('session.created');

    clock.advance(4_999);
    await client.settle();
    const before = client.messages.length;
    clock.advance(1);

    if (hasEvent) {
      expect(await client.next('error')).toMatchObject({ error: { code: 'session_expired' } });
    }
    if (code !== null) expect((await client.ended).code).toBe(code);
    expect(before).toBe(1);
  });
});

describe('faults', () => {
  it('refuse an upgrade over HTTP, and only as often as told', async () => {
    await start();
    const answer = { status: 429, headers: { 'retry-after': '2' }, body: '{}' };
    simulator.inject({ kind: 'refuse', answer });

    await expect(connect(simulator.baseUrl)).rejects.toThrow('429');
    const client = await connect(simulator.baseUrl);

    await client.next('session.created');
    expect(simulator.stats.refusedByStatus).toEqual({ 429: 1 });
  });

  it('fail a reply by the limit of tokens, and leave the session', async () => {
    await start();
    const client = await configured(simulator.baseUrl);
    simulator.inject({ kind: 'failReply', retryAfterMs: 1_500 });

    client.send({ type: 'response.create' });
    const { response } = await client.next('response.done');

    expect(response).toMatchObject({
      status: 'failed',
      status_details: { error: { code: 'rate_limit_exceeded' } },
    });
    expect(response['status_details'].error.message).toContain('try again in 1.5s');
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it.each(Object.keys(ENDINGS) as readonly (keyof typeof ENDINGS)[])(
    'end a session that stands, or the next one: %s',
    async (how) => {
      await start();
      const client = await configured(simulator.baseUrl);
      const { close, error } = ENDINGS[how] as { close?: { code: number }; error?: object };

      simulator.inject({ kind: 'end', how });
      simulator.inject({ kind: 'reject', how });
      const next = await connect(simulator.baseUrl);

      for (const one of [client, next]) {
        if (error !== undefined) expect(await one.next('error')).toMatchObject({ error });
        if (close !== undefined) expect((await one.ended).code).toBe(close.code);
      }
      expect(next.types).not.toContain('session.created');
    },
  );

  it('put unknown events and fields among the others', async () => {
    await start({ random: seededRandom(3) });
    simulator.inject({ kind: 'oddities', ratio: 0.5 });

    const client = await configured(simulator.baseUrl, { output_modalities: ['text'] });
    client.send(message('a', 'user', 'Hello'));
    client.send({ type: 'response.create' });
    await client.next('response.done');

    expect(client.messages.some(({ phase }) => phase === 'final_answer')).toBe(true);
    expect(client.types.length).toBeGreaterThan(new Set(client.types).size);
  });

  it('tell a transcription late, or that there is none', async () => {
    const clock = new VirtualClock();
    await start({ clock, hint: () => 'hello' });
    const client = await configured(simulator.baseUrl, {
      audio: { input: { transcription: { model: 'whisper-1' }, turn_detection: null } },
    });
    simulator.inject({ kind: 'lateTranscription', delayMs: 3_000 });

    client.append(spoken('hello'));
    client.send({ type: 'input_audio_buffer.commit' });
    await client.next('conversation.item.done');
    await client.settle();
    clock.advance(2_999);
    await client.settle();
    const before = client.types.includes('conversation.item.input_audio_transcription.completed');
    clock.advance(1);
    await client.next('conversation.item.input_audio_transcription.completed');
    simulator.inject({ kind: 'failTranscription' });
    client.append(spoken('hello'));
    client.send({ type: 'input_audio_buffer.commit' });

    await client.next('conversation.item.input_audio_transcription.failed');
    expect(before).toBe(false);
  });
});

describe('closing', () => {
  it('leaves no timer and no socket', async () => {
    const clock = new VirtualClock();
    await start({ clock });
    const client = await configured(simulator.baseUrl);
    client.send({ type: 'response.create' });
    await client.settle();

    await simulator.close();

    await client.ended;
    expect(clock.pending).toBe(0);
    expect(simulator.sessions).toEqual([]);
  });
});
