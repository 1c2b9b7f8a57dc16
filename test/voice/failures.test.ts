/** Each part of a voice agent fails and recovers alone. */
import { describe, expect, it } from 'vitest';

import { MS_PER_CHAR, OVERLOADED, VoiceWorld } from './voice-world.ts';

describe('a lost ear', () => {
  it('is given the audio again in the middle of a word, and the turn is one', async () => {
    const world = await new VoiceWorld().connected();
    await world.speak(500);
    world.hear('how is', 0, 500, { endsUtterance: false });
    await world.speak(500);
    world.hear('the wea', 500, 1_000, { isFinal: false });

    world.ear.end(1006);
    await world.pass(2_000);
    const replayedMs = world.ear.audio.length / 32;
    world.hear('the weather', 0, 500);
    await world.pass(10);

    expect(replayedMs).toBe(500);
    expect(world.messages).toEqual(['user: how is the weather (completed)']);
    expect(world.model.asked).toHaveLength(1);
    expect(world.signals).toEqual(['stt reconnecting', 'stt reconnected']);
    expect(world.agent.status).toBe('active');
  });

  it('ends no turn by its silence', async () => {
    const world = await new VoiceWorld().connected();
    await world.speak(1_000);
    world.hear('how is', 0, 500, { endsUtterance: false });
    world.ears.outcome = () => 'hangs';

    world.ear.end(1006);
    await world.pass(9_000);

    expect(world.model.asked).toHaveLength(0);
  });

  it('leaves the answer that is spoken alone', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('hello');
    world.model.text('One two three. ');

    world.ear.end(1006);
    await world.pass(50);
    world.model.text('Four five.');
    world.model.end();
    await world.pass(2_000);

    expect(world.ordered()).toEqual(['One two three.', 'Four five.']);
    expect(world.eventsOf('interrupted')).toEqual([]);
  });

  it('that stays away is told as missing, while the user can type', async () => {
    const world = await new VoiceWorld().connected();
    world.ears.outcome = () => ({ code: 1006, reason: '', status: 402 });

    world.ear.end(1006);
    await world.pass(2_000);
    world.agent.conversation.send('Can you read this?');
    world.model.answers('Yes.');
    await world.pass(50);

    expect(world.eventsOf('session.degraded')).toEqual([
      { type: 'session.degraded', mode: 'noSpeech', missing: ['hearing'] },
    ]);
    expect(world.signals.at(-1)).toBe('stt failed');
    expect(world.eventsOf('error')).toEqual([]);
    expect(world.eventsOf('warning')).toMatchObject([{ error: { code: 'QUOTA_EXHAUSTED' } }]);
    expect(world.agent.status).toBe('active');
    expect(world.heardMs).toBe(4 * MS_PER_CHAR);
  });

  it('is dialled again when the application connects again', async () => {
    const world = await new VoiceWorld().connected();
    world.ears.outcome = () => ({ code: 1006, reason: '', status: 402 });
    world.ear.end(1006);
    await world.pass(2_000);
    world.ears.outcome = () => 'opens';

    const connecting = world.agent.connect();
    await world.pass(100);
    await connecting;

    expect(world.eventsOf('session.restored')).toEqual([
      { type: 'session.restored', mode: 'noSpeech' },
    ]);
  });
});

describe('a lost voice', () => {
  it('says the sentence again from its beginning, and no other', async () => {
    const world = await new VoiceWorld({ speaksAtOnce: false }).connected();
    await world.turn('count');
    world.model.answers('One. Two two two. Three.');
    await world.pass(10);
    world.sound('say_1.1', 'One.');
    world.sound('say_2.1', 'Two two two.', world.voice, 0.5);
    await world.pass(10);

    world.voice.end(1006);
    await world.pass(2_000);
    const again = world.ordered();
    world.sound('say_2.1', 'Two two two.');
    world.sound('say_3.1', 'Three.');
    await world.pass(10);

    expect(again).toEqual(['Two two two.', 'Three.']);
    expect(world.heardMs).toBe((4 + 6 + 12 + 6) * MS_PER_CHAR);
    expect(world.eventsOf('spoken')).toHaveLength(1);
    expect(world.signals).toEqual(['tts reconnecting', 'tts reconnected']);
    expect(world.messages[1]).toBe('assistant: One. Two two two. Three. (completed)');
  });

  it('counts what was heard of a sentence from its beginning, however often it was begun', async () => {
    const world = await new VoiceWorld({ speaksAtOnce: false }).connected();
    await world.turn('count');
    world.model.answers('One two three four.');
    await world.pass(10);
    world.sound('say_1.1', 'One two three four.', world.voice, 0.5);
    await world.pass(10);
    world.voice.end(1006);
    await world.pass(2_000);
    world.sound('say_1.1', 'One two three four.');
    await world.pass(10);

    world.agent.conversation.heard(world.heard[0]?.id ?? '', 13 * MS_PER_CHAR);
    world.agent.conversation.interrupt();

    expect(world.messages[1]).toBe('assistant: One two (interrupted)');
  });

  it('that stays away leaves the text, and nothing old is said when it is back', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('hello');
    world.voices.outcome = () => ({ code: 1006, reason: '', status: 402 });
    world.voice.end(1006);
    world.model.answers('Good morning.');
    await world.pass(2_000);
    await world.turn('again');
    world.model.answers('Good evening.');
    const { length } = world.heard;
    world.voices.outcome = () => 'opens';

    const connecting = world.agent.connect();
    await world.pass(100);
    await connecting;
    await world.turn('and now');
    world.model.answers('Good night.');
    await world.pass(50);

    expect(length).toBe(0);
    expect(world.eventsOf('session.degraded')).toEqual([
      { type: 'session.degraded', mode: 'textOnly', missing: ['speaking'] },
    ]);
    expect(world.eventsOf('session.restored')).toHaveLength(1);
    expect(world.messages).toContain('assistant: Good evening. (completed)');
    expect(world.ordered()).toEqual(['Good night.']);
  });
});

