/** The two words for one thing, held against the two vocabularies themselves. */
import { describe, expect, it } from 'vitest';

import { failureOf, faultsOf } from '../../src/ports/fault-names.ts';
import { Rehearsal } from '../../src/session/rehearsal.ts';
import type { SimulatedFailure } from '../../src/session/rehearsal.ts';
import { FAULT_KINDS, parseFaultPlan } from '../../src/simulators/faults/plan.ts';

const rehearse = (kind: string) =>
  new Rehearsal().fail(null, kind as SimulatedFailure, {}, () => undefined);

const NAMED = FAULT_KINDS.map(({ kind }) => kind).filter((kind) => failureOf(kind) !== null);

describe('the faults of the command line', () => {
  it('have all a word of the session, but those that only make a link worse', () => {
    const unnamed = FAULT_KINDS.map(({ kind }) => kind).filter((kind) => !NAMED.includes(kind));

    expect(unnamed).toEqual(['delay', 'throttle']);
  });

  it.each(NAMED)('are refused by a session with its word: %s', (fault) => {
    const name = failureOf(fault)!;

    expect(() => rehearse(fault)).toThrow(
      expect.objectContaining({
        message: `There is no failure "${fault}".`,
        remediation: `What comes of the fault ${fault} is called '${name}' here.`,
      }),
    );
    expect(() => rehearse(name)).not.toThrow();
    expect(faultsOf(name)).toContain(fault);
  });

  it('are named where a session’s word is given for one', () => {
    const parse = () => parseFaultPlan('rateLimited@5s', { seed: 1, lengthMs: 60_000 });

    expect(parse).toThrow(/"ratelimited" \(a session's word: here http-429\)/);
  });
});

describe('what is neither', () => {
  it('is refused by a session with all the names that there are', () => {
    expect(() => rehearse('toString')).toThrow(
      expect.objectContaining({ remediation: expect.stringMatching(/transient.*, halfOpen\.$/) }),
    );
  });
});
