/** What is wrong in a log or on a client's line is told: each check sees a history that was made up. */
import { describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/protocol/types.ts';
import { Dials } from '../../src/simulation/checks/dials.ts';
import type { LogOwner } from '../../src/simulation/checks/log-contents.ts';
import { Report } from '../../src/simulation/checks/report.ts';
import { SentContents } from '../../src/simulation/checks/sent-contents.ts';
import { Fingerprint } from '../../src/simulation/fingerprint.ts';

const log: LogOwner = { sessionId: 'a', client: null, take: 0, anchorMs: null };

function frame(seq: number, ...bytes: readonly number[]): DataFrame {
  const payload = Uint8Array.from(bytes);
  return { type: 'data', seq, codec: 'text', position: 0, payload } as unknown as DataFrame;
}

function told(happens: (contents: SentContents) => void): readonly string[] {
  const report = new Report({ nowMs: () => 0 }, false);
  happens(new SentContents(report));
  return report.violations.map(({ invariant }) => invariant);
}

describe('what clients of whom nothing is known have sent', () => {
  it('may come again, and is in the log as it was sent', () => {
    const happens = (contents: SentContents): void => {
      contents.sent('a', frame(1, 7));
      contents.sent('a', frame(1, 7));
      contents.message(log, 0, frame(1, 7));
    };

    expect(told(happens)).toEqual([]);
  });

  it.each<[string, (contents: SentContents) => void]>([
    ['other bytes in the log', (contents) => contents.message(log, 0, frame(1, 8))],
    ['a seq that nobody sent', (contents) => contents.message(log, 1, frame(2, 7))],
    ['a seq sent with other bytes', (contents) => contents.sent('a', frame(1, 8))],
  ])('I2: %s is found', (_what, happens) => {
    const after = (contents: SentContents): void => {
      contents.sent('a', frame(1, 7));
      happens(contents);
    };

    expect(told(after)).toEqual(['I2']);
  });
});

describe('dials', () => {
  it.each([
    ['a second', 8, 100],
    ['ten seconds', 45, 200],
    ['a minute', 130, 450],
  ])('are too many within %s from %d on', (_what, most, everyMs) => {
    const dials = new Dials();
    const wrong = Array.from({ length: most + 1 }, (_, at) => dials.add(at * everyMs));

    expect(wrong.findIndex((each) => each !== null)).toBe(most);
    expect(dials.add(200_000)).toBeNull();
  });
});

describe('a fingerprint', () => {
  it('differs by each number, its fraction, each text, and their order', () => {
    const of = (...words: readonly (number | string)[]): string => {
      const print = new Fingerprint();
      for (const word of words) {
        if (typeof word === 'number') print.number(word);
        else print.text(word);
      }
      return print.hex;
    };

    const all = [of(1), of(2), of(1.5), of('a'), of('b'), of('a', 'b'), of('b', 'a'), of()];
    expect(new Set(all).size).toBe(all.length);
    expect(of(1, 'a')).toBe(of(1, 'a'));
  });
});
