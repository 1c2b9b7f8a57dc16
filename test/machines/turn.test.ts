import { createActor } from 'xstate';
import type { AnyStateNode } from 'xstate';
import { describe, expect, it } from 'vitest';

import { turnMachine } from '../../machines/turn.machine.ts';
import { ANSWER_WITHIN_MS } from '../../machines/turn.rules.ts';
import type { TurnEvent } from '../../machines/turn.types.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

type Fact = TurnEvent['type'];

function started(...facts: readonly Fact[]) {
  const clock = new VirtualClock(1_000);
  const told: (readonly [string, number])[] = [];
  const actor = createActor(turnMachine, { clock });
  actor.on('*', ({ type, atMs }) => told.push([type, atMs]));
  actor.start();
  const tell = (...types: readonly Fact[]): void => {
    for (const type of types) actor.send({ type, atMs: clock.nowMs() });
  };
  tell(...facts);
  return { clock, told, actor, tell, state: () => actor.getSnapshot().value };
}

/** Someone answered before, a minute ago. */
function answered() {
  const world = started('answer.begun', 'answer.ended');
  world.clock.advance(60_000);
  world.told.splice(0);
  return world;
}

describe('a user who speaks', () => {
  it.each(['speech.ceased', 'utterance.ended'] as const)(
    'pauses by %s, where nobody ever answered',
    (end) => {
      const { clock, told, tell, state } = started('speech.heard');
      clock.advance(700);

      tell(end);

      expect(state()).toBe('paused');
      expect(told).toEqual([
        ['speech.started', 1_000],
        ['speech.paused', 1_700],
      ]);
      expect(clock.pending).toBe(0);
    },
  );

  it('pauses once more where the service finds the end as well', () => {
    const { clock, told, tell } = started('speech.heard', 'speech.ceased');
    clock.advance(200);

    tell('utterance.ended');

    expect(told.slice(1)).toEqual([
      ['speech.paused', 1_000],
      ['speech.paused', 1_200],
    ]);
  });

  it.each(['speech.ceased', 'utterance.ended'] as const)(
    'is followed by an answer where there was one before: 2 s from %s are no pause',
    (end) => {
      const { clock, told, tell, state } = answered();
      tell('speech.heard', end);

      clock.advance(ANSWER_WITHIN_MS - 1);
      const before = [state(), told.length];
      clock.advance(1);

      expect(before).toEqual(['awaiting', 1]);
      expect(state()).toBe('paused');
      expect(told).toEqual([
        ['speech.started', 61_000],
        ['speech.paused', 63_000],
      ]);
    },
  );

  it('is waited for anew where the service finds the end later than the audio', () => {
    const { clock, told, tell, state } = answered();
    tell('speech.heard', 'speech.ceased');
    clock.advance(1_500);

    tell('utterance.ended');
    clock.advance(1_999);
    const before = state();
    clock.advance(1);

    expect([before, state()]).toEqual(['awaiting', 'paused']);
    expect(told.at(-1)).toEqual(['speech.paused', 64_500]);
  });

  it('goes on speaking before an answer came, and that is no pause', () => {
    const { clock, told, tell, state } = answered();
    tell('speech.heard', 'speech.ceased');
    clock.advance(1_000);

    tell('speech.heard');
    clock.advance(10_000);

    expect([state(), clock.pending]).toEqual(['speaking', 0]);
    expect(told).toEqual([['speech.started', 61_000]]);
  });

  it('takes a pause that the service alone found for the end of a turn', () => {
    const { clock, told, tell, state } = answered();

    tell('utterance.ended');
    const before = state();
    clock.advance(2_000);

    expect([before, state()]).toEqual(['awaiting', 'paused']);
    expect(told).toEqual([
      ['speech.started', 61_000],
      ['speech.paused', 63_000],
    ]);
  });
});

describe('an answer', () => {
  it('has the word until it ends', () => {
    const { clock, told, tell, state } = started();
    tell('answer.begun');
    const during = state();
    clock.advance(8_000);

    tell('answer.ended');

    expect([during, state()]).toEqual(['answering', 'paused']);
    expect(told).toEqual([
      ['speech.started', 1_000],
      ['speech.paused', 9_000],
    ]);
  });

  it('that begins in time is waited for no longer, and is no news', () => {
    const { clock, told, tell, state } = answered();
    tell('speech.heard', 'speech.ceased');
    clock.advance(800);

    tell('answer.begun');
    const pending = clock.pending;
    clock.advance(5_000);
    tell('answer.ended');

    expect([pending, state()]).toEqual([0, 'paused']);
    expect(told).toEqual([
      ['speech.started', 61_000],
      ['speech.paused', 66_800],
    ]);
  });

  it.each([
    [1_999, 'awaiting'],
    [2_000, 'paused'],
  ])('that ends %d ms after the last word leads to %s: another part may follow', (ms, leadsTo) => {
    const { clock, told, tell, state } = answered();
    tell('speech.heard', 'speech.ceased', 'answer.begun');
    clock.advance(ms);

    tell('answer.ended');
    const after = state();
    clock.advance(1);

    expect([after, state()]).toEqual([leadsTo, 'paused']);
    expect(told.at(-1)).toEqual(['speech.paused', 63_000]);
  });

  it('goes on where the user only said something in between', () => {
    const { told, tell, state } = started('answer.begun', 'speech.heard');
    const during = state();

    tell('speech.ceased');

    expect([during, state()]).toEqual(['speaking', 'answering']);
    expect(told).toEqual([['speech.started', 1_000]]);
  });

  it('that is cut by the user is followed by another', () => {
    const { clock, told, tell, state } = started('answer.begun', 'speech.heard');
    tell('answer.ended', 'utterance.ended');
    const after = state();

    clock.advance(2_000);

    expect([after, state()]).toEqual(['awaiting', 'paused']);
    expect(told).toEqual([
      ['speech.started', 1_000],
      ['speech.paused', 3_000],
    ]);
  });

  it('that begins while the user speaks has the word when the user is done', () => {
    const { tell, state } = started('speech.heard', 'answer.begun');

    tell('utterance.ended');

    expect(state()).toBe('answering');
  });

  it('during which the service finds the end of a turn is followed by another', () => {
    const { clock, told, tell, state } = started('answer.begun');
    clock.advance(3_000);
    tell('utterance.ended');
    clock.advance(500);

    tell('answer.ended');
    const after = state();
    clock.advance(1_500);

    expect([after, state()]).toEqual(['awaiting', 'paused']);
    expect(told.at(-1)).toEqual(['speech.paused', 6_000]);
  });
});

describe('the turn chart', () => {
  it('describes every state, no deeper than one', () => {
    const states: readonly AnyStateNode[] = Object.values(turnMachine.root.states);

    for (const { id, description, type } of states) {
      expect(description, id).toMatch(/^[A-Z].*\.$/s);
      expect(type).toBe('atomic');
    }
  });

  it('starts in a pause, and leaves no timer behind', () => {
    const { clock, actor, state, tell } = started();
    const first = [state(), actor.getSnapshot().context];
    tell('answer.begun', 'answer.ended', 'speech.heard', 'speech.ceased');
    const before = clock.pending;

    actor.stop();

    const unspoken = { hasAnswered: false, isAnswering: false, endedAtMs: 0, nowMs: 0 };
    expect(first).toEqual(['paused', unspoken]);
    expect([before, clock.pending]).toEqual([1, 0]);
  });
});
