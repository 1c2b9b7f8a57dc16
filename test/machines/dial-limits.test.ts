/** Breaker and retry budget at their edges: any clock, nothing spent yet. */
import { describe, expect, it } from 'vitest';

import { CLOSED_CONTEXT, isForgettable, mayDial } from '../../machines/breaker.rules.ts';
import {
  afterFailedDial,
  afterHealth,
  fullBudget,
  holdMs,
  isFull,
} from '../../machines/retry-budget.ts';
import { Breaker } from './breaker-world.ts';

/** The origin of a clock is arbitrary: its moments may be negative. */
const EARLY_AT_MS = -5_000;

describe('a breaker on a clock that counts from below zero', () => {
  it('lets everyone dial while it is closed', () => {
    expect(mayDial({ value: 'closed', context: CLOSED_CONTEXT }, EARLY_AT_MS)).toBe(true);
  });

  it('lets one dial while it is half open and its probe is free', () => {
    const context = { openUntilMs: EARLY_AT_MS - 1, probeUntilMs: null };

    expect(mayDial({ value: 'halfOpen', context }, EARLY_AT_MS)).toBe(true);
  });
});

describe('a breaker after a failure that nothing followed', () => {
  it('is not forgotten, for the row of failures goes on', () => {
    const breaker = new Breaker().fail().wait(3_600_000);

    expect(isForgettable(breaker.snapshot, breaker.atMs)).toBe(false);
  });
});

describe('a retry budget', () => {
  it('holds nobody back who never failed, whatever is left', () => {
    expect(holdMs({ ...fullBudget(0), creditMs: 0 }, 0)).toBe(0);
  });

  it('is full until it is spent of, and again once all of that is earned back', () => {
    const budget = fullBudget(0);
    const spent = afterFailedDial(budget, 1_000);
    const nearly = afterHealth(spent, false, 60_999);
    const again = afterHealth(spent, false, 61_000);

    expect([budget, spent, nearly, again].map(isFull)).toEqual([true, false, false, true]);
  });
});
