/** The local OpenAI Realtime server opens for, takes and refuses what the service opens for, takes and refuses. */
import { afterEach, describe, expect, it } from 'vitest';

import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import type {
  OpenAiSimulator,
  OpenAiSimulatorOptions,
} from '../../src/simulators/openai-realtime/simulator.ts';
import { ENDINGS } from '../../src/simulators/openai-realtime/frames.ts';
import { configured, connect, message } from './openai-realtime-support.ts';
import type { ConnectOptions } from './openai-realtime-support.ts';

let simulator: OpenAiSimulator;

afterEach(async () => {
  await simulator.close();
});

async function start(options: OpenAiSimulatorOptions = {}): Promise<void> {
  simulator = await startOpenAiSimulator({ replySpeedRatio: 1_000, ...options });
}

describe('opening', () => {
  it('greets with the whole session and the time of its end', async () => {
    await start({ wallClock: () => 1_785_214_055_000 });

    const client = await connect(simulator.baseUrl);
    const { session } = await client.next('session.created');

    expect(session).toMatchObject({
      type: 'realtime',
      model: 'gpt-realtime',
      output_modalities: ['audio'],
      expires_at: 1_785_217_655,
      audio: { input: { turn_detection: { silence_duration_ms: 200 }, transcription: null } },
    });
  });

  it('takes a key by subprotocol, as browsers send it', async () => {
    await start();

    const protocols = ['realtime', 'openai-insecure-api-key.local'];
    const client = await connect(simulator.baseUrl, { protocols });

    await client.next('session.created');
    expect(client.socket.protocol).toBe('realtime');
  });

  it.each<readonly [string, ConnectOptions, keyof typeof ENDINGS]>([
    ['a bad key', { headers: { authorization: 'Bearer sk-wrong' } }, 'invalidKey'],
    ['no key', { headers: {} }, 'missingKey'],
    ['a bad model', { query: '?model=gpt-9' }, 'invalidModel'],
    ['no model', { query: '' }, 'missingModel'],
    [
      'the header of the beta',
      { headers: { authorization: 'Bearer local', 'openai-beta': 'realtime=v1' } },
      'betaShape',
    ],
  ])('opens for %s, and says at once why it closes', async (_what, options, how) => {
    await start();

    const client = await connect(simulator.baseUrl, options);
    const end = await client.ended;

    const { error, close } = ENDINGS[how] as { error: object; close: object };
    expect(client.messages).toMatchObject([{ type: 'error', error: { ...error, event_id: null } }]);
    expect(end).toEqual(close);
  });

  it('makes ephemeral keys, which open sessions as they were asked for', async () => {
    await start();

    const response = await fetch(`${simulator.httpUrl}/realtime/client_secrets`, {
      method: 'POST',
      headers: { authorization: 'Bearer local', 'content-type': 'application/json' },
      body: JSON.stringify({
        session: { type: 'realtime', model: 'gpt-realtime', instructions: 'Be brief.' },
        expires_after: { anchor: 'created_at', seconds: 60 },
      }),
    });
    const { value } = (await response.json()) as { value: string };
    const client = await connect(simulator.baseUrl, {
      protocols: ['realtime', `openai-insecure-api-key.${value}`],
    });
    const { session } = await client.next('session.created');

    expect(value).toMatch(/^ek_/);
    expect(session['instructions']).toBe('Be brief.');
  });

  it('knows nobody whose ephemeral key has run out', async () => {
    let nowMs = 1_785_214_055_000;
    await start({ wallClock: () => nowMs });
    const response = await fetch(`${simulator.httpUrl}/realtime/client_secrets`, {
      method: 'POST',
      headers: { authorization: 'Bearer local' },
      body: JSON.stringify({ expires_after: { seconds: 10 } }),
    });
    const { value } = (await response.json()) as { value: string };

    nowMs += 10_000;
    const client = await connect(simulator.baseUrl, {
      headers: { authorization: `Bearer ${value}` },
    });

    expect(await client.ended).toMatchObject({ code: 3_000 });
  });
});

