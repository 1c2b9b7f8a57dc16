/** Who has a session, for how long it waits for its client, and how it comes to its end. */
import { describe, expect, it } from 'vitest';

import { initialTransition } from 'xstate';

import { DAY_MS, FRESH, GRACE_MS, LeaseBook } from './lease-world.ts';
import { leaseMachine } from '../../machines/lease.machine.ts';
import { dismissalOf, isWorthALook } from '../../machines/lease.rules.ts';

const dismissed = (why: string) => ({ type: 'client.dismiss', why });

describe('a session whose client is gone', () => {
  it('waits for the grace, to the millisecond, and ends', () => {
    const lease = new LeaseBook().attached().tell('client.detached');

    const before = lease.pass(GRACE_MS - 1).state;
    lease.pass(1);

    expect(before).toEqual({ kept: 'detached' });
    expect(lease.state).toBe('ending');
    expect(lease.context).toMatchObject({ ending: 'expired', dueAtMs: null });
    expect(lease.orders).toEqual([
      { type: 'log.renew' },
      dismissed('graceExpired'),
      { type: 'log.end' },
    ]);
  });

  it('waits for one that never came as long', () => {
    const lease = new LeaseBook().detached();

    const states = [lease.pass(GRACE_MS - 1).state, lease.pass(1).state];

    expect(states).toEqual([{ kept: 'detached' }, 'ending']);
  });

  it('does not end while a fence for who came back is on its way, and then waits anew', () => {
    const lease = new LeaseBook()
      .detached()
      .wait(GRACE_MS - 1)
      .claim();

    const during = lease.pass(60_000).state;
    lease.tell('fence.committed');
    const after = [lease.pass(GRACE_MS - 1).state, lease.pass(1).state];

    expect(during).toEqual({ kept: 'returning' });
    expect(after).toEqual([{ kept: 'detached' }, 'ending']);
  });

  it('lets in the newest client only', () => {
    const lease = new LeaseBook().detached().claim().tell('fence.committed');

    const states = [lease.attach(1).state, lease.attach(3).state, lease.attach(2).state];

    expect(states).toEqual([{ kept: 'detached' }, { kept: 'detached' }, { kept: 'attached' }]);
  });
});

describe('a session whose client is there', () => {
  it.each([
    [true, 'fenced'],
    [false, 'superseded'],
  ])('lets go of it for a newer socket (of the same client: %s)', (isSameClient, why) => {
    const lease = new LeaseBook().attached();

    lease.claim({ isSameClient });

    expect(lease.state).toEqual({ kept: 'returning' });
    expect(lease.context).toMatchObject({ epoch: 2, dueAtMs: null });
    expect(lease.orders).toEqual([dismissed(why)]);
    expect(lease.tell('client.detached').state).toEqual({ kept: 'returning' });
  });

  it('shows in its log four times in each grace that its owner lives', () => {
    const lease = new LeaseBook().attached();

    const orders = [GRACE_MS / 4 - 1, 1, GRACE_MS / 4 - 1, 1].map(
      (ms) => lease.pass(ms).orders.length,
    );

    expect(orders).toEqual([0, 1, 1, 2]);
    expect(lease.orders[0]).toEqual({ type: 'log.renew' });
    expect(lease.state).toEqual({ kept: 'attached' });
  });

  it.each(['attached', 'detached'] as const)('ends after a day (%s)', (state) => {
    const lease = new LeaseBook()[state]();
    const startedAtMs = 100_000;
    lease.wait(startedAtMs + DAY_MS - 1 - lease.atMs);
    if (state === 'detached') lease.claim().tell('fence.committed');

    const before = lease.tell('time.passed').state;
    lease.pass(1);

    expect(before).toEqual({ kept: state });
    expect(lease.state).toBe('ending');
    expect(lease.context.ending).toBe('aged');
    expect(lease.orders.slice(-2)).toEqual([dismissed('graceExpired'), { type: 'log.end' }]);
  });
});

const KEPT = {
  opening: () => new LeaseBook().claim({ log: FRESH }).tell('fence.committed'),
  detached: () => new LeaseBook().takenOver(),
  returning: () => new LeaseBook().detached().claim(),
  attached: () => new LeaseBook().attached(),
};

