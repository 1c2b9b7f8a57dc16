/** Libraries that take a WebSocket, or a class of them, take this one for it: against the stand-ins of their services. */
import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession } from '@openai/agents-realtime';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { ResumableWebSocket } from '../../src/resumable-websocket/websocket.node.ts';
import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import type { OpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';

let simulator: OpenAiSimulator | null = null;

afterEach(async () => {
  vi.unstubAllGlobals();
  await simulator?.close();
  simulator = null;
});

describe('@openai/agents-realtime over a resumable WebSocket', () => {
  it('holds a conversation', async () => {
    simulator = await startOpenAiSimulator({ apiKeys: ['sk-test'], replySpeedRatio: 100 });
    const url = `${simulator.baseUrl}/realtime?model=gpt-realtime`;
    const transport = new OpenAIRealtimeWebSocket({
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
