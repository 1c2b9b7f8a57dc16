/** The local OpenAI Realtime server hears turns, and answers them aloud or with a tool. */
import { afterEach, describe, expect, it } from 'vitest';

import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import type {
  OpenAiSimulator,
  OpenAiSimulatorOptions,
} from '../../src/simulators/openai-realtime/simulator.ts';
import { configured, message, silence, spoken } from './openai-realtime-support.ts';

let simulator: OpenAiSimulator;

afterEach(async () => {
  await simulator.close();
});

async function start(options: OpenAiSimulatorOptions = {}): Promise<void> {
  simulator = await startOpenAiSimulator({ replySpeedRatio: 1_000, ...options });
}

const WEATHER = { type: 'function', name: 'get_weather', parameters: { type: 'object' } };

describe('a spoken turn', () => {
  const TRANSCRIBED = { audio: { input: { transcription: { model: 'whisper-1' } } } };

  it('is told and answered in the order that was recorded of the service', async () => {
    await start({ hint: () => 'hello there' });
    const client = await configured(simulator.baseUrl, TRANSCRIBED);

    client.append(spoken('hello there'));
    await client.next('rate_limits.updated');

    const told = client.types.filter((type, at, all) => type !== all[at - 1]);
    const unordered = told.filter((type) => !type.includes('transcription'));
    expect(unordered).toEqual([
      'session.created',
      'session.updated',
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      ...unordered.filter((type) => type.endsWith('.delta')),
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
      'rate_limits.updated',
    ]);
    const transcript = await client.next('conversation.item.input_audio_transcription.completed');
    expect(transcript['transcript']).toBe('hello there');
    const answer = await client.next('response.output_audio_transcript.done');
    expect(answer['transcript']).toBe('You said: hello there.');
  });

  it('begins and ends where it was spoken in the audio of this session', async () => {
    await start();
    const client = await configured(simulator.baseUrl);

    client.append(silence(1_000));
    client.append(spoken('hello', 600)); // 5 letters of 65 ms
    const { audio_start_ms: startMs } = await client.next('input_audio_buffer.speech_started');
    const { audio_end_ms: endMs } = await client.next('input_audio_buffer.speech_stopped');

    expect(startMs).toBe(700); // 300 ms of padding
    expect(endMs).toBeGreaterThanOrEqual(1_520);
    expect(endMs).toBeLessThanOrEqual(1_560);
  });

  it('cuts off the answer that it is spoken into', async () => {
    await start({ replySpeedRatio: 1, hint: () => 'a long story, please' });
    const client = await configured(simulator.baseUrl);
    client.append(spoken('tell me'));
    await client.next('response.output_audio.delta');

    client.append(spoken('stop'));
    const { response } = await client.next('response.done');

    expect(response).toMatchObject({
      status: 'cancelled',
      status_details: { reason: 'turn_detected' },
      output: [{ status: 'incomplete', role: 'assistant' }],
    });
  });

  it('is committed by the client where nothing detects its end', async () => {
    await start({ hint: () => 'hello' });
    const client = await configured(simulator.baseUrl, {
      audio: { input: { turn_detection: null } },
    });

    client.append(spoken('hello'));
    client.send({ type: 'input_audio_buffer.commit' });
    await client.next('conversation.item.done');
    client.send({ type: 'response.create', response: { output_modalities: ['text'] } });
    const { text } = await client.next('response.output_text.done');

    expect(text).toBe('You said: hello.');
    expect(client.types).not.toContain('input_audio_buffer.speech_started');
  });

  it('may be truncated to what was heard of its answer, and to no more than there is', async () => {
    await start({ hint: () => 'hello' });
    const client = await configured(simulator.baseUrl);
    client.append(spoken('hello'));
    const { response } = await client.next('response.done');
    const [item] = response['output'] as readonly { id: string }[];
    const cut = { type: 'conversation.item.truncate', item_id: item?.id, content_index: 0 };

    client.send({ ...cut, audio_end_ms: 300 });
    client.send({ ...cut, audio_end_ms: 301 });
    const { error } = await client.next('error');

    expect(await client.next('conversation.item.truncated')).toMatchObject({ audio_end_ms: 300 });
    expect(error).toMatchObject({ code: 'invalid_value' });
  });
});

describe('a tool', () => {
  it('is called by its name, and its result answered', async () => {
    await start();
    const client = await configured(simulator.baseUrl, {
      tools: [WEATHER],
      output_modalities: ['text'],
    });

    client.send(message('a', 'user', 'How is the weather?'));
    client.send({ type: 'response.create' });
    const call = await client.next('response.function_call_arguments.done');
    await client.next('response.done');
    const output = { type: 'function_call_output', call_id: call['call_id'], output: 'fine' };
    client.send({ type: 'conversation.item.create', item: output });
    client.send({ type: 'response.create' });
    const { text } = await client.next('response.output_text.done');

    expect(call).toMatchObject({ name: 'get_weather' });
    expect(JSON.parse(call['arguments'] as string)).toEqual({ query: 'How is the weather?' });
    expect(text).toBe('The answer is fine.');
  });
});
