/** What a voice agent's close leads to, whatever stands at that moment. */
import { describe, expect, it } from 'vitest';

import { OVERLOADED, VoiceWorld } from './voice-world.ts';

describe('a close', () => {
  const REFUSED = { code: 1006, reason: '', status: 401 } as const;
  const OVERLOADED_DIAL = { code: 1006, reason: '', status: 503 } as const;

  it('leads from active to disconnected, and through nothing else', async () => {
    const world = await new VoiceWorld().connected();
    await world.speak(100);
    const told = world.events.length;

    const closing = world.agent.close();
    await world.pass(20_000);
    await closing;

    expect(world.events.slice(told).filter(({ type }) => type === 'stateChange')).toEqual([
      {
        type: 'stateChange',
        current: 'disconnected',
        previous: 'active',
        reason: 'session.close',
      },
    ]);
  });

  it.each([
    ['hearing, which was refused', 'ears', REFUSED, {}],
    ['speaking, which was refused', 'voices', REFUSED, {}],
    ['speaking, which is looked for', 'voices', OVERLOADED_DIAL, { endsAfterMs: 3_600_000 }],
  ] as const)('without %s restores nothing', async (_, part, refusal, voiceTraits) => {
    const world = await new VoiceWorld({ voiceTraits }).connected();
    world[part].outcome = () => refusal;
    world[part].last.end(1006);
    if (part === 'voices') world.agent.conversation.say('Welcome.');
    await world.pass(80_000);
    const missing = world.eventsOf('session.degraded').length;

    const closing = world.agent.close();
    await world.pass(20_000);
    await closing;

    expect(missing).toBe(1);
    expect(world.eventsOf('session.restored')).toEqual([]);
    expect(world.agent.status).toBe('disconnected');
  });

  it('of what was given up leads from error to disconnected', async () => {
    const world = await new VoiceWorld().connected();
    world.ears.outcome = () => REFUSED;
    world.voices.outcome = () => REFUSED;
    world.ear.end(1006);
    world.voice.end(1006);
    await world.pass(60_000);
    const told = world.events.length;

    await world.agent.close();

    expect(world.events.slice(told)).toEqual([
      { type: 'stateChange', current: 'disconnected', previous: 'error', reason: 'session.close' },
    ]);
  });
});

describe('a close in the middle', () => {
  it.each([
    ['of a wait for the model', () => undefined],
    ['of an answer', (world: VoiceWorld) => world.model.text('One two. Three')],
    ['of a turn', (world: VoiceWorld) => world.hear('and', 1_000, 1_100, { isFinal: false })],
    ['of an outage', (world: VoiceWorld) => [world.ear.end(1006), world.voice.end(1006)]],
    ['of a failure', (world: VoiceWorld) => world.model.fails(OVERLOADED)],
  ])('%s leaves no timer, no socket and no request', async (_what, happen) => {
    const world = await new VoiceWorld().connected();
    await world.turn('hello');
    happen(world);
    await world.pass(5);

    const closing = world.agent.close();
    await world.pass(10_000);
    await closing;

    world.expectQuiet();
    expect(() => world.agent.write(new Uint8Array(2))).toThrow(
      expect.objectContaining({ code: 'SESSION_CLOSED' }),
    );
    expect(world.model.asked).toHaveLength(1);
  });

  it('still hears what was said, and asks nobody', async () => {
    const world = await new VoiceWorld().connected();
    await world.speak(500);

    const closing = world.agent.close();
    await world.pass(10_000);
    const { drained } = await closing;

    expect(drained).toBe(true);
    expect(world.messages).toEqual(['user: rest (completed)']);
    expect(world.model.asked).toHaveLength(0);
    world.expectQuiet();
  });

  it('of the first dial is an abort', async () => {
    const world = new VoiceWorld();
    const abort = new AbortController();
    const connecting = world.agent
      .connect({ signal: abort.signal })
      .catch((error: unknown) => error);

    abort.abort();
    await world.pass(100);

    expect(await connecting).toMatchObject({ code: 'CONNECT_ABORTED' });
    world.expectQuiet();
  });
});
