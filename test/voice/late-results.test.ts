/** Results of tools that come when something else is being answered: each is answered once. */
import { describe, expect, it } from 'vitest';

import { VoiceWorld } from './voice-world.ts';

describe('a result of a tool that comes late', () => {
  it('is taken up by a request that is asked again, and not asked about once more', async () => {
    const world = await askedSomethingElse();

    world.agent.conversation.answerTool('c1', 'fog');
    world.model.fails({ kind: 'transient' });
    await world.pass(2_000);
    const { shown } = world.model;
    world.model.answers('Fog, and yes.');

    expect(shown).toContain('toolResult');
    expect(world.model.asked).toHaveLength(3);
  });

  it('is not taken up by an answer that goes on, and is asked about behind it', async () => {
    const world = await askedSomethingElse();

    world.model.text('Yes, I am. And ');
    world.agent.conversation.answerTool('c1', 'fog');
    world.model.fails({ kind: 'transient' });
    await world.pass(2_000);
    const { shown } = world.model;
    world.model.answers('So are you.');

    expect(shown).not.toContain('toolResult');
    expect(world.model.asked).toHaveLength(4);
    expect(world.model.shown).toContain('toolResult');
  });

  it('is asked about behind an answer whose request did not show it', async () => {
    const world = await askedSomethingElse();

    world.agent.conversation.answerTool('c1', 'fog');
    world.model.answers('Yes, I am.');

    expect(world.model.asked).toHaveLength(3);
    expect(world.model.shown).toContain('toolResult');
  });
});

/** While a tool takes its time. */
async function askedSomethingElse(): Promise<VoiceWorld> {
  const world = await new VoiceWorld().connected();
  await world.turn('weather');
  world.model.call({ callId: 'c1', name: 'get_weather', arguments: '{}' });
  world.model.end();
  await world.turn('are you there');
  return world;
}
