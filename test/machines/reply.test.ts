import { createActor, fromPromise } from 'xstate';
import type { AnyStateNode } from 'xstate';
import { describe, expect, it } from 'vitest';

import type { Failure, FailureKind } from '../../machines/failure.ts';
import { replyMachine } from '../../machines/reply.machine.ts';
import type { ReplyEvent, ReplyMoment } from '../../machines/reply.types.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

const OWED: ReplyMoment = { isOwed: true, isTaken: false };

/** @param moment what is found when the limit is over; null: it is being looked; an error: the look fails. */
function started(moment: ReplyMoment | Error | null = OWED) {
  const clock = new VirtualClock(1_000);
  const asks: number[] = [];
  const look = fromPromise<ReplyMoment>(() => {
    if (moment === null) return new Promise(() => undefined);
    return moment instanceof Error ? Promise.reject(moment) : Promise.resolve(moment);
  });
  const actor = createActor(replyMachine.provide({ actors: { look } }), { clock });
  actor.on('reply.ask', () => asks.push(clock.nowMs()));
  actor.start();
  return {
    clock,
    asks,
    actor,
    state: () => actor.getSnapshot().value,
    send: async (event: ReplyEvent) => {
      actor.send(event);
      await settle();
    },
  };
}

function refusal(
  retryAfterMs?: number,
  kind: FailureKind = 'perRequest',
  wasAskedAgain = false,
): ReplyEvent {
  const hint = retryAfterMs === undefined ? {} : { retryAfterMs };
  const failure: Failure = { kind, code: 'test', detail: '', ...hint };
  return { type: 'reply.refused', failure, wasAskedAgain };
}

describe('an answer that is refused with a hint', () => {
  it('is asked for at the exact moment that the service named', async () => {
    const { clock, asks, send, state } = started();
    await send(refusal(4_782));

    await clock.advanceAsync(4_781);
    const before = [state(), asks.length];
    await clock.advanceAsync(1);

    expect(before).toEqual(['waiting', 0]);
    expect([state(), asks]).toEqual(['askedAgain', [5_782]]);
    expect(clock.pending).toBe(0);
  });

  it('is asked for at the newest moment where it is refused again meanwhile', async () => {
    const { clock, asks, send } = started();
    await send(refusal(4_000));
    await clock.advanceAsync(3_000);

    await send(refusal(2_500));
    await clock.advanceAsync(2_499);
    const before = asks.length;
    await clock.advanceAsync(1);

    expect([before, asks]).toEqual([0, [6_500]]);
  });

  it('is still waited for where another request is refused for good', async () => {
    const { clock, asks, send, state } = started();
    await send(refusal(4_000));

    await send(refusal());
    const after = state();
    await clock.advanceAsync(4_000);

    expect([after, asks]).toEqual(['waiting', [5_000]]);
  });

  it('is not asked for a third time', async () => {
    const { clock, asks, send, state } = started();
    await send(refusal(4_000));
    await clock.advanceAsync(4_000);

    await send(refusal(4_000, 'perRequest', true));
    const after = state();
    await clock.advanceAsync(60_000);

    expect([after, asks.length]).toEqual(['givenUp', 1]);
  });

  it('is asked for where another question was given up before', async () => {
    const { clock, asks, send } = started();
    await send(refusal());

    await send(refusal(1_000));
    await clock.advanceAsync(1_000);

    expect(asks).toEqual([2_000]);
  });

  it('does not wait for longer than a timer can, which would fire at once', async () => {
    const { clock, asks, send, state } = started();

    await send(refusal(2 ** 40));
    await clock.advanceAsync(2 ** 31 - 2);
    const before = [state(), asks.length];
    await clock.advanceAsync(1);

    expect([before, asks.length]).toEqual([['waiting', 0], 1]);
  });
});

describe('an answer that is refused without a hint', () => {
  it.each(['perRequest', 'auth', 'quota', 'config', 'transient'] as const)(
    'is left to the application: %s',
    async (kind) => {
      const { clock, asks, send, state } = started();

      await send(refusal(undefined, kind));
      const pending = clock.pending;
      await clock.advanceAsync(600_000);

      expect([state(), pending, asks]).toEqual(['givenUp', 0, []]);
    },
  );

  it('is waited for a minute where it was for a rate limit', async () => {
    const { clock, asks, send } = started();

    await send(refusal(undefined, 'rateLimited'));
    await clock.advanceAsync(59_999);
    const before = asks.length;
    await clock.advanceAsync(1);

    expect([before, asks]).toEqual([0, [61_000]]);
  });
});

describe('a wait for an answer', () => {
  it.each(['reply.started', 'link.lost'] as const)('ends with %s', async (type) => {
    const { clock, asks, send, state } = started();
    await send(refusal(4_000));

    await send({ type });
    const pending = clock.pending;
    await clock.advanceAsync(10_000);

    expect([state(), pending, asks]).toEqual(['settled', 0, []]);
  });

  it.each(['reply.started', 'link.lost'] as const)(
    'that is over asks for nothing where %s comes first',
    async (type) => {
      const { clock, asks, send, state } = started(null);
      await send(refusal(4_000));
      await clock.advanceAsync(4_000);
      const before = state();

      await send({ type });

      expect([before, state(), asks]).toEqual(['looking', 'settled', []]);
    },
  );

  it.each([
    ['nobody waits any more', { isOwed: false, isTaken: false }],
    ['somebody has the word', { isOwed: true, isTaken: true }],
    ['nobody could look', new Error('broken')],
  ])('that is over asks for nothing where %s', async (_what, moment) => {
    const { clock, asks, send, state } = started(moment);
    await send(refusal(4_000));

    await clock.advanceAsync(4_000);

    expect([state(), asks]).toEqual(['settled', []]);
  });

  it('is not outlived by the chart that keeps it', async () => {
    const { clock, actor, send } = started();
    await send(refusal(4_000));

    actor.stop();

    expect(clock.pending).toBe(0);
  });
});

describe('the reply chart', () => {
  it('describes every state, no deeper than one', () => {
    const states: readonly AnyStateNode[] = Object.values(replyMachine.root.states);

    for (const { id, description, type } of states) {
      expect(description, id).toMatch(/^[A-Z].*[.?]$/s);
      expect(type).toBe('atomic');
    }
  });

  it('starts where no answer was refused, and says what it lacks', async () => {
    const clock = new VirtualClock(1_000);
    const actor = createActor(replyMachine, { clock }).start();
    const { value: before, context } = actor.getSnapshot();

    actor.send(refusal(1_000));
    await clock.advanceAsync(1_000);

    expect([before, context]).toEqual(['settled', { waitMs: 0 }]);
    expect(actor.getSnapshot().value).toBe('settled');
    actor.stop();
  });
});
