/** Questions that are called off, overtaken or answered in the middle of something else. */
import type { InspectionEvent } from 'xstate';
import { describe, expect, it } from 'vitest';

import { presets } from '../../machines/backoff.ts';
import type { Failure } from '../../machines/failure.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type {
  LanguageModel,
  ReplyHandlers,
} from '../../src/providers/gemini-llm/language-model.ts';
import { createAdmission } from '../../src/session/admission/admission.ts';
import { Breakers } from '../../src/session/admission/breakers.ts';
import { Asker } from '../../src/voice/asker.ts';
import { thinkersOf } from '../../src/voice/thinkers.ts';
import { ScriptedModel, VoiceWorld } from './voice-world.ts';

const COMPLETED = { status: 'completed', finishReason: 'STOP', usage: null } as const;

/** Says what it has to say before it is even asked. */
function hasty(say: (handlers: ReplyHandlers, times: number) => void) {
  const model = {
    name: 'hasty',
    asked: 0,
    cancelled: 0,
    reply: (_request: unknown, handlers: ReplyHandlers) => {
      model.asked += 1;
      say(handlers, model.asked);
      return { cancel: () => (model.cancelled += 1) };
    },
  };
  return model satisfies LanguageModel;
}

describe('a model that answers within the call', () => {
  it('is an answer like any other', async () => {
    const model = hasty((handlers) => {
      handlers.onText('Good morning.');
      handlers.onEnd(COMPLETED);
    });
    const world = await new VoiceWorld({ agent: { thinking: model } }).connected();

    await world.turn('hello');

    expect(world.messages).toEqual([
      'user: hello (completed)',
      'assistant: Good morning. (completed)',
    ]);
    expect(world.eventsOf('reply.ended')).toEqual([{ type: 'reply.ended', status: 'completed' }]);
  });

  it('is asked again where it fails, and answers', async () => {
    const model = hasty((handlers, times) => {
      if (times === 1) handlers.onFailed({ kind: 'planned', code: 'test', detail: '' });
      else handlers.onEnd(COMPLETED);
    });
    const world = await new VoiceWorld({ agent: { thinking: model } }).connected();

    await world.turn('hello');

    expect(model.asked).toBe(2);
    expect(world.signals).toEqual(['llm reconnecting', 'llm reconnected']);
    expect(world.eventsOf('reply.ended')).toEqual([{ type: 'reply.ended', status: 'completed' }]);
  });

  it('is let go of where a listener interrupts it within the call', async () => {
    const model = hasty((handlers) => {
      handlers.onText('Good morning. How are you?');
    });
    const world = await new VoiceWorld({ agent: { thinking: model } }).connected();
    world.agent.on('reply.text', () => {
      world.agent.conversation.interrupt();
    });

    await world.turn('hello');

    expect([model.asked, model.cancelled]).toEqual([1, 1]);
  });

  it('calls for a tool whose result comes within the call, and is asked for the rest', async () => {
    const model = hasty((handlers, times) => {
      if (times === 1) handlers.onToolCall({ callId: 'c1', name: 'fog', arguments: '{}' });
      else handlers.onText('There is fog.');
      handlers.onEnd(COMPLETED);
    });
    const world = await new VoiceWorld({ agent: { thinking: model } }).connected();
    world.agent.on('toolCall', ({ callId }) => {
      world.agent.conversation.answerTool(callId, 'yes');
    });

    await world.turn('weather');

    expect(model.asked).toBe(2);
    expect(world.messages.at(-1)).toBe('assistant: There is fog. (completed)');
  });
});

