/** A language model that fails: what it is asked again, when, and what is not said twice. */
import { describe, expect, it } from 'vitest';

import { OVERLOADED, ScriptedModel, VoiceWorld } from './voice-world.ts';

describe('a language model', () => {
  it('that asks for time is asked again after that time, and not before', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('hello');

    world.model.fails({ kind: 'rateLimited', code: 'http 429', retryAfterMs: 28_000 });
    await world.pass(27_999);
    const early = world.model.asked.length;
    await world.pass(1);
    world.model.answers('Hello.');
    await world.pass(50);

    expect(early).toBe(1);
    expect(world.model.asked).toHaveLength(2);
    expect(world.eventsOf('connection.reconnecting')).toMatchObject([
      { component: 'llm', attempt: 1, backoffDelayMs: 28_000 },
    ]);
    expect(world.eventsOf('connection.reconnected')).toMatchObject([
      { component: 'llm', attempts: 1, downtimeMs: 28_000, cause: { kind: 'rateLimited' } },
    ]);
    expect(world.eventsOf('reply.started')).toHaveLength(1);
    expect(world.ordered()).toEqual(['Hello.']);
  });

  it('that asks for time is not asked sooner by another turn', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('hello');
    world.model.fails({ kind: 'rateLimited', code: 'http 429', retryAfterMs: 28_000 });

    await world.turn('are you there');
    const early = world.model.asked.length;
    await world.pass(28_000);

    expect(early).toBe(1);
    expect(world.model.shown).toEqual(['user: hello', 'user: are you there']);
  });

  it('that has too much to do is asked again, later each time', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('hello');

    world.model.fails(OVERLOADED);
    await world.pass(2_000);
    world.model.fails(OVERLOADED);
    await world.pass(4_000);
    world.model.answers('Hello.');
    await world.pass(50);

    expect(
      world.eventsOf('connection.reconnecting').map(({ backoffDelayMs }) => backoffDelayMs),
    ).toEqual([2_000, 4_000]);
    expect(world.eventsOf('connection.reconnected')).toMatchObject([{ attempts: 2 }]);
    expect(world.ordered()).toEqual(['Hello.']);
  });

  it('is given up after as many tries as the policy says', async () => {
    const world = await new VoiceWorld({
      agent: { reconnect: { jitter: 'none', maxAttempts: 1 } },
    }).connected();
    await world.turn('hello');

    world.model.fails(OVERLOADED);
    await world.pass(2_000);
    world.model.fails(OVERLOADED);
    await world.pass(60_000);

    expect(world.model.asked).toHaveLength(2);
    expect(world.signals.at(-1)).toBe('llm failed');
    expect(world.eventsOf('reply.ended')).toEqual([{ type: 'reply.ended', status: 'failed' }]);
  });

  it.each(['quota', 'config', 'auth'] as const)(
    'that fails for %s is not asked again until the next turn',
    async (kind) => {
      const world = await new VoiceWorld().connected();
      await world.turn('hello');

      world.model.fails({ kind });
      await world.pass(120_000);
      const before = world.model.asked.length;
      await world.turn('hello again');

      expect(before).toBe(1);
      expect(world.model.asked).toHaveLength(2);
      expect(world.signals).toEqual(['llm failed']);
      expect(world.eventsOf('warning')).toHaveLength(1);
      expect(world.agent.status).toBe('active');
    },
  );

  it('whose credential was refused is asked once with a new one', async () => {
    const world = await new VoiceWorld().connected();
    world.model.refreshesCredential = true;
    await world.turn('hello');

    world.model.fails({ kind: 'auth' });
    world.model.fails({ kind: 'auth' });

    expect(world.model.asked).toHaveLength(2);
    expect(world.signals.at(-1)).toBe('llm failed');
  });

  it('that refuses one request is not asked again, and nothing is lost', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('hello');

    world.model.fails({ kind: 'perRequest' });
    await world.pass(60_000);

    expect(world.model.asked).toHaveLength(1);
    expect(world.signals).toEqual([]);
    expect(world.eventsOf('warning')).toMatchObject([{ error: { code: 'REQUEST_REFUSED' } }]);
    expect(world.eventsOf('reply.ended')).toEqual([{ type: 'reply.ended', status: 'failed' }]);
  });

  it('that throws is a model that fails', async () => {
    const model: ScriptedModel = new ScriptedModel();
    model.reply = () => {
      throw new TypeError('no such thing');
    };
    const world = await new VoiceWorld({ agent: { thinking: model } }).connected();

    await world.turn('hello');

    expect(world.signals).toEqual(['llm failed']);
    expect(world.eventsOf('reply.ended')).toEqual([{ type: 'reply.ended', status: 'failed' }]);
  });

  it('that has to be waited for is not waited for where another is there', async () => {
    const models = [new ScriptedModel('a'), new ScriptedModel('b')] as const;
    const [first, second] = models;
    const world = await new VoiceWorld({ agent: { thinking: models } }).connected();
    await world.turn('hello');

    first.fails({ kind: 'rateLimited', retryAfterMs: 30_000 });
    second.answers('Hello.');
    await world.turn('and now');
    second.answers('Still here.');
    await world.pass(30_000);
    await world.turn('later');
    first.answers('Back.');

    expect(models.map(({ asked }) => asked.length)).toEqual([2, 2]);
    expect(world.eventsOf('candidate.changed')).toMatchObject([
      { from: 'a', to: 'b', reason: 'failover' },
      { from: 'b', to: 'a', reason: 'return' },
    ]);
  });
});

describe('an answer that breaks off', () => {
  it('is gone on with once, told what was said, and what is repeated is not said again', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('count');
    world.model.text('One. Two. Thr');

    world.model.fails({ kind: 'transient' });
    await world.pass(1_000);
    world.model.answers('One. Two. Three. Four.');
    await world.pass(50);

    expect(world.model.shown).toEqual(['user: count']);
    expect(world.model.last.request.instructions).toContain('"One. Two."');
    expect(world.ordered()).toEqual(['One.', 'Two.', 'Three.', 'Four.']);
    expect(world.messages[1]).toBe('assistant: One. Two. Three. Four. (completed)');
    expect(world.eventsOf('reply.ended')).toHaveLength(1);
  });

  it('is taken as it goes on, where the model does as it is asked', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('count');
    world.model.text('One. One. Tw');

    world.model.fails({ kind: 'transient' });
    await world.pass(1_000);
    world.model.answers('Two. One.');

    expect(world.messages[1]).toBe('assistant: One. One. Two. One. (completed)');
  });

  it('is not gone on with twice', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('count');
    world.model.text('One. ');
    world.model.fails({ kind: 'transient' });
    await world.pass(1_000);
    world.model.text('Two. ');

    world.model.fails({ kind: 'transient' });
    await world.pass(60_000);

    expect(world.model.asked).toHaveLength(2);
    expect(world.messages[1]).toBe('assistant: One. Two.  (interrupted)');
    expect(world.eventsOf('reply.ended')).toEqual([{ type: 'reply.ended', status: 'failed' }]);
  });

  it('after a call for a tool goes on with its result only', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('weather');
    world.model.call({ callId: 'c1', name: 'get_weather', arguments: '{}' });

    world.model.fails({ kind: 'transient' });
    await world.pass(60_000);
    const before = world.model.asked.length;
    world.agent.conversation.answerTool('c1', 'fog');

    expect(before).toBe(1);
    expect(world.model.asked).toHaveLength(2);
    expect(world.eventsOf('toolCall')).toHaveLength(1);
  });
});
