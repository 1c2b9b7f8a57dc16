/** A turn of the user's, the answer to it, and what stops the answer. */
import { describe, expect, it } from 'vitest';

import { MS_PER_CHAR, ScriptedModel, VoiceWorld } from './voice-world.ts';

const CALL = { callId: 'c1', name: 'get_weather', arguments: '{}', signature: 's' } as const;

describe('a turn of the user’s', () => {
  it('is all finals up to the one that ends the utterance, and is asked about once', async () => {
    const world = await new VoiceWorld().connected();
    await world.speak(1_000);

    world.hear('how is', 0, 500, { endsUtterance: false });
    world.hear('the weather', 500, 1_000);
    await world.pass(10);

    expect(world.messages).toEqual(['user: how is the weather (completed)']);
    expect(world.agent.conversation.items[0]).toMatchObject({ fromMs: 0, toMs: 1_000 });
    expect(world.model.asked).toHaveLength(1);
    expect(world.model.shown).toEqual(['user: how is the weather']);
  });

  it('ends with the utterance where no final says so, and not with the end of the one before', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('first');
    world.model.answers('Yes.');
    await world.speak(1_000);
    world.hear('second', 1_000, 2_000, { endsUtterance: false });

    world.tell({ kind: 'utteranceEnded', atSample: 900 * 16 });
    const afterLate = world.model.asked.length;
    world.tell({ kind: 'utteranceEnded', atSample: 1_900 * 16 });

    expect(afterLate).toBe(1);
    expect(world.model.shown.at(-1)).toBe('user: second');
  });

  it('ends by itself where nobody tells its end', async () => {
    const world = await new VoiceWorld().connected();
    await world.speak(1_000);
    world.hear('hello', 0, 1_000, { endsUtterance: false });

    await world.pass(2_999);
    const before = world.model.asked.length;
    await world.pass(1);

    expect(before).toBe(0);
    expect(world.model.asked).toHaveLength(1);
  });

  it('ends when the application says so', async () => {
    const world = await new VoiceWorld().connected();
    await world.speak(1_000);
    world.hear('hello', 0, 1_000, { endsUtterance: false });

    const didEnd = world.agent.conversation.endTurn();

    expect(didEnd).toBe(true);
    expect(world.messages).toEqual(['user: hello (completed)']);
  });

  it('that is not final yet is asked for when the application ends it', async () => {
    const world = await new VoiceWorld().connected();
    await world.speak(1_000);

    const didEnd = world.agent.conversation.endTurn();
    await world.pass(50);

    expect(didEnd).toBe(true);
    expect(world.messages).toEqual(['user: rest (completed)']);
  });

  it('comes before a model with the last ten messages only', async () => {
    const world = await new VoiceWorld().connected();
    for (let turn = 1; turn <= 7; turn += 1) {
      await world.turn(`question ${turn}`);
      if (turn < 7) world.model.answers(`Answer ${turn}.`);
      await world.pass(1_000);
    }

    expect(world.model.shown).toEqual([
      'assistant: Answer 2.',
      'user: question 3',
      'assistant: Answer 3.',
      'user: question 4',
      'assistant: Answer 4.',
      'user: question 5',
      'assistant: Answer 5.',
      'user: question 6',
      'assistant: Answer 6.',
      'user: question 7',
    ]);
  });
});

