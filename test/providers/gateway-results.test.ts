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
