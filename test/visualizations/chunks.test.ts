import { describe, expect, it } from 'vitest';

import { ChunkBook } from '../../visualizations/demo/chunks.ts';

function book(...fates: readonly ('waiting' | 'sent')[]): ChunkBook {
  const made = new ChunkBook();
  for (const fate of fates) made.capture(fate);
  return made;
}

const fatesOf = (of: ChunkBook): readonly string[] =>
  Array.from({ length: of.length }, (_, at) => of.fateOf(at));

describe('the way of each chunk', () => {
  it('is that it is sent, and committed from the front', () => {
    const of = book('sent', 'sent', 'waiting');

    of.settle(1);

    expect(fatesOf(of)).toEqual(['committed', 'sent', 'waiting']);
  });

  it('shows what went out a second time', () => {
    const of = book('sent', 'sent', 'waiting');

    of.settle(1);
    of.sentFrom(1);
    of.settle(3);

    expect(fatesOf(of)).toEqual(['committed', 'replayed', 'committed']);
  });

  it('goes back where a store has lost what it had taken', () => {
    const of = book('sent', 'sent');

    of.settle(2);
    of.settle(1);

    expect(fatesOf(of)).toEqual(['committed', 'sent']);
  });

  it('ends in a gap that no later commit covers up', () => {
    const of = book('waiting', 'waiting', 'sent');

    of.lose(0, 2);
    of.settle(3);

    expect(of.counts()).toEqual({ waiting: 0, sent: 0, committed: 1, replayed: 0, lost: 2 });
  });

  it('of a plain client ends with its connection, unless it was answered', () => {
    const of = book('sent', 'sent', 'waiting');

    of.arrived(0);
    of.loseSent();

    expect(fatesOf(of)).toEqual(['committed', 'lost', 'waiting']);
  });

  it('is the same after a reload', () => {
    const of = book(...Array.from({ length: 1_100 }, () => 'sent' as const), 'waiting');
    of.settle(700);
    of.sentFrom(1_000);

    expect(fatesOf(ChunkBook.fromText(of.toText()))).toEqual(fatesOf(of));
  });
});
