import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TenutoError } from '../../src/ports/errors.ts';
import type { DeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import type { Client } from './deepgram-support.ts';
import { ManualClock, QUERY, ScriptedRecogniser, connect } from './deepgram-support.ts';

const SECOND = Buffer.alloc(32_000);
const FINALIZE = '{"type":"Finalize"}';
const CLOSE_STREAM = '{"type":"CloseStream"}';
const BOAT = {
  text: 'red boat',
  words: [
    { text: 'red', startSample: 6_400, endSample: 11_520, confidence: 0.5 },
    { text: 'boat', startSample: 11_520, endSample: 15_360, confidence: 1 },
  ],
};

let clock: ManualClock;
let recogniser: ScriptedRecogniser;
let server: DeepgramSimulator;
let client: Client;

beforeEach(async () => {
  clock = new ManualClock();
  recogniser = new ScriptedRecogniser();
  server = await startDeepgramSimulator({ recogniser, clock });
});
afterEach(async () => {
  client.socket.terminate();
  await server.close();
  expect(clock.pendingTimers).toBe(0);
  expect(recogniser.streams.every((stream) => stream.isClosed)).toBe(true);
});

describe('deepgram simulator: results', () => {
  it('gives a final the shape of the real ones', async () => {
    await open('punctuate=true');
    await send(SECOND);

    recogniser.say({ ...BOAT, endsUtterance: true });

    const results = await client.message('Results');
    expect(results).toEqual({
      type: 'Results',
      channel_index: [0, 1],
      duration: 1,
      start: 0,
      is_final: true,
      speech_final: true,
      channel: {
        alternatives: [
          {
            transcript: 'red boat',
            confidence: 0.75,
            words: [
              { word: 'red', start: 0.4, end: 0.72, confidence: 0.5, punctuated_word: 'red' },
              { word: 'boat', start: 0.72, end: 0.96, confidence: 1, punctuated_word: 'boat' },
            ],
          },
        ],
      },
      metadata: {
        request_id: client.requestId,
        model_info: { name: 'tenuto-local', version: '1', arch: 'local' },
        model_uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
      from_finalize: false,
    });
  });

  it('tells times as 32-bit floats do', async () => {
    await open();
    await send(SECOND);

    recogniser.say({ startSample: 1, endSample: 16_000 * 1_234 + 4_321 });

    const { start, duration } = await client.message('Results');
    expect(start).toBe(0.0000625);
    expect(Math.fround(duration)).toBe(Math.fround(1_234.27));
    expect(String(duration).length).toBeLessThan(10);
  });

  it('sends interims only where they were asked for', async () => {
    await open();
    await send(SECOND);
    recogniser.say({ kind: 'interim', text: 'red' });
    recogniser.say({ text: 'red boat' });
    const unasked = await client.message('Results');
    client.socket.terminate();

    await open('interim_results=true');
    await send(SECOND);
    recogniser.say({ kind: 'interim', text: 'red' });
    const asked = await client.message('Results');

    expect(unasked).toMatchObject({ is_final: true });
    expect(asked).toMatchObject({ is_final: false, speech_final: false, from_finalize: false });
    expect(asked['channel'].alternatives[0]).toMatchObject({ transcript: 'red', words: [] });
  });

  it('leaves speech_final out with endpointing=false', async () => {
    await open('endpointing=false');
    await send(SECOND);

    recogniser.say({ ...BOAT, endsUtterance: true });

    expect(await client.message('Results')).not.toHaveProperty('speech_final');
  });

  it('leaves punctuated words out unless asked', async () => {
    await open();
    await send(SECOND);

    recogniser.say(BOAT);

    const { channel } = await client.message('Results');
    expect(channel.alternatives[0].words[0]).not.toHaveProperty('punctuated_word');
  });

  it('sends empty finals', async () => {
    await open();
    await send(SECOND);

    recogniser.say({ text: '' });

    const { channel } = await client.message('Results');
    expect(channel.alternatives).toEqual([{ transcript: '', confidence: 0, words: [] }]);
  });

  it('announces speech once for each segment, with vad_events', async () => {
    await open('vad_events=true');
    await send(SECOND);

    recogniser.say({ kind: 'interim', text: '', endSample: 4_800 });
    recogniser.say({ kind: 'interim', text: 'red', endSample: 9_600 });
    recogniser.say({ kind: 'interim', text: 'red boat', endSample: 14_400 });
    recogniser.say(BOAT);
    await client.settle();

    expect(client.messages.map((message) => message['type'])).toEqual(['SpeechStarted', 'Results']);
    expect(client.messages[0]).toEqual({ type: 'SpeechStarted', channel: [0, 1], timestamp: 0.3 });
  });

  it('tells the end of an utterance that no speech_final has closed', async () => {
    await open('endpointing=false&utterance_end_ms=1000');
    await send(SECOND);
    recogniser.say(BOAT);
    await send(SECOND);

    recogniser.say({ kind: 'interim', text: '' });
    recogniser.say({ kind: 'interim', text: '' });
    await client.settle();

    const ends = client.messages.filter((message) => message['type'] === 'UtteranceEnd');
    expect(ends).toEqual([{ type: 'UtteranceEnd', channel: [0, 1], last_word_end: 0.96 }]);
  });

  it('tells -1 where a speech_final has closed the utterance', async () => {
    await open('utterance_end_ms=1000');
    await send(SECOND);
    recogniser.say({ ...BOAT, endsUtterance: true });
    await send(SECOND);

    recogniser.say({ kind: 'interim', text: '' });

    expect(await client.message('UtteranceEnd')).toMatchObject({ last_word_end: -1 });
  });
});

describe('deepgram simulator: control messages', () => {
  it('answers Finalize with a final of what is buffered', async () => {
    await open();
    await send(SECOND);

    client.socket.send(FINALIZE);

    const answer = await client.message('Results');
    expect(answer).toMatchObject({ is_final: true, from_finalize: true, start: 0, duration: 1 });
  });

  it('does not answer Finalize where nothing is buffered', async () => {
    await open();
    await send(SECOND);
    recogniser.say(BOAT);

    client.socket.send('{"type":"Finalize","channel":0}');
    await client.settle();

    expect(client.messages).toHaveLength(1);
    expect(client.messages[0]).toMatchObject({ from_finalize: false });
  });

  it('answers CloseStream with what is left, the summary, and close 1000', async () => {
    await open();
    await send(SECOND);
    recogniser.say(BOAT);
    await send(SECOND);

    client.socket.send(CLOSE_STREAM);

    expect(await client.ended).toEqual({ code: 1000, reason: '' });
    expect(client.messages.slice(1)).toMatchObject([
      { type: 'Results', start: 1, duration: 1, is_final: true, from_finalize: false },
      { type: 'Metadata', transaction_key: 'deprecated', duration: 2, channels: 1 },
    ]);
    const metadata = client.messages[2]!;
    expect(metadata['request_id']).toBe(client.requestId);
    expect(metadata['sha256']).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(metadata['model_info'] as object)).toEqual(metadata['models']);
    expect(server.stats.closesByCode).toEqual({ 1000: 1 });
  });

  it('summarises a stream without audio as incomplete', async () => {
    await open();

    client.socket.send(CLOSE_STREAM);

    expect((await client.ended).code).toBe(1000);
    expect(client.messages).toHaveLength(1);
    expect(client.messages[0]).toMatchObject({ sha256: 'incomplete', duration: 0 });
    expect(client.messages[0]).not.toHaveProperty('models');
  });

  it.each(['not json', '{"type":"Configure"}', '[]', 'null'])('closes 1008 on %s', async (text) => {
    await open();

    client.socket.send(text);

    const { code, reason } = await client.ended;
    expect(code).toBe(1008);
    expect(reason).toContain('KeepAlive, Finalize, CloseStream');
  });
});

describe('deepgram simulator: audio', () => {
  it('carries half a sample over to the next frame', async () => {
    await open();

    await send(Buffer.alloc(3));
    await send(Buffer.alloc(3));
    client.socket.send(CLOSE_STREAM);

    expect(await client.message('Metadata')).toMatchObject({ duration: 0.0001875 });
    expect(server.stats.audioSamples).toBe(3);
  });

  it('closes 1008 DATA-0000 on an empty frame', async () => {
    await open();

    client.socket.send(Buffer.alloc(0));

    const { code, reason } = await client.ended;
    expect(code).toBe(1008);
    expect(reason).toContain('DATA-0000');
  });

  it('closes 1009 on a frame above 1 MiB', async () => {
    await open();

    client.socket.send(Buffer.alloc(1_048_577));

    expect((await client.ended).code).toBe(1009);
  });

  it('takes audio at 1.25 times real time, after a stall too', async () => {
    await open();

    await send(Buffer.concat([SECOND, SECOND]));
    clock.advance(8_000);
    await send(Buffer.concat(Array.from({ length: 10 }, () => SECOND)));

    expect(client.socket.readyState).toBe(client.socket.OPEN);
    expect(server.stats.audioSamples).toBe(12 * 16_000);
  });

  it('closes 1008 on audio that comes faster, and says why', async () => {
    await open();

    await send(Buffer.concat([SECOND, SECOND]));
    clock.advance(8_000);
    for (let sent = 0; sent < 10; sent += 1) client.socket.send(SECOND);
    client.socket.send(Buffer.alloc(2));

    const { code, reason } = await client.ended;
    expect(code).toBe(1008);
    expect(reason).toContain('1.25 times real time');
  });

  it('closes 1011 where the recogniser fails, and says why', async () => {
    await open();
    const error = new TenutoError({
      code: 'RECOGNISER_FAILED',
      message: 'The thread ended. '.repeat(20),
      remediation: 'Try again.',
    });

    recogniser.streams[0]!.options.onError(error);

    const { code, reason } = await client.ended;
    expect(code).toBe(1011);
    expect(reason).toContain('RECOGNISER_FAILED: The thread ended.');
  });
});

describe('deepgram simulator: a recogniser that cannot start', () => {
  it('closes 1011 and says why', async () => {
    recogniser.open = () => {
      throw new Error('no model');
    };

    await open();

    const { code, reason } = await client.ended;
    expect({ code, reason }).toEqual({ code: 1011, reason: 'RECOGNISER_FAILED: no model' });
  });
});

async function open(query = ''): Promise<void> {
  client = await connect(server.url, { query: query === '' ? QUERY : `${QUERY}&${query}` });
}

async function send(frame: Buffer | string): Promise<void> {
  client.socket.send(frame);
  await client.settle();
}