describe('a voice that is looked for while nobody speaks', () => {
  it('is told as missing, and as back, without an order', async () => {
    const world = await new VoiceWorld({ voiceTraits: { endsAfterMs: 3_600_000 } }).connected();
    world.agent.conversation.say('Welcome.');
    await world.pass(50);
    world.voices.outcome = () => ({ code: 1006, reason: '', status: 503 });

    world.voice.end(1006);
    await world.pass(80_000);
    const during = world.eventsOf('session.degraded');
    await world.turn('are you there');
    world.model.answers('Only in writing.');
    world.voices.outcome = () => 'opens';
    await world.pass(35_000);
    world.agent.conversation.say('Back again.');
    await world.pass(50);

    expect(during).toEqual([{ type: 'session.degraded', mode: 'textOnly', missing: ['speaking'] }]);
    expect(world.eventsOf('session.restored')).toEqual([
      { type: 'session.restored', mode: 'textOnly' },
    ]);
    expect(world.messages).toContain('assistant: Only in writing. (completed)');
    expect(world.ordered()).toEqual(['Back again.']);
  });
});

describe('everything at once', () => {
  it('comes back part by part, and the turn is answered', async () => {
    const world = await new VoiceWorld({ speaksAtOnce: false }).connected();
    await world.turn('hello');
    world.model.text('One. Two. ');
    await world.pass(10);
    world.sound('say_1.1', 'One.');
    await world.pass(10);

    world.ear.end(1006);
    world.voice.end(1006);
    world.model.fails(OVERLOADED);
    const during = world.agent.status;
    await world.pass(3_000);
    world.model.answers('Three.');
    await world.turn('thanks');

    expect(during).toBe('reconnecting');
    expect(world.agent.status).toBe('active');
    expect([...world.signals].sort()).toEqual([
      'llm reconnected',
      'llm reconnecting',
      'stt reconnected',
      'stt reconnecting',
      'tts reconnected',
      'tts reconnecting',
    ]);
    expect(world.ordered()).toEqual(['Two.', 'Three.', 'interrupt']);
    expect(world.messages.at(-1)).toBe('user: thanks (completed)');
  });

  it('is an error where neither hearing nor speaking is left', async () => {
    const world = await new VoiceWorld().connected();
    const refusal = { code: 1006, reason: '', status: 401 } as const;
    world.ears.outcome = () => refusal;
    world.voices.outcome = () => refusal;

    world.ear.end(1006);
    world.voice.end(1006);
    await world.pass(60_000);

    expect(world.agent.status).toBe('error');
    expect(world.agent.error).toMatchObject({ code: 'AUTH_REFUSED' });
    expect(world.eventsOf('error')).toHaveLength(1);
    expect(world.eventsOf('session.degraded').at(-1)).toEqual({
      type: 'session.degraded',
      mode: 'recordOnly',
      missing: ['hearing', 'speaking'],
    });
  });

  it('at the first dial is what connect throws, and one part alone is not', async () => {
    const outcome = () => ({ code: 1006, reason: '', status: 401 }) as const;
    const none = new VoiceWorld({ hearing: { outcome }, speaking: { outcome } });
    const half = new VoiceWorld({ speaking: { outcome } });

    const failing = none.agent.connect().catch((error: unknown) => error);
    const connecting = half.agent.connect();
    await none.pass(100);
    await half.pass(100);
    await connecting;

    expect(await failing).toMatchObject({ code: 'AUTH_REFUSED' });
    expect(half.agent.status).toBe('active');
    expect(half.eventsOf('session.degraded')).toMatchObject([{ mode: 'textOnly' }]);
  });
});
