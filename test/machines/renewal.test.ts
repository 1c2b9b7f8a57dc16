import { createActor, fromPromise } from 'xstate';
import type { AnyStateNode } from 'xstate';
import { describe, expect, it } from 'vitest';

import { renewalMachine } from '../../machines/renewal.machine.ts';
import { dueInMs } from '../../machines/renewal.rules.ts';
import type { CredentialAnswer } from '../../machines/renewal.types.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

const MINUTE_MS = 60_000;

/** @param answers one for each asking: what it brings, null where it hangs, an error where the actor breaks. */
function started(endsInMs: number, answers: readonly (boolean | null | Error)[] = []) {
  const clock = new VirtualClock(1_000);
  const told: (readonly [string, number])[] = [];
  let asked = 0;
  const ask = fromPromise<CredentialAnswer>(() => {
    const answer = answers[asked] ?? null;
    asked += 1;
    if (answer === null) return new Promise(() => undefined);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ hasCome: answer });
  });
  const actor = createActor(renewalMachine.provide({ actors: { ask } }), {
    clock,
    input: { endsInMs },
  });
  actor.on('*', (order) => {
    told.push(['why' in order ? order.why : order.type, clock.nowMs() - 1_000]);
  });
  actor.start();
  return {
    clock,
    told,
    actor,
    asked: () => asked,
    state: () => actor.getSnapshot().value,
    accept: (inMs: number) => {
      actor.send({ type: 'credential.accepted', endsInMs: inMs });
    },
  };
}

describe('a credential that ends', () => {
  it.each([
    ['a minute before, of one that ends in ten', 10 * MINUTE_MS, 9 * MINUTE_MS],
    ['at half of its time, of one that ends in two minutes', 2 * MINUTE_MS, MINUTE_MS],
    ['at half of its time, of one that ends sooner', 20_000, 10_000],
    ['in a second, of one that is as good as over', 1_500, 1_000],
    ['in a second, of one that is over', 0, 1_000],
    ['within what a timer can wait, of one that lasts for years', 1e12, 2_147_483_647],
  ])('P12.11 is followed by another: it is asked for %s', (_, endsInMs, askedAtMs) => {
    expect(dueInMs({ endsInMs })).toBe(askedAtMs);
  });

  it('is asked for at that moment, once, and brought as soon as it comes', async () => {
    const { clock, told, asked, state } = started(5 * MINUTE_MS, [true]);

    await clock.advanceAsync(4 * MINUTE_MS - 1);
    const before = [state(), asked()];
    await clock.advanceAsync(1);

    expect(before).toEqual(['believed', 0]);
    expect([state(), asked(), told]).toEqual(['brought', 1, [['credential.bring', 4 * MINUTE_MS]]]);
    expect(clock.pending).toBe(0);
  });

  it('is asked for again five seconds after none came, each time', async () => {
    const { clock, told, state } = started(20_000, [false, new Error('broken'), true]);

    await clock.advanceAsync(10_000 + 5_000 + 4_999);
    const before = [state(), told.length];
    await clock.advanceAsync(1);

    expect(before).toEqual(['missed', 2]);
    expect(told).toEqual([
      ['failed', 10_000],
      ['failed', 15_000],
      ['credential.bring', 20_000],
    ]);
  });

  it('is not waited for longer than ten seconds, and asked for again then', async () => {
    const { clock, told, asked } = started(20_000, [null, true]);

    await clock.advanceAsync(19_999);
    const before = told.length;
    await clock.advanceAsync(1 + 5_000);

    expect(before).toBe(0);
    expect(told).toEqual([
      ['late', 20_000],
      ['credential.bring', 25_000],
    ]);
    expect(asked()).toBe(2);
  });

  it.each(['believed', 'brought', 'missed'])(
    'counts anew from the newest word, once %s',
    async (state) => {
      const world = started(20_000, [state === 'brought', true]);
      await world.clock.advanceAsync(state === 'believed' ? 9_000 : 10_000);
      const reached = world.state();
      const saidAtMs = world.clock.nowMs() - 1_000;
      const before = world.told.length;

      world.accept(40_000);
      await world.clock.advanceAsync(19_999);
      const early = world.told.length;
      await world.clock.advanceAsync(1);

      expect([reached, early]).toEqual([state, before]);
      expect(world.told.slice(before).map(([, atMs]) => atMs)).toEqual([saidAtMs + 20_000]);
    },
  );

  it('is still waited for where the service speaks of the last one meanwhile', async () => {
    const world = started(20_000, [null]);
    await world.clock.advanceAsync(10_000);

    world.accept(40_000);
    await settle();

    expect([world.state(), world.asked()]).toEqual(['asking', 1]);
    world.actor.stop();
    expect(world.clock.pending).toBe(0);
  });
});

describe('the renewal chart', () => {
  it('describes every state, no deeper than one', () => {
    const states: readonly AnyStateNode[] = Object.values(renewalMachine.root.states);

    for (const { id, description, type } of states) {
      expect(description, id).toMatch(/^[A-Z].*\.$/s);
      expect(type).toBe('atomic');
    }
  });

  it('says what it lacks', async () => {
    const clock = new VirtualClock(1_000);
    const actor = createActor(renewalMachine, { clock, input: { endsInMs: 20_000 } }).start();
    const { value: before, context } = actor.getSnapshot();

    await clock.advanceAsync(10_000);

    expect([before, context]).toEqual(['believed', { dueInMs: 10_000 }]);
    expect(actor.getSnapshot().value).toBe('missed');
    actor.stop();
  });
});
