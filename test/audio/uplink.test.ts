import { describe, expect, it } from 'vitest';

import { BYTES_PER_SECOND, WatchedUplink } from '../support/uplink-watch.ts';

const CHUNK_BYTES = 160; // 20 ms
/** The ring keeps at least 100 chunks: this many bytes of them. */
const RING_BYTES = 100 * CHUNK_BYTES;

function startUplink(): WatchedUplink {
  return new WatchedUplink({ capacityBytes: RING_BYTES });
}

describe('uplink, offline', () => {
  it('buffers what is written, and sends it from the beginning when a link stands', () => {
    const watched = startUplink();
    const outcomes = watched.writeMany(3, CHUNK_BYTES);

    const target = watched.open();

    expect(outcomes).toEqual(['buffered', 'buffered', 'buffered']);
    expect(target.sentBytes).toBe(3 * CHUNK_BYTES);
    expect([target.firstAudio, target.caughtUp]).toEqual([1, 1]);
  });

  it('copies: a caller may reuse its buffer after every write', () => {
    const { uplink } = startUplink();
    const received: number[] = [];
    const buffer = new Uint8Array(4);
    for (const value of [1, 2, 3]) uplink.write(buffer.fill(value));
    buffer.fill(0xff);

    uplink.open({
      bufferedBytes: 0,
      rateRatio: Infinity,
      sendAudio: (bytes) => received.push(...bytes),
      onCaughtUp: () => undefined,
      onFirstAudio: () => undefined,
    });

    expect(received).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
  });

  it('says so when older audio is given up, and tells one gap, not one for each chunk', () => {
    const watched = startUplink();
    watched.writeMany(100, CHUNK_BYTES);

    const outcomes = watched.writeMany(30, CHUNK_BYTES);
    watched.open();

    expect(new Set(outcomes)).toEqual(new Set(['evicting']));
    expect(watched.gaps).toEqual([
      { from: 0, to: 30 * CHUNK_BYTES, chunks: 30, reason: 'ringOverflow' },
    ]);
    watched.checkBooks();
  });

  it('says so as well after a link was lost, for audio that only that link was sent', () => {
    const watched = startUplink();
    watched.open();
    watched.writeMany(100, CHUNK_BYTES);
    watched.shut();

    const outcome = watched.write(CHUNK_BYTES);

    expect(outcome).toBe('evicting');
    expect(watched.uplink.ledger.bytes().gap).toBe(CHUNK_BYTES);
  });

  it('tells a gap that keeps growing about once a second of it', () => {
    const watched = startUplink();
    watched.writeMany(100, CHUNK_BYTES);

    watched.writeMany(125, CHUNK_BYTES); // 2.5 s

    expect(watched.gaps.map(({ to, from }) => to - from)).toEqual([
      BYTES_PER_SECOND,
      BYTES_PER_SECOND,
    ]);
    watched.uplink.flushGaps();
    watched.checkGaps();
  });

  it('keeps no more than its retention', () => {
    const watched = new WatchedUplink({ retentionMs: 3_000 });

    watched.writeMany(400, CHUNK_BYTES);

    expect(watched.uplink.ring.bytes).toBe(3 * BYTES_PER_SECOND);
  });
});

describe('uplink, live', () => {
  it('sends at once', () => {
    const watched = startUplink();
    const target = watched.open(1.2);

    const outcome = watched.write(CHUNK_BYTES);

    expect(outcome).toBe('sent');
    expect(target.sent).toEqual([{ from: 0, to: CHUNK_BYTES }]);
  });

  it('lets audio leave the ring when a result covers it, not when it is sent', () => {
    const watched = startUplink();
    watched.open();
    watched.writeMany(4, CHUNK_BYTES);

    const heldAfterSending = watched.uplink.ring.chunks;
    watched.uplink.confirm(0, 2.5 * CHUNK_BYTES);

    expect(heldAfterSending).toBe(4);
    expect(watched.uplink.ring.chunks).toBe(2); // the third is covered only in part
    expect(watched.uplink.ledger.bytes().delivered).toBe(2.5 * CHUNK_BYTES);
    watched.checkBooks();
  });

  it('tells what a result leaves out as skipped by the service', () => {
    const watched = startUplink();
    watched.open();
    watched.writeMany(4, CHUNK_BYTES);

    watched.uplink.confirm(2 * CHUNK_BYTES, 3 * CHUNK_BYTES);

    expect(watched.gaps).toEqual([
      { from: 0, to: 2 * CHUNK_BYTES, chunks: 2, reason: 'providerSkipped' },
    ]);
    expect(watched.uplink.ledger.chunks()).toEqual({
      captured: 4,
      delivered: 1,
      gap: 2,
      buffered: 1,
    });
  });

  it('settles nothing that was not sent, whatever a result claims', () => {
    const watched = startUplink();
    watched.write(CHUNK_BYTES);

    watched.uplink.confirm(0, CHUNK_BYTES);

    expect(watched.uplink.ledger.bytes().buffered).toBe(CHUNK_BYTES);
  });

  it('counts what left the ring after it was sent as delivered once a result covers it', () => {
    const watched = startUplink();
    watched.open();
    const outcomes = watched.writeMany(130, CHUNK_BYTES);

    const bufferedBefore = watched.uplink.bufferedChunks;
    watched.uplink.confirm(0, 130 * CHUNK_BYTES);

    expect(new Set(outcomes)).toEqual(new Set(['sent']));
    expect(bufferedBefore).toBe(130);
    expect(watched.uplink.ledger.chunks()).toMatchObject({ delivered: 130, gap: 0, buffered: 0 });
    expect(watched.gaps).toEqual([]);
  });

  it('counts it as a gap when the link is lost first', () => {
    const watched = startUplink();
    watched.open();
    watched.writeMany(130, CHUNK_BYTES);
    watched.uplink.confirm(0, 10.5 * CHUNK_BYTES);

    watched.shut();
    watched.uplink.flushGaps();

    expect(watched.gaps).toEqual([
      { from: 10.5 * CHUNK_BYTES, to: 30 * CHUNK_BYTES, chunks: 20, reason: 'ringOverflow' },
    ]);
    expect(watched.uplink.ledger.chunks()).toMatchObject({ delivered: 10, gap: 20, buffered: 100 });
    watched.checkBooks();
  });

  it('counts the oldest as lost when a service covers nothing for very long', () => {
    const watched = new WatchedUplink({ capacityBytes: 100 });
    watched.open();

    watched.writeMany(20_150, 1);

    expect(watched.uplink.bufferedChunks).toBe(20_100);
    expect(watched.uplink.ledger.bytes().gap).toBe(50);
    watched.checkBooks();
  });
});

