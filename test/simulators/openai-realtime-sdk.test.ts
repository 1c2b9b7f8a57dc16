/** The vendor's own clients take the local server for the real one. */
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import {
  OpenAIRealtimeWebSocket,
  RealtimeAgent,
  RealtimeSession,
  tool,
} from '@openai/agents-realtime';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import type { OpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';
import { spoken } from './openai-realtime-support.ts';

let simulator: OpenAiSimulator;

afterEach(async () => {
  await simulator.close();
});

const WEATHER = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather in a city.',
  parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
} as const;

describe('openai, over TLS', () => {
  it('holds a conversation in which a tool is called', async () => {
    simulator = await startOpenAiSimulator({
      apiKeys: ['sk-test'],
      tls: true,
      replySpeedRatio: 100,
    });
    const client = new OpenAI({ apiKey: 'sk-test', baseURL: simulator.httpUrl });
    const rt = new OpenAIRealtimeWS(
      { model: 'gpt-realtime', options: { rejectUnauthorized: false } },
      client,
    );
    const errors: unknown[] = [];
    rt.on('error', (error) => errors.push(error));
    const answer = new Promise<string>((resolve, reject) => {
      rt.socket.on('close', () => reject(new Error(`closed: ${JSON.stringify(errors)}`)));
      rt.on('session.created', () => {
        rt.send({
          type: 'session.update',
          session: { type: 'realtime', instructions: 'Be brief.', tools: [WEATHER] },
        });
      });
      rt.on('session.updated', () => {
        const content = [{ type: 'input_text' as const, text: 'How is the weather?' }];
        const item = { type: 'message' as const, role: 'user' as const, content };
        rt.send({ type: 'conversation.item.create', item });
        rt.send({ type: 'response.create' });
      });
      rt.on('response.function_call_arguments.done', ({ call_id: callId }) => {
        const item = { type: 'function_call_output', call_id: callId, output: 'sunny' } as const;
        rt.send({ type: 'conversation.item.create', item });
      });
      rt.on('response.done', ({ response }) => {
        const [item] = response.output ?? [];
        if (item?.type === 'function_call') rt.send({ type: 'response.create' });
      });
      rt.on('response.output_audio_transcript.done', ({ transcript }) => resolve(transcript));
    });

    const said = await answer;

    rt.socket.removeAllListeners('close');
    rt.close();
    expect(said).toBe('The answer is sunny.');
    expect(errors).toEqual([]);
  });

  it('is told of a bad key by an error, and closed', async () => {
    simulator = await startOpenAiSimulator({ apiKeys: ['sk-test'], tls: true });
    const client = new OpenAI({ apiKey: 'sk-wrong', baseURL: simulator.httpUrl });

    const rt = new OpenAIRealtimeWS(
      { model: 'gpt-realtime', options: { rejectUnauthorized: false } },
      client,
    );
    const codes: unknown[] = [];
    rt.on('error', (error) => codes.push(error.error?.code));
    const closed = await new Promise((resolve) => {
      rt.socket.on('close', (code, reason) => resolve(`${code} ${String(reason)}`));
    });

    expect(codes).toContain('invalid_api_key');
    expect(closed).toBe('3000 invalid_request_error.invalid_api_key');
  });
});

describe('@openai/agents-realtime, over a plain socket', () => {
  it('holds a spoken conversation in which a tool is called', async () => {
    simulator = await startOpenAiSimulator({
      apiKeys: ['sk-test'],
      replySpeedRatio: 100,
      recogniser: createToneRecogniser(),
    });
    const asked: unknown[] = [];
    const getWeather = tool({
      name: 'get_weather',
      description: 'The weather.',
      parameters: z.object({ query: z.string() }),
      execute: ({ query }) => {
        asked.push(query);
        return 'sunny';
      },
    });
    const agent = new RealtimeAgent({ name: 'a', instructions: 'Be brief.', tools: [getWeather] });
    const url = `${simulator.baseUrl}/realtime?model=gpt-realtime`;
    const session = new RealtimeSession(agent, {
      transport: new OpenAIRealtimeWebSocket({ url }),
      model: 'gpt-realtime',
    });
    const errors: unknown[] = [];
    session.on('error', (error) => errors.push(error));
    let audioBytes = 0;
    session.on('audio', ({ data }) => (audioBytes += data.byteLength));
    const said = new Promise<string>((resolve) => {
      session.on('agent_end', (_context, _agent, output) => {
        if (output !== '') resolve(output);
      });
    });

    await session.connect({ apiKey: 'sk-test' });
    const pcm = spoken('how is the weather', 1_000);
    session.sendAudio(pcm.buffer as ArrayBuffer);
    const answer = await said;
    session.close();

    expect(answer).toBe('The answer is sunny.');
    expect(asked).toEqual(['how is the weather']);
    expect(audioBytes).toBeGreaterThan(24_000);
    expect(errors).toEqual([]);
  });

  it('is interrupted by its user, tells how much was heard, and answers again', async () => {
    const hints = ['tell me a story', 'stop'];
    simulator = await startOpenAiSimulator({
      apiKeys: ['sk-test'],
      replySpeedRatio: 2,
      hint: (turn) => hints[turn] ?? '',
      mind: (turns) => {
        const isLong = turns.filter(({ role }) => role === 'user').length === 1;
        return { text: isLong ? 'once upon a time '.repeat(20) : 'Yes.', toolCall: null };
      },
    });
    const transport = new OpenAIRealtimeWebSocket({
      url: `${simulator.baseUrl}/realtime?model=gpt-realtime`,
    });
    const agent = new RealtimeAgent({ name: 'a', instructions: 'Be brief.' });
    const session = new RealtimeSession(agent, { transport, model: 'gpt-realtime' });
    const errors: unknown[] = [];
    session.on('error', (error) => errors.push(error));
    const truncated = new Promise<Record<string, unknown>>((resolve) => {
      transport.on('*', (event) => {
        if (event.type === 'conversation.item.truncated') resolve(event);
      });
    });
    const heard = new Promise<void>((resolve) => session.once('audio', () => resolve()));
    const interrupted = new Promise<void>((resolve) =>
      session.once('audio_interrupted', () => resolve()),
    );
    const answered = new Promise<string>((resolve) => {
      session.on('agent_end', (_context, _agent, output) => {
        if (output === 'Yes.') resolve(output);
      });
    });

    await session.connect({ apiKey: 'sk-test' });
    session.sendAudio(spoken('tell me a story', 1_000).buffer as ArrayBuffer);
    await heard;
    session.sendAudio(spoken('stop now please', 1_000).buffer as ArrayBuffer);
    await interrupted;
    const { audio_end_ms: endMs, item_id: itemId } = await truncated;
    const answer = await answered;
    const [held] = simulator.sessions;
    session.close();

    expect(answer).toBe('Yes.');
    expect(endMs).toBeGreaterThanOrEqual(0);
    expect(held?.items.find(({ id }) => id === itemId)?.content).toEqual([
      { type: 'output_audio' },
    ]);
    expect(errors).toEqual([]);
  });
});
