import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Numbers } from '../../src/providers/gateway/numbers.ts';

describe('numbers of audio', () => {
  // P1.2
  it('are given once, from 1, without a hole, and are the same when it is sent again', () => {
    const numbers = new Numbers(0);

    const first = [0, 160, 320].map((sample) => numbers.place(sample, 160));
    const again = [160, 320, 480].map((sample) => numbers.place(sample, 160));

    expect(first.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(again).toEqual([
      { seq: 2, isResent: true },
      { seq: 3, isResent: true },
      { seq: 4, isResent: false },
    ]);
    expect(numbers.endOf(2)).toBe(320);
  });

  it('stand for what is lost as well: what was sent before keeps its numbers, what never was takes one', () => {
    const numbers = new Numbers(0);
    for (const sample of [0, 160, 320]) numbers.place(sample, 160);

    const sentBefore = numbers.lose(1, 320); // chunk 2 left the ring before it was acknowledged
    const neverSent = numbers.lose(3, 1_600);

    expect(sentBefore).toEqual({ fromSeq: 2, toSeq: 2, position: 160, samples: 160 });
    expect(neverSent).toEqual({ fromSeq: 4, toSeq: 4, position: 480, samples: 1_120 });
    expect(numbers.place(1_600, 160)).toEqual({ seq: 5, isResent: false });
  });

  it('of a loss that reaches beyond what was sent are those that were sent', () => {
    const numbers = new Numbers(0);
    for (const sample of [0, 160, 320]) numbers.place(sample, 160);

    expect(numbers.lose(1, 800)).toEqual({ fromSeq: 2, toSeq: 3, position: 160, samples: 640 });
    expect(numbers.place(800, 160).seq).toBe(4);
  });

  it('lose nothing where nothing lies between', () => {
    const numbers = new Numbers(0);
    numbers.place(0, 160);

    expect(numbers.lose(1, 160)).toBeNull();
  });

  it('tile the audio, whatever is sent, sent again and lost', () => {
    const step = fc.record({ kind: fc.constantFrom('send', 'resend', 'lose'), of: fc.nat(9) });

    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const numbers = new Numbers(0);
        const ends = new Map<number, number>([[0, 0]]);
        for (const { kind, of } of steps) {
          const end = numbers.endOf(numbers.last);
          if (kind === 'send') ends.set(numbers.place(end, of + 1).seq, end + of + 1);
          else if (kind === 'lose') {
            const lost = numbers.lose(numbers.last, end + of);
            if (lost !== null) ends.set(lost.toSeq, end + of);
          } else if (numbers.last > 0) {
            const seq = 1 + (of % numbers.last);
            expect(numbers.place(ends.get(seq - 1) ?? -1, 1).seq).toBe(seq);
          }
        }
        for (const [seq, end] of ends) expect(numbers.endOf(seq)).toBe(end);
        expect([...ends.keys()]).toEqual(Array.from({ length: numbers.last + 1 }, (_, at) => at));
      }),
    );
  });
});
