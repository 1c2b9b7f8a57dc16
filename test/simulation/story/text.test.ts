/** A trace as lines that a person can read. */
import { describe, expect, it } from 'vitest';

import { Report } from '../../../src/simulation/checks/report.ts';
import { storyText } from '../../../src/simulation/story/text.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';
import { aRun, violation } from './a-run.ts';

describe('a story as text', () => {
  it('tells when, who, what and what state it is in from then on, in columns', () => {
    const lines = storyText(aRun());

    expect(lines.join('\n')).not.toContain('checker');
    expect(lines.slice(0, 4)).toEqual([
      ' 0.000 s  client 1   connecting                                                                [connecting]',
      ' 0.020 s  client 1   -> gateway 2: HELLO <new> & "first"',
      ' 0.041 s  gateway 2  -> client 1: WELCOME up 0',
      ' 0.041 s  client 1   active                                                                    [active]',
    ]);
  });

  it('folds what repeats itself, until something happens', () => {
    const lines = storyText(aRun());

    expect(lines.slice(7, 14)).toEqual([
      ' 0.300 s  client 1   -> gateway 2: chunk 3',
      ' 0.400 s  client 1   -> gateway 2: chunk 4',
      ' 0.430 s  gateway 2  -> client 1: ACK 4',
      expect.stringMatching(
        /^ +… 9\.3 s of client 1 chunk 5–98 \(94 times\), gateway 2 ACK 6–98 \(47 times\) …$/,
      ),
      expect.stringContaining('gatewayCrash for 2.5 s'),
      expect.stringContaining('socket closed 1006'),
      expect.stringContaining('[reconnecting.backingOff]'),
    ]);
  });

  it.each([
    ['-', (from: number) => `interim ${from}-${from + 500} "" (deepgram)`, 'interim 1000-'],
    ['–', (from: number) => `final ${from}–${from + 499.5} ms: words`, 'final 1000–'],
  ])('folds ranges that are written with %s from the first to the last', (_, words, first) => {
    const trace = Array.from({ length: 12 }, (_each, at) => {
      return { atMs: 100 * at, who: 'client 1', what: words(500 * at) };
    });

    const folded = storyText(aRun({ trace, violations: [] })).at(-1);

    expect(folded).toMatch(/client 1 (interim|final) 1000–(6000|5999\.5)\b.* \(10 times\)/);
    expect(trace[2]?.what).toContain(first);
  });

  it.each([
    [
      'for each who is told by itself',
      (at: number) => ({
        to: `client ${1 + (at % 2)}`,
        what: `ack ${at % 2 === 0 ? at : 500 + at}`,
      }),
      'gateway 1 -> client 1: ack 4–12 (5 times), gateway 1 -> client 2: ack 505–513 (5 times)',
    ],
    [
      'without taking addresses for ranges',
      (at: number) => ({ what: `hears 10.0.${at < 9 ? 2 : 3}.1` }),
      'gateway 1 hears 10.0.2.1 (7 times), gateway 1 hears 10.0.3.1 (5 times)',
    ],
    [
      'from the least to the greatest, also where an end of one is the beginning of another',
      (at: number) => ({ what: `from ${at === 13 ? '0-3002' : '3002-3500'}` }),
      'gateway 1 from 0–3500 (12 times)',
    ],
    [
      'without running backwards',
      (at: number) => ({ what: `has ${5_000 - 100 * at} left` }),
      'gateway 1 has 3700–4800 left (12 times)',
    ],
  ])('folds %s', (_, entryAt, folded) => {
    const trace = Array.from({ length: 14 }, (_each, at) => {
      return { atMs: 10 * at, who: 'gateway 1', ...entryAt(at) };
    });

    const last = storyText(aRun({ trace, violations: [] })).at(-1);

    expect(last).toContain(` s of ${folded} …`);
  });

  it('tells of a long message how it begins, and how long it is', () => {
    const report = new Report(new VirtualClock(), true);

    report.tell('client 1', `says ${'x'.repeat(30_000)}`);
    report.note(1, 'client 1', () => `hears ${'y'.repeat(30_000)}`, 'gateway 1');

    for (const [at, words] of ['says xxx', 'hears yyy'].entries()) {
      const what = report.trace[at]?.what ?? '';
      expect(what.slice(0, words.length)).toBe(words);
      expect(what).toMatch(/… \(30,00\d characters\)$/);
      expect(what.length).toBeLessThan(600);
    }
  });

  it('tells of a silence by how long it is', () => {
    const lines = storyText(aRun());

    expect(lines.some((line) => line.includes('… 2.0 s of silence …'))).toBe(true);
  });

  it('says what was violated, in words, where it was', () => {
    const lines = storyText(aRun());

    const at = lines.findIndex((line) => line.includes('VIOLATION'));
    expect(lines[at]).toContain(
      '13.100 s  VIOLATION  I3: what was acknowledged is in the log, is sent again, or is reported as a gap: client 1 was told',
    );
    expect(lines[at - 1]).toContain('WELCOME up 117');
    expect(lines[at + 1]).toContain('[active]');
  });

  it('has no more lines than it may, those before the violation and the faults among them', () => {
    const trace = aRun().trace.flatMap((entry) =>
      entry.who === 'client 1' ? [entry, { ...entry, what: `${entry.what}!`, state: 'x' }] : entry,
    );

    const lines = storyText(aRun({ trace }), { mostLines: 12 });

    const told = lines.filter((line) => !line.includes('left out'));
    expect(told).toHaveLength(12);
    expect(told.join('\n')).toContain('gatewayCrash');
    expect(told.join('\n')).toContain(violation.message);
    expect(lines[0]).toMatch(/… \d+ lines are left out …/);
  });

  it('shows the end where nothing is violated', () => {
    const lines = storyText(aRun({ violations: [] }), { mostLines: 5 });

    expect(lines.at(-1)).toContain('[active]');
  });

  it('is of single lines, and says nothing to the terminal', () => {
    const trace = [{ atMs: 1, who: 'client\n1', what: '\u001b[31mred\r\nline', state: 'a\tb' }];

    const lines = storyText({ seed: 1, world: 'gateways', faults: [], violations: [], trace });

    expect(lines).toEqual(['0.001 s  client 1   [31mred line  [a b]']);
  });

  it('is empty of a run that was not traced', () => {
    expect(
      storyText({ seed: 1, world: 'gateways', faults: [], violations: [], trace: [] }),
    ).toEqual([]);
  });
});