describe('an answer', () => {
  it('is spoken sentence by sentence while it comes', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('hello');

    world.model.text('Good mor', 'ning. How ');
    await world.pass(20);
    const early = world.ordered();
    world.model.text('are you?');
    world.model.end();
    await world.pass(20);

    expect(early).toEqual(['Good morning.']);
    expect(world.ordered()).toEqual(['Good morning.', 'How are you?']);
    expect(world.eventsOf('reply.text').map(({ delta }) => delta)).toEqual([
      'Good morning. ',
      'How are you?',
    ]);
    expect(world.messages[1]).toBe('assistant: Good morning. How are you? (completed)');
  });

  it('sounds under the name of its item, and is told when all of it was spoken', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('hello');

    world.model.answers('One. ', 'Two.');
    await world.pass(20);

    const [, item] = world.agent.conversation.items;
    expect(new Set(world.heard.map(({ id }) => id))).toEqual(new Set([item?.id]));
    expect(world.heardMs).toBe(8 * MS_PER_CHAR);
    expect(world.eventsOf('spoken')).toEqual([{ type: 'spoken', id: item?.id }]);
    expect(world.eventsOf('reply.ended')).toEqual([{ type: 'reply.ended', status: 'completed' }]);
  });

  it('can be to a typed message', async () => {
    const world = await new VoiceWorld().connected();

    world.agent.conversation.send('Are you there?');
    world.model.answers('Yes.');

    expect(world.messages).toEqual([
      'user: Are you there? (completed)',
      'assistant: Yes. (completed)',
    ]);
  });
});

describe('a text that the application has spoken', () => {
  it('is part of the conversation, and told when it was spoken', async () => {
    const world = await new VoiceWorld().connected();

    const id = world.agent.conversation.say('Welcome.');
    await world.pass(20);

    expect(world.messages).toEqual(['assistant: Welcome. (completed)']);
    expect(world.eventsOf('spoken')).toEqual([{ type: 'spoken', id }]);
  });
});

describe('a user who speaks into the answer', () => {
  const ANSWER = 'One two three four five. Six seven eight.';

  async function answering(): Promise<VoiceWorld> {
    const world = await new VoiceWorld().connected();
    await world.turn('count');
    world.model.text(`${ANSWER} `);
    await world.pass(10);
    return world;
  }

  it('stops the voice and the model, and is told', async () => {
    const world = await answering();

    world.tell({ kind: 'speechStarted', atSample: 16_000 });
    await world.pass(10);

    const [, item] = world.agent.conversation.items;
    expect(world.ordered().at(-1)).toBe('interrupt');
    expect(world.model.last.isCancelled).toBe(true);
    expect(world.eventsOf('interrupted')).toEqual([{ type: 'interrupted', id: item?.id }]);
    expect(world.eventsOf('reply.ended')).toEqual([{ type: 'reply.ended', status: 'interrupted' }]);
  });

  it('has heard as much as the application says', async () => {
    const world = await answering();
    const id = world.heard[0]?.id ?? '';

    world.agent.conversation.heard(id, 14 * MS_PER_CHAR);
    world.tell({ kind: 'speechStarted', atSample: 16_000 });

    expect(world.messages[1]).toBe('assistant: One two three (interrupted)');
  });

  it('has heard as much as could be played since, where the application says nothing', async () => {
    const world = await answering();
    const heldUpMs = world.heardMs;

    await world.pass(26 * MS_PER_CHAR);
    world.tell({ kind: 'speechStarted', atSample: 16_000 });

    expect(heldUpMs).toBeGreaterThan(26 * MS_PER_CHAR);
    expect(world.messages[1]).toBe('assistant: One two three four five. (interrupted)');
  });

  it('is heard by words where nobody tells that speech began', async () => {
    const world = await answering();

    world.hear('stop', 1_000, 1_200, { isFinal: false });

    expect(world.eventsOf('interrupted')).toHaveLength(1);
  });

  it('cuts nothing of what was played to its end', async () => {
    const world = await answering();
    world.model.end();

    await world.pass(5_000);
    world.tell({ kind: 'speechStarted', atSample: 16_000 });

    expect(world.eventsOf('interrupted')).toEqual([]);
    expect(world.messages[1]).toContain('(completed)');
  });

  it('hears nothing more of it, though sound was on its way', async () => {
    const world = await new VoiceWorld({ speaksAtOnce: false }).connected();
    await world.turn('count');
    world.model.text(`${ANSWER} `);
    world.tell({ kind: 'speechStarted', atSample: 16_000 });

    world.sound('say_1.1', 'One two three four five.');
    await world.pass(20);

    expect(world.heard).toEqual([]);
  });

  it('is answered as if nothing had been, where nothing was said yet and no word came', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('hello');

    world.tell({ kind: 'speechStarted', atSample: 16_000 });
    const wasCancelled = world.model.last.isCancelled;
    await world.pass(3_000);

    expect(wasCancelled).toBe(true);
    expect(world.model.asked).toHaveLength(2);
    expect(world.model.shown).toEqual(['user: hello']);
  });

  it('is answered to both turns, where nothing was said to the first', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('how is');

    await world.turn('the weather');

    expect(world.model.open).toBe(1);
    expect(world.model.shown).toEqual(['user: how is', 'user: the weather']);
  });
});

