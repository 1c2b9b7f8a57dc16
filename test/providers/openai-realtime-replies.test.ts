/** What the service answers, and what is asked of it meanwhile. */
import { describe, expect, it } from 'vitest';

import { called, kindsOf, said, samples, sentBy, wire, World } from './openai-world.ts';
import type { Order, ProviderEvent } from '../../src/providers/contract.ts';

function configured(options: ConstructorParameters<typeof World>[0] = {}): World {
  const world = new World(options);
  world.configure();
  return world;
}

const ANSWER = { id: 'item_a', type: 'message', role: 'assistant', content: [] };

function audioOf(world: World, ms: number, item = 'item_a'): readonly ProviderEvent[] {
  const delta = Buffer.alloc(samples(ms) * 2).toString('base64');
  const where = { response_id: 'resp_1', item_id: item, output_index: 0, content_index: 0 };
  return world.tell('response.output_audio.delta', { ...where, delta });
}

function order(world: World, asked: Order): readonly string[] {
  return wire(world.stream.encodeOrder!(asked)).map(({ type }) => type as string);
}

const CALL = { item_id: 'item_c', call_id: 'call_1', name: 'get_weather', arguments: '{ }' };

describe('a reply', () => {
  it('says its items, in text and in sound', () => {
    const world = configured();
    const where = { item_id: 'item_a', content_index: 0 };

    const events = [
      ...world.reply(),
      ...world.tell('response.output_item.added', { item: { ...ANSWER, status: 'in_progress' } }),
      ...world.tell('conversation.item.added', { item: { ...ANSWER, status: 'in_progress' } }),
      ...world.tell('response.output_audio_transcript.delta', { ...where, delta: 'Hi' }),
      ...audioOf(world, 10),
      ...world.tell('conversation.item.done', {
        item: {
          ...ANSWER,
          status: 'completed',
          content: [{ type: 'output_audio', transcript: 'Hi' }],
        },
      }),
      ...world.tell('response.output_item.done', { item: { ...ANSWER, status: 'completed' } }),
      ...world.endReply(),
    ];

    const about = { ref: 'item_a' };
    expect(events).toEqual([
      { kind: 'replyStarted' },
      { kind: 'item', ...about, role: 'assistant', status: 'inProgress' },
      { kind: 'replyText', ...about, delta: 'Hi' },
      { kind: 'audio', ...about, bytes: expect.any(Uint8Array), sampleRateHz: 24_000 },
      { kind: 'item', ...about, role: 'assistant', text: 'Hi', status: 'completed' },
      { kind: 'replyEnded', status: 'completed' },
    ]);
  });

  it.each([
    ['completed', 'completed'],
    ['cancelled', 'interrupted'],
    ['incomplete', 'incomplete'],
    ['failed', 'failed'],
    ['unheard-of', 'completed'],
  ])('that the service calls %s has %s', (status, told) => {
    const world = configured();
    world.reply();

    expect(world.endReply(status)[0]).toEqual({ kind: 'replyEnded', status: told });
  });

  it('that fails by a rate limit leaves the session, and says when to ask again', () => {
    const world = configured();
    world.reply();

    const error = { code: 'rate_limit_exceeded', message: 'Please try again in 4.782s. Visit' };
    const events = world.endReply('failed', { type: 'failed', error });

    expect(events).toMatchObject([
      { kind: 'replyEnded', status: 'failed' },
      {
        kind: 'failed',
        failure: { kind: 'perRequest', code: 'rate_limit_exceeded', retryAfterMs: 4_782 },
        isOfReply: true,
      },
    ]);
  });

  it.each([
    ['was asked for', 'tenuto_2', true],
    ['is not named', null, true],
    ['is another event', 'tenuto_1', undefined],
  ])('is what was refused where what an error is about %s: %s', (_what, eventId, isOfReply) => {
    const world = configured();
    expect(wire(world.stream.encodeOrder!({ kind: 'reply' }))).toMatchObject([
      { type: 'response.create', event_id: 'tenuto_2' },
    ]);

    const [event] = world.complain({ code: 'rate_limit_exceeded', event_id: eventId });

    expect(event?.kind === 'failed' && event.isOfReply).toBe(isOfReply);
  });

  it('is not what failed with a transcription', () => {
    const world = configured();
    world.hear('item_u', 0, 100);
    world.reply();

    const events = world.tell('conversation.item.input_audio_transcription.failed', {
      item_id: 'item_u',
      error: { code: 'rate_limit_exceeded' },
    });

    expect(events.at(-1)).toMatchObject({ kind: 'failed', failure: { kind: 'perRequest' } });
    expect(events.at(-1)).not.toHaveProperty('isOfReply');
  });

  it('that fails without a hint is asked again when the tokens are full again', () => {
    const world = configured();
    const limit = { name: 'tokens', limit: 40_000, remaining: 0, reset_seconds: 2.5 };
    world.tell('rate_limits.updated', { rate_limits: [null, limit] });
    world.reply();

    const events = world.endReply('failed', { error: { code: 'rate_limit_exceeded' } });

    expect(events.at(-1)).toMatchObject({ failure: { kind: 'perRequest', retryAfterMs: 2_500 } });
  });

  it.each([
    ['rate_limit_exceeded', 60_000],
    ['server_error', 1_000],
  ])('that fails by %s without any hint is asked again after %i ms', (code, retryAfterMs) => {
    const world = configured();
    world.reply();

    const events = world.endReply('failed', { error: { code } });

    expect(events.at(-1)).toMatchObject({ failure: { kind: 'perRequest', retryAfterMs } });
  });

  it('that fails for want of credit ends everything', () => {
    const world = configured();
    world.reply();

    const events = world.endReply('failed', { error: { code: 'insufficient_quota' } });

    expect(events.at(-1)).toMatchObject({ failure: { kind: 'quota' } });
  });

  it('is none where nothing was begun', () => {
    expect(kindsOf(configured().endReply())).toEqual(['ignored']);
  });
});

