import { expect, test } from 'vitest';

import { startWhisperSimulator } from '../../../src/simulators/whisper/simulator.ts';
import { createVoiceRecogniser } from '../../../src/simulation/services/recogniser.ts';
import { startOpenAiSimulator } from '../../../src/simulators/openai-realtime/simulator.ts';
import { startGeminiSimulator } from '../../../src/simulators/gemini/simulator.ts';
import { startDeepgramSimulator } from '../../../src/simulators/deepgram/simulator.ts';
import { SimulatedNetwork } from '../../../src/simulators/network/simulated-network.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';

const recogniser = createVoiceRecogniser();

test.each([
  ['Deepgram', startDeepgramSimulator, '/v1/listen?encoding=linear16&sample_rate=16000'],
  ['OpenAI Realtime', startOpenAiSimulator, '/v1/realtime?model=gpt-realtime'],
  [
    'Gemini Live',
    startGeminiSimulator,
    '/v1beta/models/any:streamGenerateContent?alt=sse&key=local',
  ],
  ['Whisper', startWhisperSimulator, '/v1/audio/transcriptions'],
] as const)('%s forgets what it was asked for and has not done', async (_name, start, path) => {
  const clock = new VirtualClock();
  const network = new SimulatedNetwork({ clock });
  const happened: string[] = [];
  const onFault = ({ text }: { readonly text: string }): void => void happened.push(text);
  const service = await start({ clock, network, recogniser, onFault });
  const url = `http://127.0.0.1:${service.port}${path}`;
  const visit = async (): Promise<void> => {
    const isSocket = !path.includes('stream') && !path.includes('transcriptions');
    const handlers = {
      onOpen: () => undefined,
      onFrame: () => undefined,
      onPong: () => undefined,
      onDrain: () => undefined,
      onEnd: () => undefined,
    };
    const http = { onHead: () => undefined, onData: () => undefined, onEnd: () => undefined };
    const headers = {
      authorization: path.startsWith('/v1/listen') ? 'Token local' : 'Bearer local',
    };
    if (isSocket) {
      network.dial({ url: url.replace('http', 'ws'), headers, timeoutMs: 1_000 }, handlers);
    } else network.http.send({ method: 'POST', url, headers, timeoutMs: 1_000 }, http);
    await clock.advanceAsync(2_000);
  };

  service.ask({ fault: 'http', status: 503, times: 2 });
  await visit();
  service.callOff();
  await visit();

  expect(happened).toEqual(['refused with 503']);
  await service.close();
});