describe('whoever listens', () => {
  it('may call a question off that is about to be asked again: it is not asked', async () => {
    const world = await new VoiceWorld().connected();
    world.agent.on('connection.reconnecting', () => {
      world.agent.conversation.interrupt();
    });
    await world.turn('hello');

    world.model.fails({ kind: 'planned' });
    await world.pass(60_000);

    expect(world.model.asked).toHaveLength(1);
    expect(world.eventsOf('reply.ended')).toEqual([{ type: 'reply.ended', status: 'interrupted' }]);
    expect(world.eventsOf('warning')).toEqual([]);
  });

  it('may ask something else as an answer begins: never are two asked at once', async () => {
    const model = new ScriptedModel();
    const open: number[] = [];
    const world = await new VoiceWorld({
      agent: {
        thinking: {
          name: 'model',
          reply: (request, handlers) => {
            open.push(model.open);
            return model.reply(request, handlers);
          },
        },
      },
    }).connected();
    world.agent.on('connection.reconnected', () => {
      world.agent.conversation.send('Never mind.');
    });
    await world.turn('hello');
    model.fails({ kind: 'planned' });

    model.text('Hello. ');
    model.answers('Fine.');

    expect(open).toEqual([0, 0, 0]);
    expect(world.messages.at(-1)).toBe('assistant: Fine. (completed)');
  });

  it('may ask something else instead, and only that is asked', async () => {
    const world = await new VoiceWorld().connected();
    const stop = world.agent.on('connection.reconnecting', () => {
      stop();
      world.agent.conversation.send('Never mind.');
    });
    await world.turn('hello');

    world.model.fails({ kind: 'planned' });
    const open = world.model.open;
    world.model.answers('Fine.');

    expect(open).toBe(1);
    expect(world.model.asked).toHaveLength(2);
    expect(world.model.shown.at(-1)).toBe('user: Never mind.');
    expect(world.messages.at(-1)).toBe('assistant: Fine. (completed)');
  });

  it('may interrupt the answer that begins: nothing of it is said', async () => {
    const world = await new VoiceWorld().connected();
    world.agent.on('connection.reconnected', () => {
      world.agent.conversation.interrupt();
    });
    await world.turn('hello');
    world.model.fails({ kind: 'planned' });

    world.model.text('Too late. Really. ');
    const { isCancelled } = world.model.last;

    expect(isCancelled).toBe(true);
    expect(world.ordered()).toEqual([]);
    expect(world.messages).toEqual(['user: hello (completed)']);
  });

  it('sees the chart of each question by an inspector', async () => {
    const seen: InspectionEvent[] = [];
    const world = await new VoiceWorld({
      agent: { inspect: (event) => void seen.push(event) },
    }).connected();
    await world.turn('hello');

    world.model.answers('Hello.');

    const told = seen.flatMap((event) =>
      event.type === '@xstate.event' ? [event.event.type] : [],
    );
    expect(told).toEqual(expect.arrayContaining(['answer.begun', 'answer.ended']));
  });
});

describe('a wait that is called off', () => {
  it('leaves no timer', async () => {
    const world = await new VoiceWorld().connected();
    await world.turn('hello');
    const before = world.clock.pending;
    world.model.fails({ kind: 'rateLimited', retryAfterMs: 3_600_000 });
    const during = world.clock.pending;

    world.agent.conversation.interrupt();

    expect([during, world.clock.pending]).toEqual([before + 1, before]);
  });
});

describe('a request that is over', () => {
  it('listens to no breaker', async () => {
    const listening = new Set<symbol>();
    class Watched extends Breakers {
      override subscribe(...told: Parameters<Breakers['subscribe']>): () => void {
        const one = Symbol(told[0]);
        const stop = super.subscribe(...told);
        if (told[0].includes('model')) listening.add(one);
        return () => {
          listening.delete(one);
          stop();
        };
      }
    }
    const admission = { ...createAdmission(), breakers: new Watched() };
    const world = await new VoiceWorld({ agent: { admission } }).connected();
    await world.turn('hello');
    const during = listening.size;

    world.model.answers('Hello.');
    const answered = listening.size;
    await world.turn('again');
    world.agent.conversation.interrupt();

    expect([during, answered, listening.size]).toEqual([1, 0, 0]);
  });

  it('has no say any more', async () => {
    const models = [new ScriptedModel('a'), new ScriptedModel('b')] as const;
    const [first, second] = models;
    const world = await new VoiceWorld({ agent: { thinking: models } }).connected();
    await world.turn('hello');
    first.fails({ kind: 'transient' });

    first.answers('I am late.');
    first.fails({ kind: 'quota' });
    second.answers('Hello.');

    expect(world.ordered()).toEqual(['Hello.']);
    expect(world.signals).toEqual(['llm reconnecting', 'llm reconnected']);
  });

  it('is called off once, and one that ended is not', async () => {
    const model = new ScriptedModel();
    const world = await new VoiceWorld({ agent: { thinking: model } }).connected();
    await world.turn('one');
    model.answers('One.');
    await world.turn('two');

    world.agent.conversation.interrupt();

    expect(model.asked.map(({ isCancelled }) => isCancelled)).toEqual([false, true]);
  });
});

describe('an asker whose clock breaks', () => {
  it('leaves nobody waiting', () => {
    const failures: Failure[] = [];
    const clock: Clock = {
      nowMs: () => 1_000,
      setTimeout: () => {
        throw new Error('no time');
      },
      clearTimeout: () => undefined,
    };
    const model = new ScriptedModel();
    const asker = new Asker({
      thinkers: thinkersOf(model),
      policy: presets.production,
      clock,
      random: { unit: () => 0.5 },
      inspect: null,
      tell: () => undefined,
      breakers: new Breakers(),
    });
    const question = {
      request: () => ({ conversation: [], instructions: '', tools: [] }),
      onText: () => undefined,
      onToolCall: () => undefined,
      onEnd: () => undefined,
      onBroken: () => true,
      onFailed: (failure: Failure) => void failures.push(failure),
    };
    asker.ask(question);

    model.fails({ kind: 'transient' });
    asker.ask(question);

    const broken = { kind: 'config', code: 'chart', detail: 'no time' };
    expect(failures).toEqual([broken, broken]);
    expect(model.asked).toHaveLength(1); // what it said of its limits is not forgotten
    asker.cancel();
  });
});
