/** The local OpenAI Realtime server hears and speaks telephone audio, and is slow or odd where it is told to be. */
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';

import { seededRandom } from '../../src/ports/random.ts';
import { compress, expand } from '../../src/simulators/openai-realtime/g711.ts';
import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import type {
  OpenAiSimulator,
  OpenAiSimulatorOptions,
} from '../../src/simulators/openai-realtime/simulator.ts';
import { speak } from '../../src/simulators/persona/voice.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { configured, connect, message } from './openai-realtime-support.ts';

let simulator: OpenAiSimulator;

afterEach(async () => {
  await simulator.close();
});

async function start(options: OpenAiSimulatorOptions = {}): Promise<void> {
  simulator = await startOpenAiSimulator({ replySpeedRatio: 1_000, ...options });
}

const samplesOf = (pcm: Uint8Array): Int16Array =>
  new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2);

describe.each(['pcmu', 'pcma'] as const)('a session in audio/%s', (law) => {
  const format = { type: `audio/${law}` };
  const audio = {
    input: { format, transcription: { model: 'whisper-1' } },
    output: { format },
  };

  it('finds turns in it, by the time of 8 kHz', async () => {
    await start({ hint: (_turn, { ms }) => `${ms} ms` });
    const client = await configured(simulator.baseUrl, { audio });
    const voice = compress(samplesOf(speak('how are you', 8_000)), law);
    const quiet = compress(new Int16Array(3_200), law);

    client.append(Buffer.concat([quiet, voice, quiet]));
    const { audio_start_ms: startMs } = await client.next('input_audio_buffer.speech_started');
    const { audio_end_ms: endMs } = await client.next('input_audio_buffer.speech_stopped');
    const { transcript } = await client.next(
      'conversation.item.input_audio_transcription.completed',
    );

    const saidMs = voice.length / 8;
    expect(startMs).toBe(100); // 400 ms of quiet, less the padding
    expect(Math.abs(endMs - (400 + saidMs + 200))).toBeLessThanOrEqual(40);
    expect(transcript).toBe(`${endMs - startMs} ms`);
    expect(simulator.stats.audioSamples).toBe(3 * (6_400 + voice.length));
  });

  it('is answered in it', async () => {
    await start();
    const client = await configured(simulator.baseUrl, { audio });
    client.send(message('a', 'user', 'Hello'));

    client.send({ type: 'response.create' });
    const { response } = await client.next('response.done');

    const deltas = client.messages.filter(({ type }) => type === 'response.output_audio.delta');
    const bytes = Buffer.concat(deltas.map(({ delta }) => Buffer.from(delta as string, 'base64')));
    const said = expand(bytes, law);
    const meant = samplesOf(speak('You said: Hello.', 8_000));
    expect(response).toMatchObject({ audio: { output: { format } } });
    expect(said).toHaveLength(meant.length);
    expect(said.findIndex((sample, at) => Math.abs(sample - meant[at]!) > 600)).toBe(-1);
  });

  it('is truncated by the time that it sounds', async () => {
    await start();
    const client = await configured(simulator.baseUrl, { audio });
    client.send({ type: 'response.create' });
    const { item } = await client.next('response.output_item.done');
    const saidMs = speak('I am here.', 8_000).length / 16;

    const cut = { item_id: item['id'] as string, content_index: 0 };
    client.send({ type: 'conversation.item.truncate', ...cut, audio_end_ms: saidMs });
    await client.next('conversation.item.truncated');
    client.send({ type: 'conversation.item.truncate', ...cut, audio_end_ms: saidMs + 1 });

    expect(await client.next('error')).toMatchObject({ error: { param: 'audio_end_ms' } });
  });
});

describe('formats', () => {
  it.each([
    [{ type: 'audio/pcmu', rate: 8_000 }, 'unknown_parameter'],
    [{ type: 'audio/pcm', rate: 48_000 }, 'integer_above_max_value'],
    [{ type: 'audio/opus' }, 'invalid_value'],
  ])('are refused where there is none such: %j', async (format, code) => {
    await start();
    const client = await connect(simulator.baseUrl);

    client.send({
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { format } } },
    });

    expect(await client.next('error')).toMatchObject({ error: { code } });
  });

  it('follow each other, and leave nothing of the one before', async () => {
    await start();
    const client = await configured(simulator.baseUrl, {
      audio: { input: { format: { type: 'audio/pcmu' } } },
    });
    const telephone = simulator.sessions[0]!.session;

    const audio = { input: { format: { type: 'audio/pcm' } } };
    client.send({ type: 'session.update', session: { type: 'realtime', audio } });
    const { session } = await client.next('session.updated');

    expect(telephone).toMatchObject({
      audio: { input: { format: { type: 'audio/pcmu' } }, output: { format: { rate: 24_000 } } },
    });
    expect(session['audio'].input.format).toEqual({ type: 'audio/pcm', rate: 24_000 });
  });

  it('of PCM take whole samples only', async () => {
    await start();
    const client = await configured(simulator.baseUrl);

    client.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(3).toString('base64') });

    expect(await client.next('error')).toMatchObject({ error: { param: 'audio' } });
  });
});

describe('from the start on', () => {
  it('pongs are late where they are to be', async () => {
    const clock = new VirtualClock();
    await start({ clock, pongDelayMs: 8_000 });
    const client = await connect(simulator.baseUrl);
    await client.next('session.created');
    let pongs = 0;
    client.socket.on('pong', () => (pongs += 1));

    client.socket.ping();
    client.send({ type: 'input_audio_buffer.clear' });
    await client.next('input_audio_buffer.cleared');
    clock.advance(7_999);
    client.send({ type: 'input_audio_buffer.clear' });
    await client.next('input_audio_buffer.cleared');
    const early = pongs;
    const pong = once(client.socket, 'pong');
    clock.advance(1);
    await pong;

    expect(early).toBe(0);
  });

  it('transcriptions are late and frames odd where they are to be', async () => {
    const clock = new VirtualClock();
    await start({ clock, lateTranscriptionMs: 3_000, oddityRatio: 1, random: seededRandom(1) });
    const client = await configured(simulator.baseUrl, {
      audio: { input: { transcription: { model: 'whisper-1' }, turn_detection: null } },
    });
    client.append(new Uint8Array(9_600));
    client.send({ type: 'input_audio_buffer.commit' });
    await client.next('conversation.item.done');
    clock.advance(2_999);
    await client.settle();
    const before = client.types.includes('conversation.item.input_audio_transcription.completed');

    clock.advance(1);
    const told = await client.next('conversation.item.input_audio_transcription.completed');

    expect(before).toBe(false);
    expect(told).toHaveProperty('phase');
  });
});
