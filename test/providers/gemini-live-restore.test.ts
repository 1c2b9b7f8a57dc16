import { describe, expect, it } from 'vitest';

import { callOf, conversationOf, decodeAll, openStream, said } from './gemini-support.ts';

const READY = { setupComplete: {} };

describe('gemini live, giving back', () => {
  const history = conversationOf([
    said('user', 'My name is Alice.'),
    said('assistant', 'Nice to meet you!'),
    said('user', 'How is', 'inProgress'),
  ]);

  it('tells a fresh session the whole history, in words, and asks for no answer', () => {
    const stream = openStream({}, { conversation: history });
    const events = decodeAll(stream, READY);

    const [frame] = stream.encodeRestore!()!;

    expect(JSON.parse(frame as string)).toEqual({
      clientContent: {
        turns: [
          { role: 'user', parts: [{ text: 'My name is Alice.' }] },
          { role: 'model', parts: [{ text: 'Nice to meet you!' }] },
        ],
        turnComplete: false,
      },
    });
    expect(events).toEqual([
      { kind: 'configured' },
      { kind: 'restored', resumed: false, toolCallsCarried: 0 },
    ]);
  });

  it('asks for the answer that is owed', () => {
    const conversation = conversationOf([said('user', 'How is the weather?')], true);

    const [frame] = openStream({}, { conversation }).encodeRestore!()!;

    expect(JSON.parse(frame as string).clientContent.turnComplete).toBe(true);
  });

  it('tells what tools were asked and answered, since their parts are refused', () => {
    const call = { kind: 'toolCall', name: 'get_weather', arguments: '{}' } as const;
    const conversation = conversationOf([
      { ...call, id: 'i1', callId: 'c1', status: 'answered' },
      { kind: 'toolResult', id: 'i2', callId: 'c1', output: 'foggy' },
      { ...call, id: 'i3', callId: 'c2', status: 'pending' },
      { ...call, id: 'i4', callId: 'c3', status: 'cancelled' },
    ]);
    const stream = openStream({}, { conversation });
    const events = decodeAll(stream, READY);

    const [frame] = stream.encodeRestore!()!;

    expect(
      JSON.parse(frame as string).clientContent.turns.map(
        (turn: { parts: { text: string }[] }) => turn.parts[0]?.text,
      ),
    ).toEqual([
      '[The tool get_weather was called with {}]',
      '[The tool get_weather answered: foggy]',
      '[The tool get_weather was called with {}; its answer will follow]',
    ]);
    expect(events).toContainEqual({ kind: 'restored', resumed: false, toolCallsCarried: 1 });
  });

  it('tells a session that is taken up again nothing that it knows', () => {
    const stream = openStream({}, { conversation: history, handle: 'h1' });

    const events = decodeAll(stream, READY);

    expect(stream.encodeRestore!()).toBeNull();
    expect(events).toEqual([
      { kind: 'configured' },
      { kind: 'restored', resumed: true, toolCallsCarried: 0 },
    ]);
  });

  it('ends an answer that was lost with its socket, and asks again for that turn alone', () => {
    const conversation = conversationOf(
      [
        said('user', 'Hello'),
        said('assistant', 'Hi!'),
        said('user', 'How is the weather?'),
        said('assistant', 'It is', 'interrupted'),
      ],
      true,
    );
    const stream = openStream({}, { conversation, handle: 'h1' });

    const events = decodeAll(stream, READY);
    const [frame] = stream.encodeRestore!()!;

    expect(events.at(-1)).toEqual({ kind: 'replyEnded', status: 'interrupted' });
    expect(JSON.parse(frame as string)).toEqual({
      clientContent: {
        turns: [{ role: 'user', parts: [{ text: 'How is the weather?' }] }],
        turnComplete: true,
      },
    });
  });

  it('tells a session that is taken up again what it missed, in order, and what was heard of it', () => {
    const items = [
      said('user', 'Hello'),
      said('assistant', 'Hi!'),
      said('user', 'How is the weather?'),
      said('assistant', 'It is', 'interrupted'),
    ];
    const conversation = conversationOf(items, true);
    const stream = openStream({}, { conversation, handle: 'h1', news: items.slice(1) });

    const [frame] = stream.encodeRestore!()!;

    expect(JSON.parse(frame as string)).toEqual({
      clientContent: {
        turns: [
          { role: 'model', parts: [{ text: 'Hi!' }] },
          { role: 'user', parts: [{ text: 'How is the weather?' }] },
          { role: 'model', parts: [{ text: 'It is' }] },
        ],
        turnComplete: true,
      },
    });
  });

  it('tells a session that missed nothing nothing, and a fresh one everything', () => {
    const fresh = openStream({}, { conversation: history, news: history.items });
    const resumed = openStream({}, { conversation: history, handle: 'h1', news: [] });

    expect(fresh.encodeRestore!()).toHaveLength(1);
    expect(resumed.encodeRestore!()).toBeNull();
  });

  it('keeps the place of a turn that nobody wrote down', () => {
    const conversation = conversationOf([said('user', ''), said('assistant', 'Hi!')]);

    const [frame] = openStream({}, { conversation }).encodeRestore!()!;

    expect(JSON.parse(frame as string).clientContent.turns[0]).toEqual({
      role: 'user',
      parts: [{ text: '(spoken, and not transcribed)' }],
    });
  });

  it('gives a call without a name of its own one that no other socket gave', () => {
    const call = { kind: 'toolCall', id: 'i', name: 'get_weather', arguments: '{}' } as const;
    const conversation = conversationOf([
      { ...call, callId: 'get_weather_1', status: 'answered' },
      { ...call, id: 'i2', callId: 'get_weather_2', status: 'pending' },
    ]);
    const stream = openStream({}, { conversation });
    stream.encodeRestore!();

    const unnamed = { toolCall: { functionCalls: [{ name: 'get_weather', args: {} }] } };
    const [told] = decodeAll(stream, READY, unnamed).filter(({ kind }) => kind === 'toolCall');

    expect(told).toMatchObject({ callId: 'get_weather_3' });
  });

  it('answers a call that another socket told in words', () => {
    const item = { kind: 'toolResult', id: 'i', callId: 'fc_1', output: 'foggy' } as const;
    const order = { kind: 'toolResult', item, name: 'get_weather' } as const;
    const stream = openStream();

    const [unknown] = stream.encodeOrder!(order)!;
    decodeAll(stream, callOf('fc_1'));
    const [known] = stream.encodeOrder!(order)!;

    expect(unknown).toContain('[The tool get_weather answered: foggy]');
    expect(JSON.parse(known as string)).toEqual({
      toolResponse: {
        functionResponses: [{ id: 'fc_1', name: 'get_weather', response: { output: 'foggy' } }],
      },
    });
  });
});
