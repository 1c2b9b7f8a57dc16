/** Whatever happens in whatever order: one question at a time, each call once, and quiet in the end. */
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { VoiceWorld } from './voice-world.ts';

type Deed = (world: VoiceWorld, at: number) => unknown;

const DEEDS: Readonly<Record<string, Deed>> = {
  turn: (world, at) => world.turn(`turn ${at}`),
  speech: (world) => world.tell({ kind: 'speechStarted', atSample: world.spokenMs * 16 }),
  interim: (world, at) =>
    world.hear('and', world.spokenMs, world.spokenMs, {
      isFinal: at % 2 === 0,
      endsUtterance: false,
    }),
  text: (world, at) => asked(world, () => world.model.text(`Sentence ${at}. Beg`)),
  end: (world) => asked(world, () => world.model.end()),
  call: (world, at) =>
    asked(world, () => world.model.call({ callId: `c${at % 3}`, name: 'tool', arguments: '{}' })),
  answerTool: (world, at) => world.agent.conversation.answerTool(`c${at % 3}`, 'done'),
  transient: (world) => asked(world, () => world.model.fails({ kind: 'transient' })),
  busy: (world) =>
    asked(world, () => world.model.fails({ kind: 'rateLimited', retryAfterMs: 5_000 })),
  quota: (world) => asked(world, () => world.model.fails({ kind: 'quota' })),
  deaf: (world) => world.ear.end(1006),
  mute: (world) => world.voice.end(1006),
  say: (world) => world.agent.conversation.say('Welcome. Sit down.'),
  send: (world) => world.agent.conversation.send('Typed.'),
  interrupt: (world) => world.agent.conversation.interrupt(),
  endTurn: (world) => world.agent.conversation.endTurn(),
  moment: (world) => world.pass(300),
  while: (world) => world.pass(6_000),
};

/** Only a model that is asked something says something. */
function asked(world: VoiceWorld, say: () => void): void {
  if (world.model.open > 0) say();
}

it('holds', { timeout: 60_000 }, async () => {
  const names = fc.array(fc.constantFrom(...Object.keys(DEEDS)), { minLength: 5, maxLength: 40 });

  await fc.assert(
    fc.asyncProperty(names, async (deeds) => {
      const world = await new VoiceWorld().connected();

      for (const [at, name] of deeds.entries()) {
        await DEEDS[name]?.(world, at);
        await world.pass(at % 3);
        expect(world.model.open, `open questions after ${name}`).toBeLessThanOrEqual(1);
      }
      await world.pass(30_000);
      const closing = world.agent.close();
      await world.pass(30_000);
      await closing;

      world.expectQuiet();
      expect(world.logged).toEqual([]);
      const calls = world.eventsOf('toolCall').map(({ callId }) => callId);
      expect(new Set(calls).size).toBe(calls.length);
      const started = world.eventsOf('reply.started').length;
      expect(world.eventsOf('reply.ended')).toHaveLength(started);
      expect(world.messages.filter((message) => message.includes('inProgress'))).toEqual([]);
      expect(texts(world).filter(isRepeated)).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

function texts(world: VoiceWorld): readonly string[] {
  return world.agent.conversation.items.flatMap((item) =>
    item.kind === 'message' && item.role === 'assistant' ? [item.text] : [],
  );
}

/** Each sentence that the model says has a number of its own. */
function isRepeated(text: string): boolean {
  const numbers = text.match(/\d+/g) ?? [];
  return new Set(numbers).size !== numbers.length;
}
