import { describe, expect, it } from 'vitest';

import { SessionView } from '../../src/views/session-view.ts';
import type { SessionViewOptions } from '../../src/views/session-view.ts';
import { SessionWorld } from '../session/session-world.ts';
import { expectQuiet } from '../support/expect-quiet.ts';
import { transcriptFrame } from '../support/fake-provider.ts';

async function watched(options: SessionViewOptions = {}) {
  const world = await new SessionWorld().connect();
  const view = new SessionView(world.session, { clock: world.clock, ...options });
  let changes = 0;
  const stop = view.subscribe(() => (changes += 1));
  const end = async (): Promise<void> => {
    stop();
    const closing = world.session.close({ drainTimeoutMs: 0 });
    await world.clock.advanceAsync(10_000);
    await closing;
    expectQuiet(world);
  };
  return { world, view, stop, end, changes: () => changes };
}

function tell(world: SessionWorld, toMs: number, text: string, isFinal = true): void {
  const fromSample = (toMs - 100) * 16;
  world.transport.last.say(transcriptFrame({ fromSample, toSample: toMs * 16, text, isFinal }));
}

describe('a view of a session', () => {
  it('changes as often as the books are looked at, and not with every chunk', async () => {
    const { world, view, changes, end } = await watched();

    await world.speak(10_000);

    expect(changes()).toBeLessThanOrEqual(40);
    expect(changes()).toBeGreaterThan(30);
    expect(view.state.bufferedMs).toBeGreaterThan(9_500);
    await end();
  });

  it('is the same object while nothing is different', async () => {
    const { world, view, changes, end } = await watched();
    const before = view.state;

    await world.clock.advanceAsync(5_000);

    expect(view.state).toBe(before);
    expect(changes()).toBe(0);
    await end();
  });

  it('shows what was said, and what is being said', async () => {
    const { world, view, end } = await watched();
    await world.speak(300);

    tell(world, 100, 'one');
    tell(world, 200, 'two th', false);
    const whileSpeaking = view.state.transcript;
    tell(world, 200, 'two three');

    expect(whileSpeaking).toMatchObject({ text: 'one', interim: { text: 'two th' } });
    expect(view.state.transcript).toMatchObject({ text: 'one two three', interim: null });
    expect(view.state.transcript.finals.map(({ text }) => text)).toEqual(['one', 'two three']);
    await end();
  });

  it('keeps as many finals as it is told to, the newest', async () => {
    const { world, view, end } = await watched({ keepFinals: 2 });
    await world.speak(300);

    for (const [index, text] of ['one', 'two', 'three'].entries())
      tell(world, 100 * (index + 1), text);

    expect(view.state.transcript).toMatchObject({ text: 'two three', finals: [{}, {}] });
    await end();
  });

  it('tells how far a reconnection is, and counts down in seconds', async () => {
    const { world, view, end } = await watched();
    world.transport.outcome = () => ({ code: 1006, reason: 'gone' });
    world.transport.last.end(1006, 'gone');
    await world.clock.advanceAsync(0);
    const atFirst = view.state;
    await world.clock.advanceAsync(1_300);
    const afterOne = view.state.reconnect;
    await world.clock.advanceAsync(1_000);

    expect(atFirst.status).toBe('reconnecting');
    expect(atFirst.reconnect).toMatchObject({ attempt: 1, maxAttempts: 5, nextRetryInMs: 1_000 });
    expect(afterOne).toMatchObject({ attempt: 2, nextRetryInMs: 2_000 });
    expect(view.state.reconnect).toMatchObject({ attempt: 2, nextRetryInMs: 1_000 });
    world.transport.outcome = () => 'opens';
    await world.clock.advanceAsync(2_000);
    expect(view.state).toMatchObject({ status: 'active', reconnect: null });
    await end();
  });

  it('leaves no listener and no timer behind', async () => {
    const { world, view, stop, end, changes } = await watched();
    const pending = world.clock.pending;

    stop();
    stop();
    const after = world.clock.pending;
    await world.speak(1_000);

    expect(after).toBe(pending - 1);
    expect(changes()).toBe(0);
    expect(view.state.bufferedMs).toBe(0);
    await end();
  });
});
