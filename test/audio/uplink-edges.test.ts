/** What else can happen to an uplink: silence put in, its end, and listeners that act while they are told. */
import { describe, expect, it } from 'vitest';

import type { GapRange } from '../../src/audio/ledger.ts';
import { Uplink } from '../../src/audio/uplink.ts';
import { streamAt, WatchedTarget, WatchedUplink } from '../support/uplink-watch.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const CHUNK_BYTES = 160; // 20 ms
const RING_BYTES = 100 * CHUNK_BYTES;

function startUplink(): WatchedUplink {
  return new WatchedUplink({ capacityBytes: RING_BYTES });
}

describe('uplink, with a hole in what it sent', () => {
  it('delivers nothing of the hole, though a result claims a part of it', () => {
    const watched = startUplink();
    const target = watched.open();
    watched.write(CHUNK_BYTES);
    target.bufferedBytes = 1_000_000;
    watched.writeMany(120, CHUNK_BYTES); // the first was sent and left the ring; the next 20 only left it

    watched.uplink.confirm(0, 5.5 * CHUNK_BYTES);

    expect(watched.uplink.ledger.bytes()).toMatchObject({
      delivered: CHUNK_BYTES,
      gap: 20 * CHUNK_BYTES,
    });
    expect(watched.gaps).toEqual([
      { from: CHUNK_BYTES, to: 21 * CHUNK_BYTES, chunks: 20, reason: 'ringOverflow' },
    ]);
    watched.checkBooks();
  });
});

describe('uplink, with silence put in', () => {
  it('does not shift the positions of what was captured', () => {
    const watched = startUplink();
    const target = watched.open();
    watched.write(CHUNK_BYTES);

    watched.uplink.insertSilence(new Uint8Array(100));
    watched.write(CHUNK_BYTES);

    const { uplink } = watched;
    expect(uplink.positionOf(CHUNK_BYTES + 50)).toBe(CHUNK_BYTES);
    expect(uplink.positionOf(2 * CHUNK_BYTES + 100)).toBe(2 * CHUNK_BYTES);
    expect(uplink.ledger.bytes().captured).toBe(2 * CHUNK_BYTES);
    expect(target.silenceBytes).toBe(100);
  });

  it('stands where the session does while a later connection was sent only silence', () => {
    const watched = startUplink();
    watched.open();
    watched.write(CHUNK_BYTES);
    watched.uplink.confirm(0, CHUNK_BYTES);
    const target = watched.open();

    watched.uplink.insertSilence(new Uint8Array(100));
    const position = watched.uplink.positionOf(50);
    watched.write(CHUNK_BYTES);

    expect(position).toBe(CHUNK_BYTES);
    expect(target.firstAudio).toBe(1); // the silence was not it
  });

  it('sends no silence without a link', () => {
    const watched = startUplink();
    const target = watched.open();
    watched.shut();

    watched.uplink.insertSilence(new Uint8Array(100));

    expect(target.silenceBytes).toBe(0);
  });
});

describe('uplink, at the end', () => {
  it('gives the memory back, stops its timer, and leaves what was not settled in the books', () => {
    const watched = startUplink();
    watched.writeMany(90, CHUNK_BYTES);
    watched.open(1.2);
    const pendingWhilePaced = watched.clock.pending;

    watched.target = null;
    watched.uplink.release();

    expect(pendingWhilePaced).toBe(1);
    expect(watched.clock.pending).toBe(0);
    expect([watched.uplink.ring.chunks, watched.uplink.bufferedChunks]).toEqual([0, 0]);
    expect(watched.uplink.ledger.bytes().buffered).toBe(90 * CHUNK_BYTES);
  });

  it('stops its timer when it is shut', () => {
    const watched = startUplink();
    watched.writeMany(90, CHUNK_BYTES);
    watched.open(1.2);

    watched.shut();

    expect(watched.clock.pending).toBe(0);
  });
});

describe('uplink, when a listener of gaps acts at once', () => {
  function startWithListener(listener: (uplink: Uplink) => void) {
    const clock = new VirtualClock();
    const gaps: GapRange[] = [];
    const uplink: Uplink = new Uplink({
      clock,
      bytesPerSecond: CHUNK_BYTES, // every evicted chunk is a piece of its own
      capacityBytes: RING_BYTES,
      retentionMs: 100_000,
      onGap: (gap) => {
        gaps.push(gap);
        listener(uplink);
      },
    });
    for (let chunk = 0; chunk < 100; chunk += 1) {
      uplink.write(streamAt(chunk * CHUNK_BYTES, CHUNK_BYTES));
    }
    return { uplink, gaps, clock };
  }

  it('keeps the books when the listener writes', () => {
    let calls = 0;
    const { uplink, gaps } = startWithListener((target) => {
      calls += 1;
      if (calls <= 3) target.write(new Uint8Array(CHUNK_BYTES));
    });

    const outcome = uplink.write(new Uint8Array(CHUNK_BYTES));

    expect(outcome).toBe('evicting');
    expect(gaps.map(({ from }) => from / CHUNK_BYTES)).toEqual([0, 1, 2, 3]);
    expect(uplink.ledger.chunks()).toEqual({ captured: 104, delivered: 0, gap: 4, buffered: 100 });
    expect(uplink.ring.chunks).toBe(100);
  });

  it('ends quiet when the listener releases it', () => {
    const { uplink, gaps, clock } = startWithListener((target) => {
      target.release();
    });

    uplink.write(new Uint8Array(CHUNK_BYTES));

    expect(gaps).toHaveLength(1);
    expect([uplink.ring.chunks, uplink.ring.bytes, clock.pending]).toEqual([0, 0, 0]);
    expect(uplink.ledger.chunks()).toEqual({ captured: 101, delivered: 0, gap: 1, buffered: 100 });
  });

  it('ends quiet when the listener releases it while a link opens', () => {
    const { uplink, clock } = startWithListener((target) => {
      target.release();
    });
    uplink.open(new WatchedTarget(uplink, Infinity));
    uplink.write(streamAt(100 * CHUNK_BYTES, CHUNK_BYTES)); // evicts what was sent: lost with the link

    const next = new WatchedTarget(uplink, 1.2);
    next.skipTo(CHUNK_BYTES);
    uplink.open(next);

    expect(uplink.ledger.bytes().gap).toBe(CHUNK_BYTES);
    expect([uplink.ring.chunks, clock.pending]).toEqual([0, 0]);
  });
});
