/** The vendor's own SDK holds a session with the stand-in. */
import { DeepgramClient } from '@deepgram/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { systemClock } from '../../src/ports/clock.ts';
import { speak } from '../../src/simulators/persona/voice.ts';
import type { DeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import { ScriptedRecogniser } from '../simulators/deepgram-support.ts';

const AUDIO = Buffer.alloc(32_000);
const HEARD = [{ text: 'hello', startSample: 0, endSample: 8_000, confidence: 0.9 }];

let recogniser: ScriptedRecogniser;
let server: DeepgramSimulator;

beforeEach(async () => {
  recogniser = new ScriptedRecogniser();
  server = await startDeepgramSimulator({ recogniser, clock: systemClock });
});
afterEach(() => server.close());

function client(apiKey = 'local'): DeepgramClient {
  const { url, httpUrl } = server;
  const environment = { base: httpUrl, production: url, agent: url, agentRest: httpUrl };
  return new DeepgramClient({ apiKey, environment });
}

interface Received {
  readonly type?: string;
}

/** What a connection of the SDK's receives, and a wait for the first of a kind. */
function inbox(): { take(message: unknown): void; wait(type: string): Promise<unknown> } {
  const received: Received[] = [];
  const waiting: { readonly type: string; readonly resolve: (message: unknown) => void }[] = [];
  return {
    take: (message) => {
      const read = message as Received;
      received.push(read);
      for (const { type, resolve } of waiting) if (type === read.type) resolve(read);
    },
    wait: (type) => {
      const found = received.find((message) => message.type === type);
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve) => waiting.push({ type, resolve }));
    },
  };
}

describe('@deepgram/sdk and the stand-in', () => {
  it('transcribes with listen v1', async () => {
    const { take, wait } = inbox();
    const connection = await client().listen.v1.connect({
      model: 'nova-3',
      encoding: 'linear16',
      sample_rate: 16_000,
      keyterm: ['foo', 'bar baz'],
      reconnectAttempts: 0,
    });
    connection.on('message', take);
    connection.connect();
    await connection.waitForOpen();

    connection.sendMedia(AUDIO);
    connection.sendKeepAlive({ type: 'KeepAlive' });
    connection.sendFinalize({ type: 'Finalize' });
    const results = await wait('Results');
    connection.sendCloseStream({ type: 'CloseStream' });
    const metadata = await wait('Metadata');
    connection.close();

    expect(results).toMatchObject({ is_final: true, from_finalize: true, duration: 1 });
    expect(metadata).toMatchObject({ duration: 1, channels: 1 });
  });

  it('follows a turn with listen v2', async () => {
    const { take, wait } = inbox();
    const connection = await client().listen.v2.connect({
      model: 'flux-general-en',
      encoding: 'linear16',
      sample_rate: 16_000,
      eot_threshold: 0.8,
      keyterm: ['foo'],
      reconnectAttempts: 0,
    });
    connection.on('message', take);
    const closed = new Promise<number>((resolve) => {
      connection.on('close', ({ code }) => resolve(code));
    });
    connection.connect();
    await connection.waitForOpen();
    await wait('Connected');

    connection.sendConfigure({ type: 'Configure', thresholds: { eot_threshold: 0.9 } });
    const configured = await wait('ConfigureSuccess');
    connection.sendMedia(AUDIO);
    recogniser.say({ kind: 'final', endSample: 16_000, text: 'hello', words: HEARD });
    const turn = await wait('TurnInfo');
    connection.sendCloseStream({ type: 'CloseStream' });

    expect(configured).toMatchObject({ thresholds: { eot_threshold: 0.9 }, keyterms: ['foo'] });
    expect(turn).toMatchObject({ event: 'StartOfTurn', turn_index: 0, transcript: 'hello' });
    expect(await closed).toBe(1_005);
    connection.close();
  });

  it('speaks over a WebSocket', async () => {
    const { take, wait } = inbox();
    const audio: Promise<ArrayBuffer>[] = [];
    const connection = await client().speak.v1.connect({
      model: 'aura-2-thalia-en',
      encoding: 'linear16',
      sample_rate: '16000',
      reconnectAttempts: 0,
    });
    connection.on('message', (message) => {
      const data: unknown = message; // audio is a Blob, which the SDK's types do not say
      if (data instanceof Blob) audio.push(data.arrayBuffer());
      else take(data);
    });
    connection.connect();
    await connection.waitForOpen();
    await wait('Metadata');

    connection.sendText({ type: 'Speak', text: 'Hello.' });
    connection.sendFlush({ type: 'Flush' });
    const flushed = await wait('Flushed');
    connection.sendClear({ type: 'Clear' });
    const cleared = await wait('Cleared');
    connection.sendClose({ type: 'Close' });
    connection.close();

    expect(flushed).toEqual({ type: 'Flushed', sequence_id: 0 });
    expect(cleared).toEqual({ type: 'Cleared', sequence_id: 1 });
    const pieces = (await Promise.all(audio)).map((piece) => Buffer.from(piece));
    expect(Buffer.concat(pieces).equals(speak('Hello.', 16_000))).toBe(true);
  });

  it('speaks over HTTP', async () => {
    const response = await client().speak.v1.audio.generate({
      text: 'Hello.',
      model: 'aura-2-thalia-en',
      encoding: 'linear16',
      container: 'none',
      sample_rate: 16_000,
    });

    expect(Buffer.from(await response.arrayBuffer()).equals(speak('Hello.', 16_000))).toBe(true);
  });

  it('is refused with the status and the words of the service', async () => {
    const asked = client('wrong').speak.v1.audio.generate(
      { text: 'Hello.', encoding: 'linear16' },
      { maxRetries: 0 },
    );

    await expect(asked).rejects.toMatchObject({
      statusCode: 401,
      body: { err_code: 'INVALID_AUTH' },
    });
  });
});
