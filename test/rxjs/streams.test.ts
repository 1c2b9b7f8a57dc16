import type { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { events$, fromSession, ledger$, status$, transcript$ } from '../../src/rxjs.ts';
import { SessionWorld } from '../session/session-world.ts';
import { expectQuiet } from '../support/expect-quiet.ts';
import { transcriptFrame } from '../support/fake-provider.ts';

function heard(
  world: SessionWorld,
  result: { toMs: number; text: string; isFinal: boolean },
): void {
  const toSample = result.toMs * 16;
  world.transport.last.say(transcriptFrame({ fromSample: 0, ...result, toSample }));
}

/** What a stream tells, from now on; `|` where it ends. */
function noted<T>(stream: Observable<T>, nameOf: (value: T) => string) {
  const told: string[] = [];
  const subscription = stream.subscribe({
    next: (value) => told.push(nameOf(value)),
    complete: () => told.push('|'),
  });
  return { told, unsubscribe: () => subscription.unsubscribe() };
}

describe('the streams of a session', () => {
  it('tell its status from now on, and end with it', async () => {
    const world = new SessionWorld();
    const { told } = noted(status$(world.session), String);

    await world.connect();
    const closing = world.session.close();
    await world.clock.advanceAsync(10_000);
    await closing;

    expect(told).toEqual(['idle', 'connecting', 'connected', 'active', 'disconnected', '|']);
    expectQuiet(world);
  });

  it('tell all that listeners are told, in the same order', async () => {
    const world = new SessionWorld();
    const { told } = noted(events$(world.session), ({ type }) => type);

    await world.connect();
    await world.speak(300);
    const closing = world.session.close();
    await world.clock.advanceAsync(10_000);
    await closing;

    expect(told.slice(0, -1)).toEqual(world.events.map(({ type }) => type));
    expect(told.at(-1)).toBe('|');
    expectQuiet(world);
  });

  it('end at once where the session has ended', async () => {
    const world = new SessionWorld();
    await world.session.close();

    const all = Object.values(fromSession(world.session)) as unknown as ReturnType<
      typeof events$
    >[];
    const ends = all.map((stream) => noted(stream, () => '').told.at(-1));

    expect(ends).toEqual(['|', '|', '|', '|']);
    expect(world.clock.pending).toBe(0);
  });

  it('tell the books when they differ, and not for every chunk', async () => {
    const world = new SessionWorld();
    await world.connect();
    const options = { clock: world.clock, everyMs: 250 };
    const { told, unsubscribe } = noted(ledger$(world.session, options), ({ captured }) =>
      String(captured),
    );

    await world.speak(1_000);
    await world.clock.advanceAsync(1_000);
    unsubscribe();

    expect(told).toEqual(['0', '3', '5', '8', '10']);
    const closing = world.session.close();
    await world.clock.advanceAsync(10_000);
    await closing;
    expect(told).toHaveLength(5);
    expectQuiet(world);
  });

  it('tell final results alone, and the others where they are asked for', async () => {
    const world = new SessionWorld();
    await world.connect();
    const finals = noted(transcript$(world.session), ({ text }) => text);
    const all = noted(transcript$(world.session, { interims: true }), ({ text }) => text);
    await world.speak(300);

    heard(world, { toMs: 100, text: 'one', isFinal: false });
    heard(world, { toMs: 200, text: 'one two', isFinal: true });
    finals.unsubscribe();
    all.unsubscribe();
    heard(world, { toMs: 300, text: 'three', isFinal: true });

    expect(finals.told).toEqual(['one two']);
    expect(all.told).toEqual(['one', 'one two']);
    const closing = world.session.close();
    await world.clock.advanceAsync(10_000);
    await closing;
    expectQuiet(world);
  });
});