describe('a tool', () => {
  it('is called once, however often the service says so', () => {
    const world = configured();
    const item = { id: 'item_c', type: 'function_call', status: 'completed', ...CALL };

    const events = [
      ...world.tell('response.function_call_arguments.done', CALL),
      ...world.tell('response.function_call_arguments.done', CALL),
      ...world.tell('conversation.item.done', { item }),
      ...world.tell('response.output_item.done', { item }),
    ];

    expect(events).toEqual([
      { kind: 'toolCall', callId: 'call_1', name: 'get_weather', arguments: '{ }' },
    ]);
  });

  it('is not called again by a session that was given the call back', () => {
    const world = new World({}, { items: [called('t', 'pending')], owesReply: false });
    world.configure();

    const call = { ...CALL, call_id: 'call_of_t' };
    expect(world.tell('response.function_call_arguments.done', call)).toEqual([]);
  });

  it('has its name from its item where the call does not say it', () => {
    const world = configured();
    const item = { id: 'item_c', type: 'function_call', name: 'get_weather', arguments: '' };
    world.tell('response.output_item.added', { item });

    const events = world.tell('response.function_call_arguments.done', { ...CALL, name: null });

    expect(events).toMatchObject([{ kind: 'toolCall', name: 'get_weather' }]);
  });

  it('is not called where the reply was cut off before its arguments were whole', () => {
    const world = configured();
    const item = { id: 'item_c', type: 'function_call', status: 'incomplete', ...CALL };

    expect(world.tell('conversation.item.done', { item })).toEqual([]);
  });

  it('is answered once all that were called have their results, and the reply is over', () => {
    const world = configured();
    world.reply();
    world.tell('response.function_call_arguments.done', CALL);
    world.tell('response.function_call_arguments.done', { ...CALL, call_id: 'call_2' });
    const result = (callId: string): Order => ({
      kind: 'toolResult',
      item: { kind: 'toolResult', id: `r_${callId}`, callId, output: 'sunny' },
      name: 'get_weather',
    });

    const first = order(world, result('call_1'));
    const second = order(world, result('call_2'));
    const ended = sentBy(world.endReply());

    expect(first).toEqual(['conversation.item.create']);
    expect(second).toEqual(['conversation.item.create']);
    expect(ended).toMatchObject([{ type: 'response.create' }]);
  });
});

