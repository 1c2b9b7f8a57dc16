/** What of recordings is on its way, and what of it a new app can play. */
import { describe, expect, it } from 'vitest';

import { SentPieces } from '../../src/client/sent-pieces.ts';

/** Pieces of 100 bytes and 250 ms; those named begin a recording. */
function sent(count: number, ...headers: readonly number[]): SentPieces {
  const pieces = new SentPieces();
  for (let at = 0; at < count; at += 1) {
    const facts = { recording: 1, isHeader: headers.includes(at) };
    pieces.add(100, { ...facts, capturedAtMs: at * 250, durationMs: 250 });
  }
  return pieces;
}

describe('pieces on their way', () => {
  it('are those of which a byte has not arrived', () => {
    const pieces = sent(4, 0);

    expect(pieces.waiting(301)).toEqual({ chunks: 4, ms: 1_000 });
    expect(pieces.waiting(300)).toEqual({ chunks: 3, ms: 750 });
    expect(pieces.waiting(0)).toEqual({ chunks: 0, ms: 0 });
  });
});

describe('a recording whose app begins anew', () => {
  it.each([
    ['what waits, and what may have come', 200, 100, { fromMs: 250, toMs: 1_000 }],
    ['the rest of a piece whose beginning was lost', 150, 0, { fromMs: 500, toMs: 1_000 }],
  ])('is of no use for %s, and goes on without its header', (_, waits, lostBytes, lost) => {
    expect(sent(4, 0).cut(waits, lostBytes)).toEqual({ lost, goesOn: true });
  });

  it('has lost nothing yet where nothing is on its way', () => {
    expect(sent(4, 0).cut(0, 0)).toEqual({ lost: null, goesOn: true });
    expect(sent(0).cut(0, 0)).toEqual({ lost: null, goesOn: true });
  });

  it('goes on with a recording whose header is on its way yet', () => {
    expect(sent(4, 0, 1).cut(300, 0)).toEqual({ lost: null, goesOn: false });
    expect(sent(4, 0, 2).cut(300, 0)).toEqual({
      lost: { fromMs: 250, toMs: 500 },
      goesOn: false,
    });
  });

  it('has no use for a header of which only the end is on its way', () => {
    expect(sent(4, 0, 2).cut(150, 0)).toEqual({
      lost: { fromMs: 500, toMs: 1_000 },
      goesOn: true,
    });
  });
});
