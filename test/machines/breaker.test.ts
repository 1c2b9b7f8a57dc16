import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isForgettable } from '../../machines/breaker.rules.ts';
import { Breaker, UNCOUNTED } from './breaker-world.ts';

describe('a closed breaker', () => {
  it('lets everyone dial', () => {
    const breaker = new Breaker().ask();

    expect(breaker.state).toBe('closed');
    expect(breaker.mayDial).toBe(true);
  });

  it('opens for 30 s with the fifth failure in a row', () => {
    const breaker = new Breaker().fail(4);
    const before = breaker.state;

    breaker.fail();

    expect(before).toBe('closed');
    expect(breaker.state).toBe('open');
    expect(breaker.signals).toEqual([
      { type: 'breaker.opened', untilMs: 130_000, reason: 'consecutive', times: 1 },
    ]);
  });

  it('counts in a row however long it takes', () => {
    const breaker = new Breaker();

    for (let nth = 0; nth < 5; nth += 1) breaker.wait(3_600_000).fail();

    expect(breaker.state).toBe('open');
  });

  it('counts a row anew after a success', () => {
    const breaker = new Breaker().fail(4).succeed().fail(4);
    const before = breaker.state;

    breaker.fail();

    expect(before).toBe('closed');
    expect(breaker.state).toBe('open');
  });

  it.each(UNCOUNTED)('does not count a failure of kind %s', (kind) => {
    const breaker = new Breaker().fail(4).fail(50, { kind });
    const before = breaker.state;

    breaker.fail();

    expect(before).toBe('closed');
    expect(breaker.state).toBe('open');
  });

  it('is never opened by who has no other candidate, and remembers what it told', () => {
    const breaker = new Breaker().fail(50, { isLast: true });
    breaker.stall(true).stall(true).stall(true);
    const before = breaker.state;

    breaker.fail();

    expect(before).toBe('closed');
    expect(breaker.signals).toMatchObject([{ reason: 'consecutive' }]);
  });

  it('tells nothing of an abandoned probe', () => {
    const breaker = new Breaker().abandon();

    expect(breaker.snapshot).toEqual(new Breaker().snapshot);
  });
});

describe('the share of failures', () => {
  /** Never five in a row: one success after every failure. */
  const mixed = (failures: number) => {
    const breaker = new Breaker();
    for (let nth = 0; nth < failures; nth += 1) breaker.fail().succeed();
    return breaker;
  };

  it('opens with the twentieth outcome where half of them failed', () => {
    const breaker = mixed(9).succeed();
    const before = breaker.state;

    breaker.fail();

    expect(before).toBe('closed');
    expect(breaker.signals).toEqual([
      { type: 'breaker.opened', untilMs: 130_000, reason: 'rate', times: 1 },
    ]);
  });

  it('opens at half and not a failure below it', () => {
    const below = mixed(9).succeed(2).fail();
    const atHalf = mixed(9).succeed().fail();

    expect(below.state).toBe('closed');
    expect(atHalf.state).toBe('open');
  });

  it('says nothing of nineteen outcomes', () => {
    const breaker = mixed(9).fail();

    expect(breaker.state).toBe('closed');
  });

  it.each([
    [29_999, 'open'],
    [30_000, 'closed'],
  ])('looks back on 30 s: outcomes %d ms ago', (agoMs, state) => {
    const breaker = mixed(9).succeed().wait(agoMs);

    breaker.fail();

    expect(breaker.state).toBe(state);
  });

  it('counts a fact that comes late as of the newest second', () => {
    const breaker = mixed(9).succeed().wait(-60_000);

    breaker.fail();

    expect(breaker.signals).toMatchObject([{ reason: 'rate' }]);
  });

  it('takes no more memory however many outcomes a second', () => {
    const breaker = new Breaker();

    for (let second = 0; second < 90; second += 1) {
      breaker.wait(1_000).succeed(9).fail();
      expect(breaker.snapshot.context.window.length).toBeLessThanOrEqual(30);
    }

    expect(breaker.snapshot.context.window).toHaveLength(30);
  });
});

