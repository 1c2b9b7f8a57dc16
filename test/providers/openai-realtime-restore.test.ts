/** A conversation is given back once, in order, and acknowledged. */
import { describe, expect, it } from 'vitest';

import { called, kindsOf, providerOf, said, sentBy, wire, World } from './openai-world.ts';
import type { Wire } from './openai-world.ts';
import type { ConversationRecord, ConversationItem } from '../../src/ports/conversation.ts';
import type { ProviderEvent } from '../../src/providers/contract.ts';

const result = (call: string): ConversationItem => ({
  kind: 'toolResult',
  id: `result_of_${call}`,
  callId: `call_of_${call}`,
  output: 'sunny',
});

const TALK: readonly ConversationItem[] = [
  said('s', 'system', 'You are a pirate.'),
  said('u', 'user', 'How is the weather?'),
  called('t', 'answered'),
  result('t'),
  said('a', 'assistant', 'Sunny, matey.'),
];

function configured(
  provider: ConstructorParameters<typeof World>[0],
  items: ConversationRecord,
): World {
  const world = new World(provider, items);
  world.configure();
  return world;
}

const talk = (items = TALK, owesReply = false): ConversationRecord => ({ items, owesReply });

function acknowledge(world: World, frames: readonly Wire[]): readonly ProviderEvent[] {
  return frames.flatMap(({ item }) => [
    ...world.tell('conversation.item.added', { item: item as object }),
    ...world.tell('conversation.item.done', { item: item as object }),
  ]);
}

describe('calls that wait when a conversation is given back', () => {
  const answer = (world: World, id: string): readonly Wire[] => {
    const item = {
      kind: 'toolResult',
      id: `r_${id}`,
      callId: `call_of_${id}`,
      output: '1',
    } as const;
    return wire(world.stream.encodeOrder!({ kind: 'toolResult', item, name: 'get_weather' }));
  };

  it('are answered one by one, and the model goes on after the last', () => {
    const world = configured({}, talk([called('t', 'pending'), called('u', 'pending')]));
    acknowledge(world, wire(world.stream.encodeRestore!()));

    const [first, second] = [answer(world, 't'), answer(world, 'u')];

    expect(first.map(({ type }) => type as string)).toEqual(['conversation.item.create']);
    expect(second.map(({ type }) => type as string)).toEqual([
      'conversation.item.create',
      'response.create',
    ]);
  });

  it('hold up no call of another reply, and are not told again', () => {
    const world = configured({}, talk([called('t', 'pending')]));
    acknowledge(world, wire(world.stream.encodeRestore!()));
    world.reply();
    const item = { id: 'i', type: 'function_call', name: 'get_weather', arguments: '{}' };
    const done = { ...item, status: 'completed' };

    const told = ['call_of_t', 'call_of_new'].flatMap((callId) =>
      world.tell('response.output_item.done', { item: { ...done, call_id: callId } }),
    );
    world.endReply();

    expect(told).toMatchObject([{ kind: 'toolCall', callId: 'call_of_new' }]);
    expect(answer(world, 'new').map(({ type }) => type as string)).toContain('response.create');
  });
});

