import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import type { Recogniser } from '../../src/simulators/recogniser/recogniser.ts';
import { createVoskRecogniser } from '../../src/simulators/recogniser/vosk-recogniser.ts';
import type { Message } from './deepgram-support.ts';
import { QUERY, connect } from './deepgram-support.ts';

const RATE_HZ = 16_000;
const HEADER_BYTES = 44;
const speech = readFileSync(
  new URL('../fixtures/speech/two-sentences.wav', import.meta.url),
).subarray(HEADER_BYTES);

describe('deepgram simulator: human speech over a real socket', () => {
  let recogniser: Recogniser;
  let server: DeepgramSimulator;
  let uncut: readonly Message[];

  beforeAll(async () => {
    recogniser = createVoskRecogniser();
    server = await startDeepgramSimulator({ recogniser, maxRateRatio: 1_000_000 });
    uncut = await stream(server, 0, 3_200);
  });
  afterAll(async () => {
    await server.close();
    await recogniser.close();
  });

  it('transcribes it', () => {
    const text = finalsOf(uncut).map(textOf).join(' ');

    expect(text).toContain('john dashwood had then leisure to consider how much');
    expect(text).toContain('rather cold hearted and rather selfish');
  });

  it('sends interims on the way and finals that tile', () => {
    const finals = finalsOf(uncut);
    const interims = uncut.filter((message) => message['is_final'] === false);

    expect(interims.length).toBeGreaterThan(5);
    expect(finals.length).toBeGreaterThan(1);
    finals.forEach((final, index) => {
      const before = finals[index - 1];
      expect(final['start']).toBeCloseTo(before ? endOf(before) : 0, 4);
    });
    expect(uncut.at(-1)).toMatchObject({ type: 'Metadata' });
    expect(uncut.at(-1)?.['duration']).toBeCloseTo(speech.length / 2 / RATE_HZ, 4);
  });

  it('repeats the later finals word for word on a new socket that starts where a final ended', async () => {
    const finals = finalsOf(uncut);
    const cuts = finals.slice(0, -1).map((final, index) => ({
      fromSample: Math.round(endOf(final) * RATE_HZ),
      expected: finals.slice(index + 1).map(textOf),
      chunkBytes: [640, 4_001][index % 2] ?? 640,
    }));

    const replays = await Promise.all(
      cuts.map(async ({ fromSample, chunkBytes }) =>
        finalsOf(await stream(server, fromSample, chunkBytes)).map(textOf),
      ),
    );

    expect(replays).toEqual(cuts.map((cut) => cut.expected));
  });
});

async function stream(
  server: DeepgramSimulator,
  fromSample: number,
  chunkBytes: number,
): Promise<readonly Message[]> {
  const client = await connect(server.url, { query: `${QUERY}&interim_results=true` });
  for (let at = fromSample * 2; at < speech.length; at += chunkBytes) {
    client.socket.send(speech.subarray(at, at + chunkBytes));
  }
  client.socket.send('{"type":"CloseStream"}');
  expect(await client.ended).toEqual({ code: 1000, reason: '' });
  return client.messages;
}

function finalsOf(messages: readonly Message[]): readonly Message[] {
  return messages.filter((message) => message['is_final'] === true);
}

function textOf(message: Message): string {
  return message['channel'].alternatives[0].transcript;
}

function endOf(message: Message): number {
  return Number(message['start']) + Number(message['duration']);
}
