/** What is kept until it is settled: in the ring, and for a while beyond it. */
import { describe, expect, it } from 'vitest';

import type { GapRange } from '../../src/audio/ledger.ts';
import { Retention } from '../../src/audio/retention.ts';

const CHUNK_BYTES = 10;
/** The ring keeps at least 100 chunks. */
const HELD_CHUNKS = 100;

function startRetention(): { retention: Retention; gaps: GapRange[] } {
  const gaps: GapRange[] = [];
  const retention = new Retention({
    bytesPerSecond: 1_000_000,
    capacityBytes: HELD_CHUNKS * CHUNK_BYTES,
    onGap: (gap) => gaps.push(gap),
  });
  return { retention, gaps };
}

/** @param unsentSeq what `keep` is told of every one of them. */
function keepMany(retention: Retention, chunks: number, unsentSeq: number): void {
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    retention.keep(new Uint8Array(CHUNK_BYTES), unsentSeq);
  }
}

describe('retention', () => {
  it('settles as a gap what leaves the ring unsent', () => {
    const { retention } = startRetention();

    keepMany(retention, HELD_CHUNKS + 2, 1);

    expect(retention.ledger.chunks()).toMatchObject({ gap: 2, buffered: HELD_CHUNKS });
    expect(retention.chunks).toBe(HELD_CHUNKS);
  });

  it('leaves open what left the ring but was sent, until a result covers it', () => {
    const { retention } = startRetention();
    keepMany(retention, HELD_CHUNKS + 2, HELD_CHUNKS);
    const openChunks = retention.chunks;

    retention.settle(3 * CHUNK_BYTES, null);

    expect(openChunks).toBe(HELD_CHUNKS + 2);
    expect(retention.ledger.chunks()).toMatchObject({ gap: 0, delivered: 3 });
    expect(retention.ring.firstSeq).toBe(4);
  });

  it('tells the two sides of what was sent apart by the chunk', () => {
    const { retention } = startRetention();

    keepMany(retention, HELD_CHUNKS + 2, 2); // the first was sent, the second was not
    retention.settle(CHUNK_BYTES, null);

    expect(retention.ledger.chunks()).toMatchObject({ delivered: 1, gap: 1 });
  });

  it('gives up what was sent and left the ring, where the connection is gone', () => {
    const { retention, gaps } = startRetention();
    keepMany(retention, HELD_CHUNKS + 2, HELD_CHUNKS);

    retention.giveUpEvicted();
    retention.gaps.flush();

    expect(gaps).toEqual([{ from: 0, to: 2 * CHUNK_BYTES, chunks: 2, reason: 'ringOverflow' }]);
    expect(retention.chunks).toBe(HELD_CHUNKS);
  });

  it('tells of no gap before it is asked', () => {
    const { retention, gaps } = startRetention();
    keepMany(retention, 2, 1);

    retention.settle(CHUNK_BYTES, 'providerSkipped');
    const toldAtOnce = [...gaps];
    retention.gaps.flush();

    expect(toldAtOnce).toEqual([]);
    expect(gaps).toEqual([{ from: 0, to: CHUNK_BYTES, chunks: 1, reason: 'providerSkipped' }]);
  });

  it('settles nothing twice', () => {
    const { retention } = startRetention();
    keepMany(retention, 3, 1);

    retention.settle(2 * CHUNK_BYTES, null);
    retention.settle(CHUNK_BYTES, 'providerSkipped');

    expect(retention.ledger.chunks()).toMatchObject({ delivered: 2, gap: 0, buffered: 1 });
  });

  it('keeps two minutes where nobody says otherwise', () => {
    const retention = new Retention({ bytesPerSecond: CHUNK_BYTES, onGap: () => undefined });

    keepMany(retention, 125, 1); // of a second each

    expect(retention.ledger.chunks()).toMatchObject({ gap: 5, buffered: 120 });
  });
});
