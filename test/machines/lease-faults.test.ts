/** An application that fails: again, without what it fails on, or not at all any more. And one that has said all. */
import { describe, expect, it } from 'vitest';

import { FRESH, GRACE_MS, LeaseBook } from './lease-world.ts';
import { appRetryMs, MAX_OPEN_FAULTS } from '../../machines/lease.rules.ts';
import type { LeaseFault } from '../../machines/lease.types.ts';

const dismissed = (why: string) => ({ type: 'client.dismiss', why });
const settle = { type: 'log.settle' };

/** A gateway after the other takes the session over, and its application fails on these. */
function failing(seqs: readonly number[], done = 0): LeaseBook {
  let faults: readonly LeaseFault[] = [];
  let lease = new LeaseBook();
  for (const seq of seqs) {
    lease = new LeaseBook().claim({ log: FRESH, faults }).tell('fence.committed', 'app.opened');
    lease.fail(seq, done);
    ({ faults } = lease.context);
  }
  return lease;
}

describe('an application that fails on one message', () => {
  it.each([[[7]], [[7, 7]]])('is handed it again (%o)', (seqs) => {
    const lease = failing(seqs);

    expect(lease.state).toBe('leaving');
    expect(lease.orders).toEqual([{ type: 'fault.note' }, dismissed('storeUnavailable'), settle]);
    expect(lease.context.faults).toEqual([{ seq: 7, times: seqs.length, done: 0 }]);
  });

  it.each([[[7, 7, 7]], [[7, 9, 7, 9, 7]]])('goes on without it the third time (%o)', (seqs) => {
    const lease = failing(seqs);

    expect(lease.state).toBe('leaving');
    expect(lease.orders).toEqual([
      { type: 'item.setAside', seq: 7 },
      dismissed('storeUnavailable'),
      settle,
    ]);
  });

  it('goes on without it at once where what follows it is handled already', () => {
    const lease = new LeaseBook().takenOver().fail(7, 9);

    expect(lease.orders[0]).toEqual({ type: 'item.setAside', seq: 7 });
    expect(appRetryMs(lease.context)).toBe(0);
  });

  it('is waited for a little longer the second time, and not the third', () => {
    const leases = [[7], [7, 7], [7, 7, 7]].map((seqs) => failing(seqs));

    expect(leases.map(({ context }) => appRetryMs(context))).toEqual([1_000, 2_000, 0]);
    expect(appRetryMs(new LeaseBook().context)).toBeNull();
  });

  it('is forgiven what it has got over since', () => {
    const { faults } = failing([7, 7]).context;
    const lease = new LeaseBook().claim({ log: FRESH, faults }).tell('fence.committed');

    lease.fail(9, 8);

    expect(lease.context.faults).toEqual([{ seq: 9, times: 1, done: 8 }]);
  });

  it('fails as a whole where it does so on what is left of what was set aside', () => {
    const lease = failing([7, 7, 7, 7]);

    expect(lease.context.faults).toContainEqual({ seq: 0, times: 1, done: 0 });
  });

  it('is given up where it fails on all of them', () => {
    const each = Array.from({ length: MAX_OPEN_FAULTS }, (_, at) => [at + 1, at + 1, at + 1]);

    const before = failing(each.flat()).state;
    const lease = failing([...each.flat(), 100]);

    expect(before).toBe('leaving');
    expect(lease.context.ending).toBe('failed');
    expect(lease.orders).toEqual([dismissed('protocolError'), { type: 'log.end' }]);
  });
});

describe('an application that fails as a whole', () => {
  it('is given up the fifth time, and is waited for longer each time before', () => {
    const leases = [1, 2, 3, 4, 5].map((times) => failing(Array<number>(times).fill(0)));

    expect(leases.map(({ state }) => state)).toEqual([
      ...Array<string>(4).fill('leaving'),
      'ending',
    ]);
    expect(leases.slice(0, 4).map(({ context }) => appRetryMs(context))).toEqual([
      2_000, 4_000, 8_000, 16_000,
    ]);
    expect(leases[4]?.orders).toEqual([dismissed('protocolError'), { type: 'log.end' }]);
  });

  it('is counted anew where it has handled something since', () => {
    const { faults } = failing([0, 0, 0, 0]).context;
    const lease = new LeaseBook().claim({ log: FRESH, faults }).tell('fence.committed');

    lease.fail(0, 3);

    expect(lease.context.faults).toEqual([{ seq: 0, times: 1, done: 3 }]);
  });

  it('is not opened for a new session of the same client for ever', () => {
    let faults: readonly LeaseFault[] = [];
    const endings = [1, 2, 3, 4, 5].map(() => {
      const lease = new LeaseBook().claim({ faults }).tell('fence.committed').fail();
      ({ faults } = lease.context);
      return lease.context.ending;
    });

    expect(endings).toEqual([...Array<string>(4).fill('unopened'), 'failed']);
  });
});

describe('a session in which everything was said', () => {
  it('waits for its client as any does, and then has finished, and not expired', () => {
    const lease = new LeaseBook().attached().tell('app.concluded', 'client.detached');

    const before = lease.pass(GRACE_MS - 1).state;
    lease.pass(1);

    expect(before).toEqual({ kept: 'detached' });
    expect(lease.context.ending).toBe('finished');
    expect(lease.orders.slice(1)).toEqual([dismissed('done'), { type: 'log.end' }]);
  });
});