describe.each(Object.entries(KEPT))('a session that is %s', (...[, made]) => {
  it.each([
    ['session.finished', 'ending', [dismissed('done'), { type: 'log.end' }]],
    ['owner.fenced', 'fenced', [dismissed('fenced'), { type: 'session.release', why: 'fenced' }]],
    [
      'store.failed',
      'lost',
      [dismissed('storeUnavailable'), { type: 'session.release', why: 'uncertain' }],
    ],
    ['gateway.stopping', 'leaving', [dismissed('draining'), { type: 'log.settle' }]],
  ] as const)('%s leads to %s', (fact, state, orders) => {
    const lease = made();

    lease.tell(fact);

    expect(lease.state).toBe(state);
    expect(lease.orders).toEqual(orders);
  });

  it('is logged out for good', () => {
    const lease = made().logOut();

    const before = lease.state;
    lease.tell('end.committed');

    expect([before, lease.state]).toEqual(['ending', 'ended']);
    expect(lease.orders).toEqual([
      dismissed('unknownSession'),
      { type: 'log.end' },
      { type: 'session.release', why: 'loggedOut' },
      { type: 'log.purge' },
    ]);
  });
});

describe('a session that ends', () => {
  it('is told to be over for five minutes, and then forgotten', () => {
    const lease = new LeaseBook().attached().tell('session.finished', 'end.committed');

    const states = [lease.state, lease.pass(299_999).state, lease.pass(1).state];

    expect(states).toEqual(['ended', 'ended', 'forgotten']);
    expect(lease.isOver).toBe(true);
    expect(lease.orders.slice(2)).toEqual([
      { type: 'session.release', why: 'finished' },
      { type: 'log.purge' },
      { type: 'log.drop' },
    ]);
  });

  it('touches nothing of a log that turns out to be another’s', () => {
    const lease = new LeaseBook().attached().tell('session.finished', 'owner.fenced');

    lease.tell('end.committed');

    expect(lease.state).toBe('fenced');
    expect(lease.orders.map(({ type }) => type)).not.toContain('log.purge');
    expect(lease.orders.at(-1)).toEqual({ type: 'session.release', why: 'fenced' });
  });

  it.each([
    ['store.failed', 'lost', 'uncertain'],
    ['gateway.stopped', 'left', 'left'],
  ] as const)('is not waited for for ever: %s', (fact, state, why) => {
    const lease = new LeaseBook().attached().tell('session.finished');

    lease.tell(fact);

    expect(lease.state).toBe(state);
    expect(lease.orders.at(-1)).toEqual({ type: 'session.release', why });
  });
});

describe('a session that this gateway leaves', () => {
  it('is left when what it accepted is in the log', () => {
    const lease = new LeaseBook().attached().tell('gateway.stopping');

    lease.tell('log.settled');

    expect(lease.state).toBe('left');
    expect(lease.isOver).toBe(true);
    expect(lease.orders.at(-1)).toEqual({ type: 'session.release', why: 'left' });
  });

  it('is left after two seconds in any case', () => {
    const lease = new LeaseBook().attached().tell('gateway.stopping');

    const states = [lease.pass(1_999).state, lease.pass(1).state];

    expect(states).toEqual(['leaving', 'left']);
  });

  it.each([
    ['gateway.stopped', 'left'],
    ['owner.fenced', 'fenced'],
    ['store.failed', 'lost'],
  ] as const)('goes the way of the rest meanwhile: %s', (fact, state) => {
    expect(new LeaseBook().attached().tell('gateway.stopping', fact).state).toBe(state);
  });

  it('can still be logged out', () => {
    const lease = new LeaseBook().attached().tell('gateway.stopping').logOut();

    expect(lease.state).toBe('ending');
    expect(lease.context.ending).toBe('loggedOut');
  });
});

describe('a lease', () => {
  it('begins with its log, and nothing else', () => {
    const input = { graceMs: 1, lifeMs: 10, atMs: 5 };

    const [{ value, context }] = initialTransition(leaseMachine, input);

    expect(value).toEqual({ claiming: 'reading' });
    expect(context).toEqual({
      graceMs: 1,
      lifeMs: 10,
      epoch: 0,
      endsAtMs: 15,
      dueAtMs: null,
      isTakenOver: false,
      defeats: 0,
      silences: 0,
      faults: [],
      isConcluded: false,
      ending: null,
    });
  });

  it('is worth a look when its state is over, or its day, and not before', () => {
    const { context } = new LeaseBook().detached();
    const { dueAtMs, endsAtMs } = context;
    const waiting = { ...context, dueAtMs: null };

    const looks = [dueAtMs! - 1, dueAtMs!].map((atMs) => isWorthALook(context, atMs));
    const lastLooks = [endsAtMs - 1, endsAtMs].map((atMs) => isWorthALook(waiting, atMs));

    expect([looks, lastLooks]).toEqual([
      [false, true],
      [false, true],
    ]);
  });

  it('is done with as if all was said, where nobody says otherwise', () => {
    expect(dismissalOf(null)).toBe('done');
  });
});
