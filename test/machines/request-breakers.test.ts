/** What breakers mean for who is asked. */
import { describe, expect, it } from 'vitest';

import { isLast } from '../../machines/request.rules.ts';
import { ONE, RequestWorld } from './request-world.ts';

describe('a breaker', () => {
  it('bars the candidate for as long as it is open, where another is there', () => {
    const candidates = [{ openUntilMs: 31_000 }, {}];
    const world = new RequestWorld({ candidates });

    expect(world.asked).toEqual([1]);
    expect(world.exchanges).toMatchObject([{ isAlone: false }]);
  });

  it('is over at the moment that it names', () => {
    const world = new RequestWorld({ candidates: [{ openUntilMs: 1_000 }, {}] });

    expect(world.asked).toEqual([0]);
  });

  it('does not bar the only candidate', () => {
    const world = new RequestWorld({ candidates: [{ openUntilMs: 31_000 }] });

    expect(world.exchanges).toMatchObject([{ candidate: 0, isAlone: true }]);
  });

  it('does not bar those that share it, where there are no others', () => {
    const shared = { key: 'shared', openUntilMs: 31_000 };
    const world = new RequestWorld({ candidates: [shared, shared] });

    expect(world.exchanges).toMatchObject([{ candidate: 0, isAlone: true }]);
  });

  it('does not bar the last who could answer', () => {
    const world = new RequestWorld({ candidates: [{ openUntilMs: 31_000 }, {}] });

    world.failed('quota');

    expect(world.exchanges).toMatchObject([
      { candidate: 1, isAlone: false },
      { candidate: 0, isAlone: true },
    ]);
  });

  it('is waited for where all others have to be waited for longer', () => {
    const world = new RequestWorld({ candidates: [{ openUntilMs: 11_000 }, {}] });

    world.failed('rateLimited', { retryAfterMs: 20_000 });
    const state = world.state;
    world.pass(9_999);
    const early = world.asked;
    world.pass(1);

    expect(state).toBe('waiting.barred');
    expect(early).toEqual([1]);
    expect(world.asked).toEqual([1, 0]);
  });

  it('that is over no later than a limit leaves the limit to be waited for', () => {
    const first = new RequestWorld()
      .failed('rateLimited', { retryAfterMs: 10_000 })
      .failed('rateLimited', { retryAfterMs: 20_000 })
      .cancel();
    const candidates = [{ openUntilMs: 11_000 }, {}];

    const second = first.next({ candidates });

    expect(second.state).toBe('waiting.rateLimited');
  });

  it('that opens while somebody waits lets another be first', () => {
    const world = new RequestWorld().failed().failed('rateLimited', { retryAfterMs: 20_000 });

    world.pass(400).breaker(0, 31_400);
    const state = world.state;
    world.pass(19_600);

    expect(state).toBe('waiting.rateLimited');
    expect(world.asked).toEqual([0, 1, 1]);
    expect(world.signalsOf('connection.reconnecting')).toHaveLength(2);
  });

  it('that closes while somebody waits ends the wait', () => {
    const world = new RequestWorld({ candidates: [{ openUntilMs: 301_000 }, {}] });
    world.failed('rateLimited', { retryAfterMs: 60_000 });

    world.pass(100).breaker(0, 0);

    expect(world.asked).toEqual([1, 0]);
    expect(world.exchanges[1]?.atMs).toBe(1_100);
  });

  it('that opens while its candidate answers takes nothing away', () => {
    const world = new RequestWorld().breaker(0, 31_000).begun();

    expect(world.state).toBe('asking.answering');
    expect(world.standing(0)?.openUntilMs).toBe(31_000);
    expect(world.standing(1)?.openUntilMs).toBe(0);
  });

  it('that lets nobody through is no failure: another is asked, and it again later', () => {
    const world = new RequestWorld().barred();

    const next = world.begun().ended().pass(14_999).next();
    const later = next.begun().ended().pass(1).next();

    expect(world.asked).toEqual([0, 1]);
    expect(world.signals.map(({ type }) => type)).toEqual(['candidate.changed']);
    expect(world.output?.failure).toBeNull();
    // What the registry says of the breaker counts for each request anew.
    expect([next.asked, later.asked]).toEqual([[0], [0]]);
  });

  it.each([
    ['15 s, where nobody knows how long', 0, 16_000],
    ['as long as it is open', 41_000, 41_000],
  ])('that lets nobody through is asked again after %s', (_what, openUntilMs, untilMs) => {
    const world = new RequestWorld().barred(openUntilMs);

    expect(world.standing(0)?.openUntilMs).toBe(untilMs);
  });

  it('that lets nobody through is waited for where the other is limited for longer', () => {
    const world = new RequestWorld().barred().failed('rateLimited', { retryAfterMs: 60_000 });

    world.pass(14_999);
    const early = world.asked;
    world.pass(1);

    expect(early).toEqual([0, 1]);
    expect(world.asked).toEqual([0, 1, 0]);
  });
});

describe('whoever is the last to answer just now', () => {
  it.each([
    ['is so where nobody else is there', () => new RequestWorld({ candidates: ONE }), true],
    ['is not where another could', () => new RequestWorld(), false],
    ['is so where the other was passed over', () => new RequestWorld().failed('quota'), true],
    ['is so where the other cools', () => new RequestWorld().failed(), true],
    ['is so where the other is barred', () => new RequestWorld().breaker(1, 9_000), true],
    [
      'is so where the other shares its breaker',
      () => new RequestWorld({ candidates: [{ key: 'k' }, { key: 'k' }] }),
      true,
    ],
  ])('%s', (_what, worldOf, expected) => {
    const world = worldOf();
    const { context } = world.actor.getSnapshot();

    const last = isLast(context, context.current, world.clock.nowMs());

    expect(last).toBe(expected);
  });

  it.each([
    ['a breaker', () => new RequestWorld().breaker(1, 9_000), 0],
    ['a backoff', () => new RequestWorld().failed('rateLimited', { retryAfterMs: 8_000 }), 1],
  ])('is so until the end of %s, and not at it', (_what, worldOf, index) => {
    const world = worldOf();
    const { context } = world.actor.getSnapshot();

    expect(isLast(context, index, 8_999)).toBe(true);
    expect(isLast(context, index, 9_000)).toBe(false);
  });
});
