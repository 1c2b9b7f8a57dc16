import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';

it('a stand-in answers any number of pings', async () => {
  const recogniser = createToneRecogniser();
  const server = await startDeepgramSimulator({ recogniser });
  const socket = new WebSocket(`${server.url}/v1/listen?encoding=linear16&sample_rate=16000`, {
    headers: { authorization: 'Token local' },
  });
  onTestFinished(async () => {
    socket.terminate();
    await server.close();
    await recogniser.close();
  });
  await once(socket, 'open');

  for (let pings = 0; pings < 2_000; pings += 1) {
    socket.ping();
    await once(socket, 'pong');
  }

  expect(socket.readyState).toBe(WebSocket.OPEN);
});
