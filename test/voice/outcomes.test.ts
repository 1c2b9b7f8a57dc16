/** What a request's outcome means for breakers and for the retry budget. */
import { describe, expect, it } from 'vitest';

import type { Failure } from '../../machines/failure.ts';
import { Breakers } from '../../src/session/admission/breakers.ts';
import { Outcomes } from '../../src/voice/outcomes.ts';

const KEY = 'a';
const BUSY: Failure = { kind: 'transient', code: 'http 503', detail: '' };

function failing(outcomes: Outcomes, times: number, failure: Failure = BUSY, atMs = 0): void {
  for (let nth = 0; nth < times; nth += 1) outcomes.failed(KEY, failure, false, atMs);
}

describe('the retry budget', () => {
  it('is spent by ten failures', () => {
    const outcomes = new Outcomes(new Breakers());

    failing(outcomes, 9);
    const before = outcomes.holdMs(0);
    failing(outcomes, 1);

    expect(before).toBe(0);
    expect(outcomes.holdMs(0)).toBe(30_000);
  });

  it('is earned back faster while a service answers, and by one more answer no faster', () => {
    const outcomes = new Outcomes(new Breakers());
    failing(outcomes, 10);

    outcomes.answered(KEY, 0);
    outcomes.answered(KEY, 0);

    expect(outcomes.holdMs(9_999)).toBe(1);
    expect(outcomes.holdMs(10_000)).toBe(0);
  });

  it('is earned back slowly again from the next failure on', () => {
    const outcomes = new Outcomes(new Breakers());
    failing(outcomes, 9);
    outcomes.answered(KEY, 0);
    outcomes.answered(KEY, 0);

    failing(outcomes, 1);

    expect(outcomes.holdMs(10_000)).toBe(20_000);
  });

  it.each([
    ['a request that is at fault', { kind: 'perRequest', code: 'http 413', detail: '' }],
    ['a credential that did not come', { kind: 'transient', code: 'credential', detail: '' }],
    ['a model that throws', { kind: 'config', code: 'model', detail: '' }],
  ] as const)('is not spent by %s', (_what, failure) => {
    const outcomes = new Outcomes(new Breakers());

    failing(outcomes, 20, failure);

    expect(outcomes.holdMs(0)).toBe(0);
  });
});

describe('a breaker', () => {
  it('opens after five failures, and not where a request is the last', () => {
    const [open, closed] = [new Breakers(), new Breakers()];

    failing(new Outcomes(open), 5);
    const outcomes = new Outcomes(closed);
    for (let nth = 0; nth < 5; nth += 1) outcomes.failed(KEY, BUSY, true, 0);

    expect(open.stateOf(KEY).state).toBe('open');
    expect(closed.stateOf(KEY).state).toBe('closed');
  });

  it('counts a credential that did not come for nothing, and frees its probe', () => {
    const breakers = new Breakers();
    const outcomes = new Outcomes(breakers);
    failing(outcomes, 5);
    breakers.ask(KEY, 30_000);

    outcomes.failed(KEY, { kind: 'transient', code: 'credential', detail: '' }, false, 30_001);

    expect(breakers.stateOf(KEY).state).toBe('halfOpen');
    expect(breakers.mayDial(KEY, 30_001)).toBe(true);
  });

  it('closes when two requests were answered', () => {
    const breakers = new Breakers();
    const outcomes = new Outcomes(breakers);
    failing(outcomes, 5);

    for (const atMs of [30_000, 30_100]) {
      breakers.ask(KEY, atMs);
      outcomes.answered(KEY, atMs);
    }

    expect(breakers.stateOf(KEY).state).toBe('closed');
  });
});