describe('a call for a tool', () => {
  it('is told once, and its result goes on with the answer, its signature along', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('weather');
    world.model.text('Let me see. ');
    world.model.call(CALL);
    world.model.call(CALL);
    world.model.end();

    const answered = [1, 2].map(() => world.agent.conversation.answerTool('c1', 'fog'));
    world.model.answers('It is foggy.');

    expect(answered).toEqual([true, false]);
    expect(world.eventsOf('toolCall')).toMatchObject([{ callId: 'c1', name: 'get_weather' }]);
    expect(world.model.asked).toHaveLength(2);
    expect(world.model.last.request.conversation).toMatchObject([
      { role: 'user' },
      { role: 'assistant', text: 'Let me see. ' },
      { kind: 'toolCall', callId: 'c1', status: 'answered', signature: 's' },
      { kind: 'toolResult', output: 'fog' },
    ]);
  });

  it('waits for the results of all calls of its answer, and for the answer’s end', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('weather');
    world.model.call(CALL);
    world.model.call({ ...CALL, callId: 'c2' });

    world.agent.conversation.answerTool('c1', 'fog');
    world.model.end();
    const afterOne = world.model.asked.length;
    world.agent.conversation.answerTool('c2', 'rain');

    expect(afterOne).toBe(1);
    expect(world.model.asked).toHaveLength(2);
  });

  it('whose result comes at once does not hurry those that are still waited for', async () => {
    const world = await new VoiceWorld().connected();
    world.agent.on('toolCall', ({ callId }) => {
      if (callId === 'c1') world.agent.conversation.answerTool(callId, 'fog');
    });
    await world.turn('weather');
    world.model.call(CALL);
    world.model.call({ ...CALL, callId: 'c2' });

    world.model.end();
    const afterOne = world.model.asked.length;
    world.agent.conversation.answerTool('c2', 'rain');

    expect(afterOne).toBe(1);
    expect(world.model.asked).toHaveLength(2);
  });

  it('that was never answered keeps nobody from answering later ones', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('weather');
    world.model.call(CALL);
    world.model.end();
    await world.turn('and tomorrow');
    world.model.call({ ...CALL, callId: 'c2' });
    world.model.end();

    world.agent.conversation.answerTool('c2', 'rain');

    expect(world.model.asked).toHaveLength(3);
  });

  it('has an id that no call of the whole conversation had', async () => {
    const world = await new VoiceWorld({ agent: { historyMessages: 1 } }).connected();
    await world.turn('weather');
    world.model.call(CALL);
    world.model.end();
    world.agent.conversation.answerTool('c1', 'fog');
    world.model.answers('Fog.');

    await world.turn('thanks');

    expect(world.model.shown).toEqual(['user: thanks']);
    expect(world.model.last.request.takenCallIds).toEqual(['c1']);
  });
});

describe('the options of a voice agent', () => {
  it.each([
    [{ historyMessages: 0 }, 'historyMessages'],
    [{ thinking: [] }, 'language model'],
    [{ hearing: [] }, 'candidate'],
  ])('are refused where they cannot be meant: %j', (agent, what) => {
    const create = (): unknown => new VoiceWorld({ agent });

    expect(create).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    expect(create).toThrow(what);
  });

  it('take several models, of which the first is asked first', async () => {
    const models = [new ScriptedModel('a'), new ScriptedModel('b')] as const;
    const world = await new VoiceWorld({ agent: { thinking: models } }).connected();

    await world.turn('hello');

    expect(models.map(({ asked }) => asked.length)).toEqual([1, 0]);
  });
});
