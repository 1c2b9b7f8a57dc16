/** Whether a session that is only in a log is to be had, and who gets it. */
import { describe, expect, it } from 'vitest';

import { DAY_MS, FRESH, GRACE_MS, LeaseBook } from './lease-world.ts';

describe('a session in a log', () => {
  it('is fenced behind its tail, opened, and kept for who asked', () => {
    const lease = new LeaseBook();

    const states = [
      lease.claim({ log: FRESH, epoch: 7 }).state,
      lease.tell('fence.committed').state,
      lease.tell('app.opened').state,
      lease.attach(7).state,
    ];

    expect(states).toEqual([
      { claiming: 'fencing' },
      { kept: 'opening' },
      { kept: 'detached' },
      { kept: 'attached' },
    ]);
    expect(lease.context).toMatchObject({ epoch: 7, isTakenOver: true, ending: null });
    expect(lease.orders).toEqual([]);
  });

  it.each([
    ['that ends', { ...FRESH, isEnd: true }, 'over'],
    [
      'of an owner that may still live',
      { ...FRESH, unattendedMs: GRACE_MS + 30_000 },
      { claiming: 'fencing' },
    ],
    [
      'of an owner that is gone',
      { ...FRESH, unattendedMs: GRACE_MS + 30_001 },
      { claiming: 'closing' },
    ],
    ['not quite a day old', { ...FRESH, ageMs: DAY_MS - 1 }, { claiming: 'fencing' }],
    ['a day old', { ...FRESH, ageMs: DAY_MS }, { claiming: 'closing' }],
  ])('%s is to be had, or not', (_what, log, state) => {
    const lease = new LeaseBook();

    lease.claim({ log });

    expect(lease.state).toEqual(state);
    expect(lease.isOver).toBe(state === 'over');
  });

  it.each([
    ['expired', { ...FRESH, unattendedMs: GRACE_MS + 30_001 }],
    ['aged', { ...FRESH, ageMs: DAY_MS }],
  ])(
    'is over by a clock only once its log says so, since its owner may live: %s',
    (ending, log) => {
      const faster = new LeaseBook().claim({ log }).tell('owner.fenced');
      const over = new LeaseBook().claim({ log });

      over.tell('end.committed');

      expect(faster.state).toEqual({ claiming: 'reading' });
      expect(over.state).toBe('ended');
      expect(over.context.ending).toBe(ending);
      expect(over.orders).toEqual([{ type: 'log.purge' }]);
    },
  );

  it('ends as long after its beginning as any, whoever has it', () => {
    const lease = new LeaseBook();

    lease.wait(10).claim({ log: { ...FRESH, ageMs: DAY_MS - 5_000 } });
    const endsInMs = lease.context.endsAtMs - lease.atMs;

    expect(endsInMs).toBe(5_000);
  });

  it('of a machine whose clock is behind lasts no longer for it', () => {
    const lease = new LeaseBook().claim({ log: { ...FRESH, ageMs: -5_000 } });

    expect(lease.context.endsAtMs).toBe(lease.atMs + DAY_MS);
  });

  it('is looked at again where another was faster, five times in all', () => {
    const lease = new LeaseBook();

    const states = [1, 2, 3, 4, 5].map(
      () => lease.claim({ log: FRESH }).tell('owner.fenced').state,
    );

    expect(states).toEqual([
      ...Array.from({ length: 4 }, () => ({ claiming: 'reading' })),
      'givenUp',
    ]);
  });

  it('is asked for once more under the same id where the store does not answer', () => {
    const lease = new LeaseBook().claim({ log: FRESH });

    const states = [
      lease.tell('fence.unanswered').state,
      lease.tell('owner.fenced').claim({ log: FRESH }).tell('fence.unanswered').state,
      lease.tell('fence.unanswered').state,
    ];

    expect(states).toEqual([{ claiming: 'fencing' }, { claiming: 'fencing' }, 'givenUp']);
  });

  it('forgets who was faster, once it is ours', () => {
    const lease = new LeaseBook().claim({ log: FRESH }).tell('owner.fenced').claim({ log: FRESH });

    lease.tell('fence.unanswered', 'fence.committed');

    expect(lease.context).toMatchObject({ defeats: 0, silences: 0 });
  });

  it.each(['reading', 'fencing', 'closing'])('is given up where the store fails: %s', (state) => {
    const lease = new LeaseBook();
    if (state === 'fencing') lease.claim({ log: FRESH });
    if (state === 'closing') lease.logOut(FRESH);
    const before = lease.state;

    lease.tell('store.failed');

    expect(before).toEqual({ claiming: state });
    expect(lease.state).toBe('givenUp');
    expect(lease.orders).toEqual([]);
  });

  it('is logged out behind its tail, wherever it lives, unless it is over', () => {
    const living = new LeaseBook().logOut(FRESH);
    const ended = new LeaseBook().logOut({ ...FRESH, isEnd: true });

    const before = living.state;
    living.tell('end.committed');

    expect(before).toEqual({ claiming: 'closing' });
    expect([living.state, ended.state]).toEqual(['ended', 'over']);
    expect(living.context.ending).toBe('loggedOut');
    expect(living.orders).toEqual([{ type: 'log.purge' }]);
  });

  it('is looked at again where its owner wrote while it was logged out', () => {
    const lease = new LeaseBook().logOut(FRESH);

    lease.tell('fence.unanswered', 'owner.fenced');
    const before = lease.state;
    lease.logOut(FRESH);

    expect([before, lease.state]).toEqual([{ claiming: 'reading' }, { claiming: 'closing' }]);
    expect(lease.context).toMatchObject({ defeats: 1, silences: 0 });
  });
});

describe('an application that does not open', () => {
  it('leaves nothing of a session that is new', () => {
    const lease = new LeaseBook().claim().tell('fence.committed');

    lease.fail();

    expect(lease.state).toBe('ending');
    expect(lease.orders).toEqual([
      { type: 'client.dismiss', why: 'storeUnavailable' },
      { type: 'log.end' },
    ]);
    expect(lease.tell('end.committed').orders.slice(2)).toEqual([
      { type: 'session.release', why: 'unopened' },
      { type: 'log.purge' },
    ]);
  });

  it('leaves one that is older as it was, for another gateway', () => {
    const lease = new LeaseBook().claim({ log: FRESH }).tell('fence.committed');

    lease.fail().tell('log.settled');

    expect(lease.state).toBe('left');
    expect(lease.orders).toEqual([
      { type: 'fault.note' },
      { type: 'client.dismiss', why: 'storeUnavailable' },
      { type: 'log.settle' },
      { type: 'session.release', why: 'left' },
    ]);
  });
});
