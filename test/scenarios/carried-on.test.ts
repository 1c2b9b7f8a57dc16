/** A conversation that one provider begins and another carries on, and the first again: nobody forgets, nobody repeats. */
import { describe, expect, it } from 'vitest';

import { CarriedOnWorld, turnsOf, wordsOf } from './carried-on-world.ts';

const ANSWERED = [
  'user: hello there',
  'assistant: You said: hello there.',
  'user: tell me a story about the quick brown fox',
  'assistant: You said: tell me a', // more was made, and nobody heard it
  'user: stop please',
  'assistant: You said: stop please.',
  'user: how is the weather',
] as const;

/** With OpenAI: a turn that is answered, one that is spoken into, a tool that has answered, and one that has not yet. */
async function begun(world: CarriedOnWorld): Promise<void> {
  await world.asks('hello there');
  await world.say('tell me a story about the quick brown fox');
  await world.until(() => world.isPlaying);
  await world.pass(1_500);
  await world.asks('stop please');
  const { callId } = await world.calls('how is the weather');
  world.session.conversation.answerTool(callId, 'foggy');
  await world.isAnswered();
  await world.calls('and the weather tomorrow');
}

/** OpenAI is gone in the middle of a turn, for good. */
async function failsInMidTurn(world: CarriedOnWorld): Promise<void> {
  await world.say('will it rain ');
  world.fails('openai');
  await world.asks('at noon');
}

/** OpenAI is to be had again, and has been given the session back. */
async function returned(world: CarriedOnWorld): Promise<void> {
  world.ways.openai.isDown = false;
  await world.pass(70_000);
  await world.asks('are you there');
  await world.until(() => world.openai.stats.connectionsOpen === 1);
  await world.pass(5_000);
}

describe('a conversation that goes from OpenAI to Gemini', () => {
  it('is known there: each turn once, in order, with what was heard of answers, and the open turn whole', async () => {
    const world = await CarriedOnWorld.start();
    await begun(world);

    await failsInMidTurn(world);

    const told = world.thoughts.at(-1);
    expect(told).toEqual(turnsOf(world.items.slice(0, -1)));
    expect(told?.at(-1)).toEqual({ role: 'user', text: 'will it rain at noon' });
    expect(wordsOf(world.items).slice(0, ANSWERED.length)).toEqual(ANSWERED);
    expect(wordsOf(world.items).at(-1)).toBe('assistant: You said: will it rain at noon.');
    expect(world.thoughts).toHaveLength(1); // nobody was asked for an answer that there was
  });

  it('asks no tool twice, and takes the result of one that was asked before', async () => {
    const world = await CarriedOnWorld.start();
    await begun(world);
    await failsInMidTurn(world);
    const { callId } = world.eventsOf('toolCall').at(-1)!;

    world.session.conversation.answerTool(callId, 'sunny');
    await world.isAnswered();

    expect(world.eventsOf('toolCall')).toHaveLength(2);
    expect(world.thoughts.at(-1)?.at(-1)?.text).toBe('[The tool get_weather answered: sunny]');
    expect(wordsOf(world.items).at(-1)).toBe('assistant: Noted.');
  });
});

describe('a conversation that goes back', () => {
  it('is known to OpenAI: what it had said itself, and what Gemini said meanwhile', async () => {
    const world = await CarriedOnWorld.start();
    await begun(world);
    await failsInMidTurn(world);
    world.session.conversation.answerTool(world.eventsOf('toolCall').at(-1)!.callId, 'sunny');
    await world.isAnswered();

    await returned(world);

    const [session] = world.openai.sessions;
    expect(wordsOf(session?.items ?? [])).toEqual(wordsOf(world.items));
    expect(world.eventsOf('toolCall')).toHaveLength(2);
    expect(world.gemini.stats.connectionsOpen).toBe(0);
  });

  it('is known to Gemini the second time, whose session had missed what was said to OpenAI', async () => {
    const world = await CarriedOnWorld.start();
    await world.asks('hello there');
    world.fails('openai');
    await world.asks('who are you');
    await returned(world);
    await world.asks('what is new');

    world.fails('openai');
    await world.asks('and now');

    expect(world.thoughts.at(-1)).toEqual(turnsOf(world.items.slice(0, -1)));
    expect(world.gemini.stats.connectionsOpened).toBe(2);
    expect(wordsOf(world.items)).toEqual(
      ['hello there', 'who are you', 'are you there', 'what is new', 'and now'].flatMap((text) => [
        `user: ${text}`,
        `assistant: You said: ${text}.`,
      ]),
    );
  });
});

describe('a session of Gemini that is taken up again', () => {
  /** The offer that comes after an answer does not arrive any more. */
  const isOffer = (frame: unknown): boolean => String(frame).includes('"resumable":true');

  it('is told the turns that were answered after the newest handle, and no other', async () => {
    const world = await CarriedOnWorld.start(['gemini']);
    await world.asks('hello there');
    world.ways.gemini.loses = isOffer;
    await world.asks('who are you');
    world.ways.gemini.loses = () => false;

    world.gemini.cutAll();
    await world.asks('what is new');

    expect(world.thoughts.at(-1)).toEqual(turnsOf(world.items.slice(0, -1)));
    expect(world.items).toHaveLength(6);
    expect(world.eventsOf('connection.reconnected')).toMatchObject([{ outcome: 'resumed' }]);
  });

  it('is told nothing where its handle is newer than all that was said', async () => {
    const world = await CarriedOnWorld.start(['gemini']);
    await world.asks('hello there');

    world.gemini.cutAll();
    await world.asks('what is new');

    expect(world.thoughts.at(-1)).toEqual(turnsOf(world.items.slice(0, -1)));
    expect(world.items).toHaveLength(4);
  });

  it('is told a call that it made after its handle, and what it was made for', async () => {
    const world = await CarriedOnWorld.start(['gemini']);
    await world.asks('hello there');
    const { callId } = await world.calls('how is the weather');

    world.gemini.cutAll();
    await world.until(() => world.eventsOf('connection.reconnected').length === 1);
    world.session.conversation.answerTool(callId, 'foggy');
    await world.isAnswered();

    expect(world.thoughts.at(-1)?.map(({ text }) => text)).toEqual([
      'hello there',
      'You said: hello there.',
      'how is the weather',
      expect.stringMatching(/^\[The tool get_weather was called with .*; its answer will follow]$/),
      '[The tool get_weather answered: foggy]',
    ]);
    expect(world.eventsOf('toolCall')).toHaveLength(1);
  });
});
