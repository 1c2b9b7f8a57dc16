/** Candidates that will not answer, and when a request is given up. */
import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';

import { presets } from '../../machines/backoff.ts';
import { requestMachine } from '../../machines/request.machine.ts';
import { attemptSignal } from '../../machines/request.signals.ts';
import { failureOf } from './chart-world.ts';
import { ONE, RequestWorld } from './request-world.ts';

describe('a candidate that will not answer', () => {
  it.each(['quota', 'config', 'auth'] as const)('for %s is passed over at once', (kind) => {
    const world = new RequestWorld().failed(kind);

    expect(world.asked).toEqual([0, 1]);
    expect(world.signals).toMatchObject([
      { type: 'connection.reconnecting', attempt: 1, backoffDelayMs: 0 },
    ]);
    expect(world.standing(0)).toMatchObject({ isPassed: true, failures: 0, coolUntilMs: 0 });
    expect(world.standing(1)).toMatchObject({ isPassed: false });
  });

  it('is asked by the next request again', () => {
    const world = new RequestWorld().failed('quota').begun().ended();

    expect(world.next().asked).toEqual([0]);
  });

  it('is passed over after as many tries as its policy has, and begins anew after that', () => {
    const world = new RequestWorld({ policy: { maxAttempts: 1, baseMs: 10 }, candidates: ONE });

    world.failed().pass(10).failed();
    const next = world.next({ policy: { maxAttempts: 1, baseMs: 10 }, candidates: ONE }).failed();

    expect(world.state).toBe('givenUp');
    expect(next.state).toBe('waiting.backingOff');
  });

  it('is asked once more with a new credential, and again only after it answered', () => {
    const candidates = [{ refreshesCredential: true }];
    const world = new RequestWorld({ candidates }).failed('auth');
    const refreshed = world.standing(0);
    world.begun();
    const answered = world.standing(0);

    world.failed('auth');
    const again = world.asked;
    world.failed('auth');

    expect(refreshed).toMatchObject({ isRefreshed: true, isPassed: false, isLimited: false });
    expect(answered).toMatchObject({ isRefreshed: false });
    expect(again).toEqual([0, 0, 0]);
    expect(world.state).toBe('givenUp');
    expect(world.standing(0)).toMatchObject({ isRefreshed: false });
  });

  it('of another kind of failure has no new credential', () => {
    const world = new RequestWorld({ candidates: [{ refreshesCredential: true }] }).failed();

    expect(world.standing(0)).toMatchObject({ isRefreshed: false });
  });

  it('remembers a new credential through another failure', () => {
    const world = new RequestWorld({ candidates: [{ refreshesCredential: true }] });

    world.failed('auth').failed().pass(2_000).failed('auth');

    expect(world.state).toBe('givenUp');
  });
});

describe('giving up', () => {
  it('tells the last failure, and how often was tried', () => {
    const world = new RequestWorld().failed('quota').failed('quota', { detail: 'no credit' });

    expect(world.state).toBe('givenUp');
    expect(world.signals.at(-1)).toEqual({
      type: 'connection.failed',
      attempts: 1,
      reason: 'test: no credit',
      component: 'llm',
      failure: { kind: 'quota', code: 'test', detail: 'no credit' },
    });
    expect(world.output).toMatchObject({
      outcome: 'givenUp',
      candidate: 1,
      attempts: 1,
      failure: { detail: 'no credit' },
    });
    expect(world.children).toEqual([]);
  });

  it('without a further try is told as such', () => {
    const world = new RequestWorld({ candidates: ONE }).failed('quota');

    expect(world.signals).toMatchObject([
      { type: 'connection.failed', attempts: 0, reason: 'test' },
    ]);
  });

  it('ends what was wrong: the next failure is another', () => {
    const world = new RequestWorld({ candidates: ONE }).failed('quota').pass(5_000);

    const next = world.next({ candidates: ONE }).failed('planned').pass(20).begun();

    expect(world.output?.memory.outage).toBeNull();
    expect(next.signalsOf('connection.reconnected')).toMatchObject([
      { attempts: 1, downtimeMs: 20, cause: { kind: 'planned' } },
    ]);
  });
});

describe('attempts', () => {
  it('have one number for their end, whoever is asked: those of all candidates, who share an outage', () => {
    const policy = { maxAttempts: 1, baseMs: 10 };
    const world = new RequestWorld({ policy });

    world.failed().failed().pass(10).failed().failed();

    expect(
      world
        .signalsOf('connection.reconnecting')
        .map(({ attempt, maxAttempts }) => [attempt, maxAttempts]),
    ).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(world.signalsOf('connection.failed')).toMatchObject([{ attempts: 3 }]);
  });

  it('have as many as the candidates have together, and a first one for each but the first', () => {
    const second = { policy: { ...presets.production, maxAttempts: 2 } };
    const world = new RequestWorld({ candidates: [{}, second] }).failed();

    expect(world.signalsOf('connection.reconnecting')).toMatchObject([
      { attempt: 1, maxAttempts: presets.production.maxAttempts + 1 + 2, persistsForMs: 0 },
    ]);
  });

  it('that questions asked anew have beyond those of one have no end that a count tells', () => {
    const outage = { sinceMs: 0, cause: failureOf('transient'), attempts: 7 };
    const policy = { ...presets.production, maxAttempts: 1 };

    const most = (attempts: number): number => {
      const context = { component: 'llm', candidates: [{ policy }], dueAtMs: 0, nowMs: 0 };
      const signal = attemptSignal({ ...context, outage: { ...outage, attempts } } as never);
      return signal.type === 'connection.reconnecting' ? signal.maxAttempts : NaN;
    };

    expect([most(1), most(2)]).toEqual([1, Infinity]);
  });

  it('count from the first failure, whoever failed after it', () => {
    const world = new RequestWorld().failed('rateLimited').pass(10).failed().pass(1_000).begun();

    expect(world.signalsOf('connection.reconnected')).toMatchObject([
      { attempts: 2, downtimeMs: 1_010, cause: { kind: 'rateLimited' } },
    ]);
  });
});

describe('an actor that breaks', () => {
  it('may be one that nobody provided', () => {
    const { candidates } = new RequestWorld({ candidates: ONE }).actor.getSnapshot().context;
    const actor = createActor(requestMachine, {
      input: { component: 'llm', candidates, atMs: 0 },
    }).start();

    const { output } = actor.getSnapshot();

    expect(output?.failure?.detail).toBe('the request chart needs this actor by .provide()');
  });

  it('is a candidate that will not answer', () => {
    const world = new RequestWorld({ fault: new TypeError('no such thing') });

    expect(world.state).toBe('givenUp');
    expect(world.output).toMatchObject({
      candidate: 1,
      attempts: 1,
      failure: { kind: 'config', code: 'actor', detail: 'no such thing' },
    });
    expect(world.signalsOf('connection.reconnecting')).toHaveLength(1);
    expect(world.children).toEqual([]);
  });

  it('does not hide since when nobody answers', () => {
    const world = new RequestWorld({ candidates: ONE }).failed().cancel().pass(1_000);

    const next = world.next({ candidates: ONE, fault: new Error('broken') });

    expect(next.signalsOf('connection.failed')).toMatchObject([{ attempts: 1 }]);
  });
});