describe('what a client asks', () => {
  it.each([
    [{ type: 'session.update', session: {} }, 'missing_required_parameter', 'session.type'],
    [
      { type: 'session.update', session: { type: 'realtime', colour: 1 } },
      'unknown_parameter',
      'session.colour',
    ],
    [
      {
        type: 'session.update',
        session: {
          type: 'realtime',
          audio: { input: { format: { type: 'audio/pcm', rate: 16_000 } } },
        },
      },
      'integer_below_min_value',
      'session.audio.input.format.rate',
    ],
    [{ type: 'session.explode' }, 'invalid_value', 'type'],
    [{ type: 'response.create', colour: 1 }, 'unknown_parameter', 'colour'],
    [{ type: 'response.cancel' }, 'response_cancel_not_active', null],
    [{ type: 'input_audio_buffer.commit' }, 'input_audio_buffer_commit_empty', null],
    [
      {
        type: 'conversation.item.truncate',
        item_id: 'item_x',
        content_index: 0,
        audio_end_ms: 0,
      },
      'item_truncate_invalid_item_id',
      'item_id',
    ],
  ])('is answered by its name where it is wrong: %j', async (event, code, param) => {
    await start();
    const client = await connect(simulator.baseUrl);

    client.send({ ...event, event_id: 'mine' });
    const { error } = await client.next('error');

    expect(error).toMatchObject({ code, param, event_id: 'mine' });
  });

  it('changes nothing of a session where one field is wrong', async () => {
    await start();
    const client = await configured(simulator.baseUrl, { instructions: 'Be brief.' });

    const session = { type: 'realtime', instructions: 'Be long.', output_modalities: ['scent'] };
    client.send({ type: 'session.update', session });
    await client.next('error');

    expect(simulator.sessions[0]?.session['instructions']).toBe('Be brief.');
  });

  it('is no JSON, or no text, and the socket stays', async () => {
    await start();
    const client = await connect(simulator.baseUrl);

    client.socket.send('{');
    client.socket.send(Buffer.from('{"type":"response.cancel"}'));
    const codes = [await client.next('error'), await client.next('error')];

    expect(codes.map(({ error }) => error['code'])).toEqual(['invalid_json', 'invalid_event']);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('closes the socket where it has the shape of the beta', async () => {
    await start();
    const client = await connect(simulator.baseUrl);

    client.send({ type: 'session.update', session: { modalities: ['text'] } });

    expect(await client.ended).toEqual(ENDINGS.betaShape.close);
  });
});

describe('items', () => {
  it('are taken in order, by the names they are given, and acknowledged twice', async () => {
    await start();
    const client = await configured(simulator.baseUrl);

    client.send({ ...message('a', 'user', 'Hello'), previous_item_id: 'root' });
    client.send({ ...message('b', 'assistant', 'Hi', 'output_text'), previous_item_id: 'a' });
    client.send({ ...message('c', 'user', 'between'), previous_item_id: 'a' });
    await client.settle();

    expect(client.types.slice(2)).toEqual([
      'conversation.item.added',
      'conversation.item.done',
      'conversation.item.added',
      'conversation.item.done',
      'conversation.item.added',
      'conversation.item.done',
    ]);
    expect(simulator.sessions[0]?.items.map(({ id }) => id)).toEqual(['a', 'c', 'b']);
  });

  it.each([
    ['a spoken answer', message('a', 'assistant', 'Hi', 'output_audio'), 'invalid_value'],
    [
      'a place after nothing',
      { ...message('a', 'user', 'Hi'), previous_item_id: 'nobody' },
      'item_create_invalid_previous_item_id',
    ],
    [
      'a result without its call',
      {
        type: 'conversation.item.create',
        event_id: 'create_a',
        item: { type: 'function_call_output', call_id: 'call_x', output: '1' },
      },
      'invalid_tool_call_id',
    ],
  ])('are refused: %s', async (_what, event, code) => {
    await start();
    const client = await configured(simulator.baseUrl);

    client.send(event);
    const { error } = await client.next('error');

    expect(error).toMatchObject({ code, event_id: 'create_a' });
    expect(simulator.sessions[0]?.items).toEqual([]);
  });
});