describe('stalls', () => {
  it('open with the second', () => {
    const breaker = new Breaker().stall();
    const before = breaker.state;

    breaker.fail().stall();

    expect(before).toBe('closed');
    expect(breaker.signals).toEqual([
      { type: 'breaker.opened', untilMs: 130_000, reason: 'stalls', times: 1 },
    ]);
  });

  it('count anew after a success', () => {
    const breaker = new Breaker().stall().succeed().stall();
    const before = breaker.state;

    breaker.stall();

    expect(before).toBe('closed');
    expect(breaker.state).toBe('open');
  });
});

describe('an open breaker', () => {
  it('lets nobody dial until its last millisecond is over, and then one', () => {
    const breaker = new Breaker().fail(5).wait(29_999);
    const early = { mayDial: breaker.mayDial, state: breaker.ask().state };

    breaker.wait(1);
    const inTime = { mayDial: breaker.mayDial, state: breaker.ask().state };

    expect(early).toEqual({ mayDial: false, state: 'open' });
    expect(inTime).toEqual({ mayDial: true, state: 'halfOpen' });
    expect(breaker.mayDial).toBe(false);
    expect(breaker.signals.at(-1)).toEqual({ type: 'breaker.halfOpened' });
  });

  it('is not moved by what earlier dials still tell', () => {
    const breaker = new Breaker().fail(5);
    const { snapshot } = breaker;

    breaker.fail(5).succeed(5).stall().stall().abandon();

    expect(breaker.snapshot).toEqual(snapshot);
  });

  it('stays open for 30 s longer with each opening in a row, up to 300 s', () => {
    const breaker = new Breaker().fail(5);

    for (let nth = 2; nth <= 12; nth += 1) {
      breaker.atMs = breaker.snapshot.context.openUntilMs;
      breaker.ask().fail();
      expect(breaker.snapshot.context.openUntilMs - breaker.atMs).toBe(
        Math.min(nth * 30_000, 300_000),
      );
      expect(breaker.signals.at(-1)).toMatchObject({ reason: 'probe', times: nth });
    }
  });
});

describe('what may be forgotten', () => {
  const isIdle = ({ snapshot, atMs }: Breaker) => isForgettable(snapshot, atMs);

  it.each([
    ['nothing happened', true, () => new Breaker()],
    ['all went well', true, () => new Breaker().succeed(30)],
    ['one failed', false, () => new Breaker().fail()],
    ['one stalled', false, () => new Breaker().stall()],
    ['one failed less than 30 s ago', false, () => new Breaker().fail().succeed().wait(29_999)],
    ['one failed 30 s ago', true, () => new Breaker().fail().succeed().wait(30_000)],
    ['it is open', false, () => new Breaker().fail(5).wait(400_000)],
    ['it is half open', false, () => new Breaker().probing().wait(400_000)],
    ['it has closed', true, () => new Breaker().probing().succeed(2)],
  ])('where %s: %s', (_what, isForgotten, make) => {
    expect(isIdle(make())).toBe(isForgotten);
  });
});

describe('whatever it is told', () => {
  const step = fc.oneof(
    fc.nat(40_000).map((ms) => (breaker: Breaker) => breaker.wait(ms)),
    fc.boolean().map((isLast) => (breaker: Breaker) => breaker.fail(1, { isLast })),
    fc.constant((breaker: Breaker) => breaker.fail(1, { kind: 'auth' })),
    fc.boolean().map((isLast) => (breaker: Breaker) => breaker.stall(isLast)),
    fc.constant((breaker: Breaker) => breaker.succeed()),
    fc.constant((breaker: Breaker) => breaker.ask()),
    fc.constant((breaker: Breaker) => breaker.abandon()),
  );

  it('lets somebody dial within 300 s', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const breaker = new Breaker();
        for (const take of steps) take(breaker);

        expect(breaker.wait(300_000).mayDial).toBe(true);
      }),
    );
  });

  it('starts no timer and no child, and only announces what changed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const breaker = new Breaker();
        for (const take of steps) {
          const before = breaker.state;
          const told = breaker.signals.length;
          take(breaker);
          const isMoved = breaker.state !== before;
          expect(breaker.signals.length - told).toBe(isMoved ? 1 : 0);
        }
        expect(breaker.snapshot.children).toEqual({});
      }),
    );
  });
});
