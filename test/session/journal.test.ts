import { describe, expect, it } from 'vitest';

import { Journal } from '../../src/session/journal.ts';

const NOWHERE = { fromMs: null, toMs: null };

function said(ref: string, text: string, role: 'user' | 'assistant' = 'user') {
  return { kind: 'item', ref, role, text, status: 'completed' } as const;
}

function call(callId: string) {
  return { kind: 'toolCall', callId, name: 'get_weather', arguments: '{}' } as const;
}

describe('Journal', () => {
  it('names items by itself, and keeps a name over sockets', () => {
    const journal = new Journal();
    const first = journal.note(said('item_of_theirs', 'Hello.'), NOWHERE);

    journal.linkLost();
    const again = journal.note(said(first?.id ?? '', 'Hello.'), NOWHERE);

    expect(again).toBeNull();
    expect(journal.conversation.items).toMatchObject([{ id: first?.id, text: 'Hello.' }]);
  });

  it('takes a name of theirs on another socket for another item', () => {
    const journal = new Journal();
    journal.note(said('1', 'Hello.'), NOWHERE);

    journal.linkLost();
    journal.note(said('1', 'How are you?'), NOWHERE);

    expect(journal.conversation.items).toMatchObject([
      { text: 'Hello.' },
      { text: 'How are you?' },
    ]);
  });

  it('forgets a turn that was not heard to its end: it will be heard again', () => {
    const journal = new Journal();
    journal.note(
      { kind: 'item', ref: 'a', role: 'user', text: 'How', status: 'inProgress' },
      NOWHERE,
    );

    journal.linkLost();

    expect(journal.conversation.items).toEqual([]);
  });

  it('keeps of an answer that was cut off the words that were heard', () => {
    const journal = new Journal();
    const item = journal.note(
      { kind: 'item', ref: 'a', role: 'assistant', text: '', status: 'inProgress' },
      NOWHERE,
    );
    journal.addText('a', 'It is foggy and twelve degrees.');
    journal.addAudio('a', 3_100);
    journal.heard(item?.id ?? '', 1_200);

    const cut = journal.linkLost();

    expect(cut).toMatchObject([{ text: 'It is foggy', status: 'interrupted' }]);
  });

  it('owes an answer to a turn that was heard and not answered, once', () => {
    const journal = new Journal();
    journal.note(said('a', 'How is the weather?'), NOWHERE);
    const before = journal.conversation.owesReply;

    journal.askedAgain();
    const after = journal.conversation.owesReply;
    journal.note(said('b', 'And tomorrow?'), NOWHERE);

    expect([before, after, journal.conversation.owesReply]).toEqual([true, false, true]);
  });

  it('owes nothing for a transcription that comes after the answer', () => {
    const journal = new Journal();
    journal.note(said('a', ''), NOWHERE);
    journal.replied();

    journal.note(said('a', 'Hello.'), NOWHERE);

    expect(journal.conversation.owesReply).toBe(false);
  });

  it('owes nothing once the turn is answered', () => {
    const journal = new Journal();
    journal.addMessage('user', 'Hello.');

    journal.replied();

    expect(journal.conversation.owesReply).toBe(false);
  });

  it('takes a tool call once, and one result for it', () => {
    const journal = new Journal();

    const calls = [journal.addToolCall(call('1')), journal.addToolCall(call('1'))];
    const results = [journal.addToolResult('1', 'fog'), journal.addToolResult('1', 'sun')];

    expect(calls.map((item) => item !== null)).toEqual([true, false]);
    expect(results.map((item) => item !== null)).toEqual([true, false]);
    expect(journal.conversation.items).toMatchObject([
      { kind: 'toolCall', status: 'answered' },
      { kind: 'toolResult', output: 'fog' },
    ]);
  });

  it('waits for the result of a call before it owes the answer', () => {
    const journal = new Journal();
    journal.addMessage('user', 'How is the weather?');
    journal.addToolCall(call('1'));
    const waiting = journal.conversation.owesReply;

    journal.addToolResult('1', 'fog');

    expect([waiting, journal.conversation.owesReply]).toEqual([false, true]);
  });

  it('tells which calls were cancelled while they waited', () => {
    const journal = new Journal();
    journal.addToolCall(call('1'));
    journal.addToolCall(call('2'));
    journal.addToolResult('1', 'fog');

    const cancelled = journal.cancelToolCalls(['1', '2', '3']);

    expect(cancelled).toEqual(['2']);
    expect(journal.pendingToolCalls).toBe(0);
  });

  it('is bounded: the oldest turns go first, and instructions stay', () => {
    const journal = new Journal({ items: 3, chars: 1_000 });
    journal.addMessage('system', 'Be brief.');
    for (const text of ['one', 'two', 'three']) journal.addMessage('user', text);

    const texts = journal.conversation.items.map((item) => ('text' in item ? item.text : ''));

    expect(texts).toEqual(['Be brief.', 'two', 'three']);
  });

  it('is bounded in characters as well', () => {
    const journal = new Journal({ items: 100, chars: 10 });

    journal.addMessage('user', 'seven__');
    journal.addMessage('user', 'eight___');

    expect(journal.conversation.items).toMatchObject([{ text: 'eight___' }]);
  });

  it('keeps no more of one text than of all', () => {
    const journal = new Journal({ items: 100, chars: 10 });

    journal.addMessage('user', 'a'.repeat(25));
    journal.addToolCall({ ...call('1'), name: 'f', arguments: `{"a":"${'b'.repeat(25)}"}` });

    expect(journal.conversation.items).toMatchObject([{ name: 'f', arguments: '{}' }]);
  });

  it('lets go of turns before calls that wait, and of a result along with its call', () => {
    const journal = new Journal({ items: 3, chars: 1_000 });
    journal.addToolCall(call('1'));
    journal.addToolResult('1', 'fog');
    journal.addToolCall(call('2'));

    for (const text of ['one', 'two']) journal.addMessage('user', text);

    expect(journal.conversation.items).toMatchObject([
      { callId: '2', status: 'pending' },
      { text: 'one' },
      { text: 'two' },
    ]);
  });

  it('takes nothing that is forgotten for new', () => {
    const journal = new Journal({ items: 2, chars: 1_000 });
    journal.note(said('a', ''), NOWHERE);
    journal.addToolCall(call('1'));
    journal.addToolResult('1', 'fog');
    journal.addMessage('user', 'one');
    journal.addMessage('user', 'two');

    const again = [journal.note(said('a', 'Hello.'), NOWHERE), journal.addToolCall(call('1'))];

    expect(again).toEqual([null, null]);
    expect(journal.conversation.items).toMatchObject([{ text: 'one' }, { text: 'two' }]);
  });

  it('knows what it keeps by its name, however many came since', () => {
    const journal = new Journal({ items: 2, chars: 1_000 });
    const rules = { ...said('rules', 'Be brief.'), role: 'system' } as const;
    journal.note(rules, NOWHERE);
    for (let at = 0; at < 20; at += 1) journal.note(said(`turn ${at}`, 'Hello.'), NOWHERE);

    const again = journal.note(rules, NOWHERE);

    expect(again).toBeNull();
    expect(journal.conversation.items).toHaveLength(2);
  });

  it('owes nothing to a message that asked for nothing, until somebody asks', () => {
    const journal = new Journal();
    journal.addMessage('user', 'By the way.', false);
    const before = journal.conversation.owesReply;

    journal.replyAsked();

    expect([before, journal.conversation.owesReply]).toEqual([false, true]);
  });

  it('owes an answer to what was typed while another one was given', () => {
    const journal = new Journal();
    journal.addMessage('user', 'How is the weather?');
    journal.replyStarted();
    journal.addMessage('user', 'And tomorrow?');

    journal.replied('completed');
    const owes = journal.conversation.owesReply;
    journal.replyStarted();
    journal.replied('completed');

    expect([owes, journal.conversation.owesReply]).toEqual([true, false]);
  });

  it('owes the answer on that failed, and none that the application wants no more', () => {
    const journal = new Journal();
    journal.addMessage('user', 'Hello.');

    journal.replied('failed');
    const owes = journal.conversation.owesReply;
    journal.pardoned();

    expect([owes, journal.conversation.owesReply]).toEqual([true, false]);
  });

  it('owes nothing for one result while another call waits', () => {
    const journal = new Journal();
    journal.addToolCall(call('1'));
    journal.addToolCall(call('2'));
    journal.addToolResult('1', 'fog');
    const waiting = journal.conversation.owesReply;

    journal.addToolResult('2', 'sun');

    expect([waiting, journal.conversation.owesReply]).toEqual([false, true]);
  });

  it('knows what whoever listened knows: all but what is under way, or waits for its answer', () => {
    const journal = new Journal();
    const first = journal.addMessage('user', 'Hello.');
    journal.replied();
    const second = journal.addMessage('user', 'Are you there?');
    const third = journal.note({ ...said('a', 'And'), status: 'inProgress' }, NOWHERE);

    const known = journal.knownIds;
    journal.replied();

    expect([...known]).toEqual([first.id]);
    expect([...journal.knownIds]).toEqual([first.id, second.id]);
    expect(journal.conversation.items.at(-1)?.id).toBe(third?.id);
  });

  it('makes nothing more of an answer that was cut off', () => {
    const journal = new Journal();
    const item = journal.note(
      { kind: 'item', ref: 'a', role: 'assistant', text: '', status: 'inProgress' },
      NOWHERE,
    );
    journal.addText('a', 'One two three four.');
    journal.addAudio('a', 1_000);
    journal.heard(item?.id ?? '', 500);
    journal.cut(item?.id ?? '');

    const more = [
      journal.addText('a', ' Five.'),
      journal.note(said('a', 'One two three four.', 'assistant'), NOWHERE),
    ];

    expect(more).toEqual([null, null]);
    expect(journal.conversation.items).toMatchObject([{ text: 'One two', status: 'interrupted' }]);
  });
});
