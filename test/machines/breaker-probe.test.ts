import { describe, expect, it } from 'vitest';

import { Breaker, UNCOUNTED } from './breaker-world.ts';

describe('a half-open breaker', () => {
  it('closes with the second success, each of a probe of its own', () => {
    const breaker = new Breaker().probing().succeed();
    const before = { state: breaker.state, mayDial: breaker.mayDial };

    breaker.ask();
    const between = breaker.mayDial;
    breaker.succeed();

    expect(before).toEqual({ state: 'halfOpen', mayDial: true });
    expect(between).toBe(false);
    expect(breaker.state).toBe('closed');
    expect(breaker.signals.at(-1)).toEqual({ type: 'breaker.closed' });
  });

  it('closes with two successes of one stream', () => {
    const breaker = new Breaker().probing().succeed(2);

    expect(breaker.state).toBe('closed');
  });

  it('remembers nothing once it is closed', () => {
    const breaker = new Breaker().probing().succeed(2);

    expect(breaker.snapshot.context).toEqual(new Breaker().snapshot.context);
    expect(breaker.fail(5).signals.at(-1)).toMatchObject({ times: 1 });
  });

  it.each([
    ['a failure', (breaker: Breaker) => breaker.fail()],
    ['a stall', (breaker: Breaker) => breaker.stall()],
    ['a failure after a success', (breaker: Breaker) => breaker.succeed().fail()],
  ])('opens again, and for longer, with %s', (_what, happen) => {
    const breaker = new Breaker().probing();

    happen(breaker);

    expect(breaker.signals.at(-1)).toEqual({
      type: 'breaker.opened',
      untilMs: breaker.atMs + 60_000,
      reason: 'probe',
      times: 2,
    });
    expect(breaker.mayDial).toBe(false);
  });

  it('counts successes anew after it opened again', () => {
    const breaker = new Breaker().probing().succeed().fail().wait(60_000).ask();

    breaker.succeed();

    expect(breaker.state).toBe('halfOpen');
  });

  it.each([
    ['a failure', (breaker: Breaker) => breaker.fail(1, { isLast: true })],
    ['a stall', (breaker: Breaker) => breaker.stall(true)],
  ])('is not opened by %s of the last candidate: the next one probes', (_what, happen) => {
    const breaker = new Breaker().probing().succeed().ask();

    happen(breaker);
    const after = { state: breaker.state, mayDial: breaker.mayDial };
    breaker.succeed();

    expect(after).toEqual({ state: 'halfOpen', mayDial: true });
    expect(breaker.state).toBe('halfOpen');
  });

  it.each(UNCOUNTED)('frees the probe that ended with a failure of kind %s', (kind) => {
    const breaker = new Breaker().probing().succeed().ask();

    breaker.fail(1, { kind });
    const { mayDial: isFree } = breaker;
    breaker.succeed();

    expect(isFree).toBe(true);
    expect(breaker.state).toBe('closed');
  });

  it('gives the probe that was abandoned to the next', () => {
    const breaker = new Breaker().probing().abandon();
    const { mayDial: isFree } = breaker;

    breaker.ask();

    expect(isFree).toBe(true);
    expect(breaker.mayDial).toBe(false);
  });

  it('gives the probe to another when nothing was told of it for 90 s', () => {
    const breaker = new Breaker().probing().wait(89_999).ask();
    const early = breaker.mayDial;

    breaker.wait(1);
    const inTime = breaker.mayDial;
    breaker.ask();

    expect([early, inTime, breaker.mayDial]).toEqual([false, true, false]);
  });

  it('does not take the probe for longer when somebody asks in vain', () => {
    const breaker = new Breaker().probing().wait(45_000).ask();

    breaker.wait(45_000);

    expect(breaker.mayDial).toBe(true);
  });
});
