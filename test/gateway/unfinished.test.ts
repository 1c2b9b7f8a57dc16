/** What no final covers yet, kept in runs, is let go of exactly as if each chunk were kept. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Unfinished } from '../../src/gateway/unfinished.ts';

interface Entry {
  seq: number;
  readonly end: number;
}

/** One entry for each. */
class Listed {
  #entries: Entry[] = [];

  add(seq: number, end: number): void {
    const last = this.#entries.at(-1);
    if (last?.end === end) last.seq = seq;
    else this.#entries.push({ seq, end });
  }

  dropEndedBy(end: number): Entry {
    return this.#drop((entry) => entry.end > end);
  }

  dropThrough(seq: number): Entry {
    return this.#drop((entry) => entry.seq > seq);
  }

  #drop(isKept: (entry: Entry) => boolean): Entry {
    const first = this.#entries.findIndex(isKept);
    return this.#entries.splice(0, first === -1 ? Infinity : first).at(-1) ?? { seq: 0, end: 0 };
  }
}

type Drop = { readonly endedBy: number } | { readonly through: number };

/** From both, counted from what is gone. */
function drop(which: Drop, runs: Unfinished, listed: Listed, gone: Entry): [Entry, Entry] {
  if ('endedBy' in which) {
    const end = gone.end + which.endedBy;
    return [runs.dropEndedBy(end), listed.dropEndedBy(end)];
  }
  const seq = gone.seq + which.through;
  return [runs.dropThrough(seq), listed.dropThrough(seq)];
}

describe('unfinished audio', () => {
  it('is let go of by a sample and by a number, whatever chunks and gaps came', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ samples: fc.constantFrom(320, 320, 320, 0, 100, 3_200), seqs: fc.constantFrom(1, 1, 1, 1, 3) }) }, // prettier-ignore
      { weight: 1, arbitrary: fc.record({ endedBy: fc.integer({ min: -400, max: 4_000 }) }) },
      { weight: 1, arbitrary: fc.record({ through: fc.integer({ min: -2, max: 12 }) }) },
    );

    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [runs, listed] = [new Unfinished(), new Listed()];
        let [seq, end] = [0, 0];
        let [goneSeq, goneEnd] = [0, 0];
        for (const each of steps) {
          if ('samples' in each) {
            seq += each.seqs;
            end += each.samples;
            runs.add(seq, end);
            listed.add(seq, end);
            continue;
          }
          const [inRuns, inList] = drop(each, runs, listed, { seq: goneSeq, end: goneEnd });
          expect(inRuns).toEqual(inList);
          goneSeq = Math.max(goneSeq, inRuns.seq);
          goneEnd = Math.max(goneEnd, inRuns.end);
        }
        expect(runs.dropEndedBy(Infinity)).toEqual(listed.dropEndedBy(Infinity));
      }),
      { numRuns: 500 },
    );
  });
});
