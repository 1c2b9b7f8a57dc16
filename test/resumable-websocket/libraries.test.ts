/** Libraries that take a WebSocket, or a class of them, take this one for it: against the stand-ins of their services. */
import {
  OpenAIRealtimeWebSocket as AgentsWebSocket,
  RealtimeAgent,
  RealtimeSession,
} from '@openai/agents-realtime';
import OpenAI from 'openai';
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket';
import { WebSocket as PartyWebSocket } from 'partysocket';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';

import { numbered } from './told.ts';
import { createEchoApp } from '../../src/gateway/apps/echo.ts';
import { startGateway } from '../../src/gateway/server.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import { ResumableWebSocket } from '../../src/resumable-websocket/websocket.node.ts';
import { startFaultProxy } from '../../src/simulators/faults/proxy.ts';
import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import type { OpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

let simulator: OpenAiSimulator | null = null;

afterEach(async () => {
  vi.unstubAllGlobals();
  await simulator?.close();
  simulator = null;
});

/** As a platform's own: a library that knows no other takes it. Services are at wss:, stand-ins are not. */
class OfThePlatform extends ResumableWebSocket {
  constructor(url: string, protocols: readonly string[] = []) {
    super(url.replace(/^wss:/, 'ws:'), protocols);
  }
}

describe('openai over a resumable WebSocket in the place of the platform’s', () => {
  it('holds a conversation', async () => {
    simulator = await startOpenAiSimulator({ apiKeys: ['sk-test'], replySpeedRatio: 100 });
    vi.stubGlobal('WebSocket', OfThePlatform);
    const client = new OpenAI({ apiKey: 'sk-test', baseURL: simulator.baseUrl });
    const live = new OpenAIRealtimeWebSocket({ model: 'gpt-realtime' }, client);
    const done = new Promise((resolve, reject) => {
      live.on('response.done', resolve);
      live.on('error', reject);
    });

    await new Promise((resolve) => live.socket.addEventListener('open', resolve));
    live.send({
      type: 'session.update',
      session: { type: 'realtime', output_modalities: ['text'] },
    });
    live.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello?' }] },
    });
    live.send({ type: 'response.create' });
    const { response } = (await done) as { readonly response: { readonly status: string } };
    const closed = new Promise((resolve) => live.socket.addEventListener('close', resolve));
    live.close();
    await closed;

    expect(live.socket).toBeInstanceOf(ResumableWebSocket);
    expect(live.socket.protocol).toBe('realtime');
    expect(response.status).toBe('completed');
  });
});

describe('partysocket over a resumable WebSocket', () => {
  it('sees one connection, and each message once, whatever happens to sockets', async () => {
    const apps = new Map([['messages', createEchoApp()]]);
    const server = await startGateway({ store: createMemoryStore(), apps });
    onTestFinished(() => server.close());
    const clock = new VirtualClock();
    const proxy = await startFaultProxy({
      clock,
      targetPort: server.port,
      plan: { seed: null, faults: [{ kind: 'reset', atMs: 100 }] },
    });
    onTestFinished(() => proxy.close());
    const party = new PartyWebSocket(`${proxy.url}/v1/session`, [], {
      WebSocket: ResumableWebSocket,
      maxRetries: 0,
    });
    const types: string[] = [];
    const messages: unknown[] = [];
    for (const type of ['open', 'close', 'error'] as const) {
      party.addEventListener(type, () => types.push(type));
    }
    party.addEventListener('message', ({ data }) => messages.push(data));
    const echoed = (count: number) => vi.waitUntil(() => messages.length >= count);

    await new Promise((resolve) => party.addEventListener('open', resolve, { once: true }));
    for (const text of numbered(30)) party.send(text);
    await echoed(1); // else there is nothing to break yet
    clock.advance(1_000);
    for (const text of numbered(60).slice(30)) party.send(text);
    await echoed(60);
    const before = [...types];
    party.close();

    expect(proxy.faults()).not.toEqual([]);
    expect(messages).toEqual(numbered(60));
    expect(before).toEqual(['open']);
  });
});

describe('@openai/agents-realtime over a resumable WebSocket', () => {
  it('holds a conversation', async () => {
    simulator = await startOpenAiSimulator({ apiKeys: ['sk-test'], replySpeedRatio: 100 });
    const url = `${simulator.baseUrl}/realtime?model=gpt-realtime`;
    const transport = new AgentsWebSocket({
      url,
      createWebSocket: ({ apiKey }) =>
        Promise.resolve(
          new ResumableWebSocket(url, {
            mode: 'plain',
            maxRetries: 0,
            headers: { authorization: `Bearer ${apiKey}` },
          }) as never,
        ),
    });
    const agent = new RealtimeAgent({ name: 'Ada' });
    const session = new RealtimeSession(agent, { transport, model: 'gpt-realtime' });
    const done = new Promise((resolve) => transport.on('turn_done', resolve));

    await session.connect({ apiKey: 'sk-test' });
    session.sendMessage('Hello?');
    await done;
    session.close();

    expect(transport.status).toBe('disconnected');
  });
});
