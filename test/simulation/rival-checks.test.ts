/** Who takes a session from whom, too often, and who is not told. */
import { describe, expect, it } from 'vitest';

import { Report } from '../../src/simulation/checks/report.ts';
import { RivalChecks } from '../../src/simulation/checks/rival-checks.ts';
import { SessionChecks } from '../../src/simulation/checks/session-checks.ts';
import { toldIn } from './histories.ts';

describe('a session that goes to and fro', () => {
  const goes = (...atMs: readonly number[]) => {
    const checks = new RivalChecks();
    checks.welcomed('s', 'a', 0);
    return atMs.map((ms, at) => checks.welcomed('s', at % 2 === 0 ? 'b' : 'a', ms)).at(-1);
  };

  it('may do so three times in ten seconds, less what an answer takes', () => {
    expect(goes(1, 2, 3)).toBeNull();
    expect(goes(1, 2, 3, 8_001)).toBeNull();
  });

  it('may not a fourth time', () => {
    expect(goes(1, 2, 3, 8_000)).toContain('4 times');
  });
});

describe('a client that is told for good to stay away', () => {
  const told = (then: (checks: SessionChecks) => void) => {
    const report = new Report({ nowMs: () => 0 }, false);
    const checks = new SessionChecks(report, { nowMs: () => 0 }, 120_000);
    checks.ended(0, 4410);
    then(checks);
    checks.expectTold(0, false);
    return toldIn(report);
  };

  it('says so', () => {
    expect(told((checks) => checks.gaveUp(0, '4410'))).toEqual([]);
    expect(told((checks) => checks.ends(0))).toEqual([]);
  });

  it.each([
    ['says nothing', () => undefined],
    ['gives another reason', (checks: SessionChecks) => checks.gaveUp(0, '1006')],
  ])('I11: is wrong where it %s', (_, then) => {
    expect(told(then)).toEqual(['I11']);
  });
});
