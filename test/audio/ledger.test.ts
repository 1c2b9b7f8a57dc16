import { describe, expect, it } from 'vitest';

import { Ledger } from '../../src/audio/ledger.ts';

describe('ledger', () => {
  it('balances: captured is delivered, gap and buffered', () => {
    const ledger = new Ledger();
    for (let chunk = 0; chunk < 4; chunk += 1) ledger.capture(100);

    ledger.deliver(150, 1);
    ledger.giveUp(200, 1);

    expect(ledger.bytes()).toEqual({ captured: 400, delivered: 150, gap: 50, buffered: 200 });
    expect(ledger.chunks()).toEqual({ captured: 4, delivered: 1, gap: 1, buffered: 2 });
    expect(ledger.settledThrough).toBe(200);
  });

  it('refuses to settle what is settled already', () => {
    const ledger = new Ledger();
    ledger.capture(100);
    ledger.deliver(60, 0);

    expect(() => ledger.deliver(59, 0)).toThrow(
      new RangeError('cannot settle through 59: 60 is settled, 100 captured'),
    );
    expect(() => ledger.giveUp(0, 0)).toThrow(RangeError);

    expect(ledger.bytes()).toEqual({ captured: 100, delivered: 60, gap: 0, buffered: 40 });
  });

  it.each([101, Infinity, NaN])('refuses to settle through %d of 100 captured bytes', (through) => {
    const ledger = new Ledger();
    ledger.capture(100);

    expect(() => ledger.deliver(through, 1)).toThrow(RangeError);

    expect(ledger.bytes().buffered).toBe(100);
  });

  it('settles nothing twice when asked for the same position again', () => {
    const ledger = new Ledger();
    ledger.capture(100);
    ledger.deliver(100, 1);

    ledger.giveUp(100, 0);

    expect(ledger.bytes()).toEqual({ captured: 100, delivered: 100, gap: 0, buffered: 0 });
  });
});
