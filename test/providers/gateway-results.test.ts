import { describe, expect, it } from 'vitest';

import { eventOf } from '../../src/providers/gateway/results.ts';

describe('what a gateway says', () => {
  it('warns of audio that nobody heard, in few words and without what does not belong in a log', () => {
    const said = { type: 'warning', code: 'gap', detail: `400 ms\n${'!'.repeat(450)}` };

    const event = eventOf(said);

    expect(event).toEqual({
      kind: 'failed',
      failure: { kind: 'perRequest', code: 'gap', detail: `400 ms ${'!'.repeat(193)}` },
    });
  });

  it.each([
    [{ type: 'warning', code: 7, detail: {} }, 'ignored'],
    [{ type: 'final', from: -1, to: 'x', words: [null, { text: 3 }] }, 'ignored'],
    [{ type: 'news' }, 'ignored'],
    [{}, 'ignored'],
  ])('is read without being believed: %j', (said, kind) => {
    expect(eventOf(said).kind).toBe(kind);
  });
});

it('P24.4: tells of audio that the gateway set aside as a gap, and passes the rest of its words over', () => {
  const setAside = { type: 'tenuto.setAside', seq: 8, bytes: 0, from: 1_600, to: 3_200 };

  const told = eventOf(setAside);
  const others = [
    { ...setAside, from: 3_201 },
    { ...setAside, seq: 0 },
    { type: 'tenuto.setAside', seq: 8, bytes: 3 },
    { ...setAside, type: 'tenuto.other' },
  ].map((event) => eventOf(event).kind);

  expect(told).toMatchObject({ kind: 'failed', failure: { kind: 'perRequest', code: 'gap' } });
  expect(others).toEqual(Array<string>(4).fill('ignored'));
});