describe('an order', () => {
  it('puts a message into the conversation, by our name, which is not told again', () => {
    const world = configured();

    const [frame] = wire(
      world.stream.encodeOrder!({ kind: 'message', item: said('m_1', 'user', 'Hello') }),
    );
    const acknowledged = world.tell('conversation.item.done', { item: frame?.['item'] });

    expect(frame).toEqual({
      type: 'conversation.item.create',
      event_id: 'tenuto_2',
      item: {
        id: 'm_1',
        type: 'message',
        role: 'user',
        content: [{ type: 'input_text', text: 'Hello' }],
      },
    });
    expect(acknowledged).toEqual([]);
  });

  it('asks for one reply at a time', () => {
    const world = configured();

    const first = order(world, { kind: 'reply' });
    const onTheWay = order(world, { kind: 'reply' });
    world.reply();
    const during = order(world, { kind: 'reply' });
    const ended = sentBy(world.endReply());

    expect([first, onTheWay, during]).toEqual([['response.create'], [], []]);
    expect(ended).toMatchObject([{ type: 'response.create' }]);
  });

  it('asks again after a reply that the service began by itself meanwhile', () => {
    const world = configured();
    const [asked] = wire(world.stream.encodeOrder!({ kind: 'reply' }));
    world.reply('resp_vad');

    const events = world.complain({
      code: 'conversation_already_has_active_response',
      event_id: asked?.['event_id'] as string,
    });
    const ended = world.endReply('completed', null, 'resp_vad');

    expect(events).toEqual([]);
    expect(sentBy(ended)).toMatchObject([{ type: 'response.create' }]);
  });

  it('interrupts what is being said, and keeps of it what was heard', () => {
    const world = configured();
    world.reply();
    world.tell('response.output_item.added', { item: ANSWER });
    audioOf(world, 500);

    const frames = wire(
      world.stream.encodeOrder!({ kind: 'interrupt', ref: 'item_a', heardMs: 123.9 }),
    );
    const late = audioOf(world, 10);

    expect(frames).toMatchObject([
      { type: 'response.cancel' },
      {
        type: 'conversation.item.truncate',
        item_id: 'item_a',
        content_index: 0,
        audio_end_ms: 123,
      },
    ]);
    expect(late).toEqual([]);
  });

  it('cancels nothing that is over, and truncates nothing that was heard to its end', () => {
    const world = configured();
    world.reply();
    world.tell('response.output_item.added', { item: ANSWER });
    audioOf(world, 500);
    world.endReply();

    expect(order(world, { kind: 'interrupt', ref: 'item_a', heardMs: 500 })).toEqual([]);
    expect(order(world, { kind: 'interrupt', ref: 'm_1', heardMs: 0 })).toEqual([]);
    expect(order(world, { kind: 'interrupt', ref: null, heardMs: 0 })).toEqual([]);
    expect(world.complain({ code: 'response_cancel_not_active' })).toEqual([]);
  });

  it('speaks no text of ours', () => {
    expect(configured().stream.encodeOrder!({ kind: 'say', id: '1', text: 'Hi' })).toBeNull();
  });
});

describe('speech into an answer', () => {
  const speech = (world: World, atMs: number): readonly ProviderEvent[] =>
    world.tell('input_audio_buffer.speech_started', { item_id: 'item_u', audio_start_ms: atMs });

  it('interrupts it while it is made, and what still comes of it is not heard', () => {
    const world = configured();
    world.sendAudio(1_000);
    world.reply();
    world.tell('response.output_item.added', { item: ANSWER });

    const events = speech(world, 1_000);
    const late = audioOf(world, 10);
    const done = world.tell('response.output_item.done', {
      item: { ...ANSWER, status: 'incomplete' },
    });

    expect(kindsOf(events)).toEqual(['speechStarted', 'item', 'interrupted']);
    expect(late).toEqual([]);
    expect(done).toEqual([
      { kind: 'item', ref: 'item_a', role: 'assistant', status: 'interrupted' },
    ]);
  });

  it.each([
    [1_500, true],
    [2_100, false],
  ])('at %d ms interrupts what sounds until 2 s: %s', (atMs, isInterrupted) => {
    const world = configured();
    world.sendAudio(1_000);
    world.reply();
    audioOf(world, 1_000);
    world.endReply();
    world.sendAudio(2_000);

    expect(kindsOf(speech(world, atMs)).includes('interrupted')).toBe(isInterrupted);
  });

  it('interrupts nothing where the service was told not to', () => {
    const world = configured({ turnDetection: { type: 'serverVad', interruptsReply: false } });
    world.sendAudio(1_000);
    world.reply();

    expect(kindsOf(speech(world, 1_000))).not.toContain('interrupted');
  });
});