describe('a conversation', () => {
  it('is given back item by item, by our names, each after the one before', () => {
    const world = configured({}, talk());

    const frames = wire(world.stream.encodeRestore!());

    expect(frames.map(({ item }) => item as object)).toEqual([
      {
        id: 's',
        type: 'message',
        role: 'system',
        content: [{ type: 'input_text', text: 'You are a pirate.' }],
      },
      {
        id: 'u',
        type: 'message',
        role: 'user',
        content: [{ type: 'input_text', text: 'How is the weather?' }],
      },
      {
        id: 't',
        type: 'function_call',
        call_id: 'call_of_t',
        name: 'get_weather',
        arguments: '{}',
      },
      {
        id: 'result_of_t',
        type: 'function_call_output',
        call_id: 'call_of_t',
        output: 'sunny',
      },
      {
        id: 'a',
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Sunny, matey.' }],
      },
    ]);
    expect(frames.map((frame) => frame['previous_item_id'] as string)).toEqual([
      'root',
      's',
      'u',
      't',
      'result_of_t',
    ]);
    expect(new Set(frames.map((frame) => frame['event_id'] as string)).size).toBe(5);
  });

  it('is restored when each item is acknowledged, and not before', () => {
    const world = configured({}, talk());
    const frames = wire(world.stream.encodeRestore!());

    const first = acknowledge(world, frames.slice(0, -1));
    const last = acknowledge(world, frames.slice(-1));

    expect(first).toEqual([]);
    expect(last).toEqual([{ kind: 'restored', resumed: false, toolCallsCarried: 0 }]);
  });

  it('is restored by the older acknowledgement as well', () => {
    const world = configured({}, talk([said('u', 'user', 'Hello')]));
    const [frame] = wire(world.stream.encodeRestore!());

    const events = world.tell('conversation.item.created', { item: frame?.['item'] as object });

    expect(kindsOf(events)).toEqual(['restored']);
  });

  it('that waits for an answer is answered once', () => {
    const world = configured({}, talk([said('u', 'user', 'Hello')], true));
    const frames = wire(world.stream.encodeRestore!());

    const events = acknowledge(world, frames);

    expect(sentBy(events)).toMatchObject([{ type: 'response.create' }]);
    expect(kindsOf(events)).toEqual(['send', 'restored']);
  });

  it('carries its calls that wait for a result', () => {
    const world = configured({}, talk([called('t', 'pending')]));
    const frames = wire(world.stream.encodeRestore!());

    expect(acknowledge(world, frames)).toMatchObject([{ kind: 'restored', toolCallsCarried: 1 }]);
  });

  it('that is empty is nothing to give back', () => {
    expect(configured({}, talk([])).stream.encodeRestore!()).toBeNull();
  });

  it('loses what says nothing, and what the service would refuse', () => {
    const items = [
      said('empty', 'assistant', ''),
      { ...said('open', 'user', 'wha'), status: 'inProgress' } as const,
      called('gone', 'cancelled'),
      result('gone'),
      result('forgotten'),
      said('mute', 'user', ''),
    ];
    const world = configured({}, talk(items));

    const frames = wire(world.stream.encodeRestore!());

    expect(frames.map(({ item }) => item as object)).toEqual([
      {
        id: 'mute',
        type: 'message',
        role: 'user',
        content: [{ type: 'input_text', text: '(spoken, and not transcribed)' }],
      },
    ]);
  });
});

describe('items that are not taken as they were given', () => {
  const TWO = [said('u', 'user', 'Hello'), said('a', 'assistant', 'Hi')];

  const refuseSecond = (world: World): readonly ProviderEvent[] => {
    const [first, second] = wire(world.stream.encodeRestore!());
    return [
      ...acknowledge(world, [first!]),
      ...world.complain({ code: 'invalid_value', event_id: second?.['event_id'] as string }),
    ];
  };

  it('cost the socket once', () => {
    const world = configured({}, talk(TWO));

    expect(refuseSecond(world)).toMatchObject([
      { kind: 'failed', failure: { kind: 'perRequest' } },
      { kind: 'failed', failure: { kind: 'transient', code: 'RESTORE_DIFFERS' } },
    ]);
  });

  it('are in another order', () => {
    const world = configured({}, talk(TWO));
    const frames = wire(world.stream.encodeRestore!());

    const events = acknowledge(world, [...frames].reverse());

    expect(events).toMatchObject([{ failure: { kind: 'transient', code: 'RESTORE_DIFFERS' } }]);
  });

  it('are summed up in one, the second time', () => {
    const provider = providerOf();
    refuseSecond(configured(provider, talk(TWO)));
    const world = configured(provider, talk(TWO, true));

    const frames = sentBy(refuseSecond(world));
    const restored = acknowledge(world, frames.slice(-1));

    expect(frames).toMatchObject([
      { type: 'conversation.item.delete', item_id: 'u' },
      {
        type: 'conversation.item.create',
        item: { role: 'system', content: [{ text: expect.stringContaining('user: Hello') }] },
      },
    ]);
    expect(kindsOf(restored)).toEqual(['send', 'restored']);
  });

  it('are given up where not even that is taken: the session serves on', () => {
    const provider = providerOf();
    refuseSecond(configured(provider, talk(TWO)));
    const world = configured(provider, talk(TWO));
    const summary = sentBy(refuseSecond(world)).at(-1);

    const events = world.complain({ event_id: summary?.['event_id'] as string });

    expect(events).toMatchObject([
      { kind: 'failed', failure: { kind: 'perRequest' } },
      { kind: 'failed', failure: { kind: 'perRequest', code: 'CONVERSATION_LOST' } },
      { kind: 'restored', resumed: false },
    ]);
  });

  it('are given as they are again once a socket has taken them', () => {
    const provider = providerOf();
    refuseSecond(configured(provider, talk(TWO)));
    const healthy = configured(provider, talk(TWO));
    acknowledge(healthy, wire(healthy.stream.encodeRestore!()));

    const events = refuseSecond(configured(provider, talk(TWO)));

    expect(events.at(-1)).toMatchObject({ failure: { kind: 'transient' } });
  });
});