describe('uplink, after a loss', () => {
  it('replays from the first byte that no result covers, in the middle of a chunk too', () => {
    const watched = startUplink();
    watched.open();
    watched.writeMany(4, CHUNK_BYTES);
    watched.uplink.confirm(0, 1.5 * CHUNK_BYTES);
    watched.shut();
    watched.write(CHUNK_BYTES);

    const target = watched.open();

    expect(target.sent[0]).toEqual({ from: 1.5 * CHUNK_BYTES, to: 2 * CHUNK_BYTES });
    expect(target.sentBytes).toBe(3.5 * CHUNK_BYTES);
    expect(watched.uplink.ledger.replayedChunks).toBe(3);
    expect(watched.uplink.ledger.replayedBytes).toBe(2.5 * CHUNK_BYTES);
    expect(watched.uplink.positionOf(0)).toBe(1.5 * CHUNK_BYTES);
    expect(watched.uplink.positionOf(3.5 * CHUNK_BYTES)).toBe(5 * CHUNK_BYTES);
  });

  it('lets a backlog out at 1.2 times real time, and is caught up when that is through', () => {
    const watched = new WatchedUplink();
    watched.writeMany(500, CHUNK_BYTES); // 10 s

    const target = watched.open(1.2);
    const burstBytes = target.sentBytes;
    watched.clock.advance(5_000);
    const afterFiveSeconds = target.sentBytes;
    watched.clock.advance(3_200);

    expect(burstBytes).toBe(12 * CHUNK_BYTES);
    const ratio = (afterFiveSeconds - burstBytes) / (5 * BYTES_PER_SECOND);
    expect(ratio).toBeGreaterThan(1.18);
    expect(ratio).toBeLessThan(1.21); // up to one chunk of it is left of the burst
    expect(target.sentBytes).toBe(500 * CHUNK_BYTES);
    expect(target.caughtUp).toBe(1);
    expect(watched.clock.pending).toBe(0);
  });

  it('keeps the order while live audio arrives behind a backlog', () => {
    const watched = new WatchedUplink();
    watched.writeMany(100, CHUNK_BYTES);
    const target = watched.open(1.2);

    const outcomes: string[] = [];
    for (let chunk = 0; chunk < 600; chunk += 1) {
      watched.clock.advance(20);
      outcomes.push(watched.write(CHUNK_BYTES));
    }

    expect(outcomes[0]).toBe('buffered');
    expect(outcomes.at(-1)).toBe('sent');
    expect(target.sentBytes).toBe(700 * CHUNK_BYTES);
    expect(watched.uplink.isCaughtUp).toBe(true);
  });

  it('says evicting while a link stands that cannot keep up, and goes on behind the hole', () => {
    const watched = startUplink();
    const target = watched.open();
    watched.write(CHUNK_BYTES);
    target.bufferedBytes = 1_000_000;

    const outcomes = watched.writeMany(120, CHUNK_BYTES);
    target.bufferedBytes = 0;
    watched.uplink.drained();
    watched.uplink.confirm(0, 121 * CHUNK_BYTES);

    expect(outcomes.at(-1)).toBe('evicting');
    expect(target.sent[1]?.from).toBe(21 * CHUNK_BYTES);
    expect(watched.uplink.ledger.chunks()).toMatchObject({ delivered: 101, gap: 20, buffered: 0 });
    expect(watched.gaps).toMatchObject([{ from: CHUNK_BYTES, to: 21 * CHUNK_BYTES, chunks: 20 }]);
  });
});

describe('uplink, congested', () => {
  it('holds audio back while the socket is full, and goes on when it has drained', () => {
    const watched = startUplink();
    const target = watched.open();
    target.bufferedBytes = 256 * 1_024 + 1;

    const outcome = watched.write(CHUNK_BYTES);
    watched.clock.advance(1_000);
    const sentWhileFull = target.sentBytes;
    target.bufferedBytes = 0;
    watched.uplink.drained();

    expect(outcome).toBe('buffered');
    expect(sentWhileFull).toBe(0);
    expect(target.sentBytes).toBe(CHUNK_BYTES);
    expect(watched.clock.pending).toBe(0);
  });

  it('looks again by itself where nobody tells that the socket has drained', () => {
    const watched = startUplink();
    const target = watched.open();
    target.bufferedBytes = 256 * 1_024 + 1;
    watched.write(CHUNK_BYTES);

    target.bufferedBytes = 256 * 1_024;
    watched.clock.advance(20);

    expect(target.sentBytes).toBe(CHUNK_BYTES);
  });
});
