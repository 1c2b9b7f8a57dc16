/** What an uplink promises to whoever opens and shuts its gate, and of audio that left the ring behind a link. */
import { describe, expect, it } from 'vitest';

import { WatchedTarget, WatchedUplink } from '../support/uplink-watch.ts';

const CHUNK_BYTES = 160; // 20 ms
const RING_CHUNKS = 100;
const FULL_BYTES = 256 * 1_024 + 1;

function startUplink(): WatchedUplink {
  return new WatchedUplink({ capacityBytes: RING_CHUNKS * CHUNK_BYTES });
}

/** Shuts the gate as soon as it was sent `limit` chunks, as a socket does that fails under a send. */
class FailingTarget extends WatchedTarget {
  readonly #fail: () => void;
  readonly #limit: number;

  constructor({ uplink }: WatchedUplink, limit: number) {
    super(uplink, Infinity);
    this.#limit = limit;
    this.#fail = () => {
      uplink.shut();
    };
  }

  override sendAudio(bytes: Uint8Array): void {
    super.sendAudio(bytes);
    if (this.sent.length === this.#limit) this.#fail();
  }
}

describe('uplink, behind a full socket', () => {
  it('asks for room every 20 ms, not at every write', () => {
    const watched = startUplink();
    const target = watched.open();
    target.bufferedBytes = FULL_BYTES;
    watched.write(CHUNK_BYTES);

    target.bufferedBytes = 0;
    const outcome = watched.write(CHUNK_BYTES);
    const sentAtOnce = target.sentBytes;
    watched.clock.advance(20);

    expect([outcome, sentAtOnce]).toEqual(['buffered', 0]);
    expect(target.sentBytes).toBe(2 * CHUNK_BYTES);
  });

  it('says again that it has caught up, once it has', () => {
    const watched = startUplink();
    const target = watched.open();
    target.bufferedBytes = FULL_BYTES;
    watched.write(CHUNK_BYTES);

    target.bufferedBytes = 0;
    watched.uplink.drained();

    expect(target.caughtUp).toBe(2);
  });
});

describe('uplink, caught up', () => {
  it('says so once, however often its socket drains', () => {
    const watched = startUplink();
    const target = watched.open();
    watched.write(CHUNK_BYTES);

    watched.uplink.drained();
    watched.uplink.drained();

    expect(target.caughtUp).toBe(1);
  });

  it('is that only while a link stands that was sent everything', () => {
    const watched = startUplink();
    const { uplink } = watched;
    const beforeLink = uplink.isCaughtUp;
    const target = watched.open();
    const withLink = uplink.isCaughtUp;
    target.bufferedBytes = FULL_BYTES;
    watched.write(CHUNK_BYTES);
    const behind = uplink.isCaughtUp;
    target.bufferedBytes = 0;
    uplink.drained();
    const after = uplink.isCaughtUp;

    watched.shut();

    expect([beforeLink, withLink, behind, after]).toEqual([false, true, false, true]);
    expect(uplink.isCaughtUp).toBe(false);
  });
});

describe('uplink, when its socket fails under a send', () => {
  it('sends no more, and leaves no timer', () => {
    const watched = startUplink();
    watched.writeMany(3, CHUNK_BYTES);
    const target = new FailingTarget(watched, 1);

    watched.uplink.open(target);

    expect(target.sent).toHaveLength(1);
    expect(watched.clock.pending).toBe(0);
  });

  it('has not caught up, though it was the last chunk', () => {
    const watched = startUplink();
    watched.writeMany(3, CHUNK_BYTES);
    const target = new FailingTarget(watched, 3);

    watched.uplink.open(target);

    expect([target.sent.length, target.caughtUp]).toEqual([3, 0]);
    expect(watched.clock.pending).toBe(0);
  });
});

describe('uplink, with audio that was sent and then left the ring', () => {
  it('gives nothing up for a chunk that waits, while a result may still cover the oldest', () => {
    const watched = startUplink();
    const target = watched.open();
    watched.writeMany(RING_CHUNKS, CHUNK_BYTES);
    target.bufferedBytes = FULL_BYTES;

    const outcome = watched.write(CHUNK_BYTES);

    expect(outcome).toBe('buffered');
    expect(watched.uplink.ledger.bytes().gap).toBe(0);
  });

  it('counts a chunk as delivered as soon as a result reaches its end', () => {
    const watched = startUplink();
    watched.open();
    watched.writeMany(RING_CHUNKS + 30, CHUNK_BYTES);

    watched.uplink.confirm(0, 10 * CHUNK_BYTES);

    expect(watched.uplink.ledger.chunks()).toMatchObject({ delivered: 10, buffered: 120 });
    watched.checkBooks();
  });

  it('counts it as skipped by the service where a result leaves it out', () => {
    const watched = startUplink();
    watched.open();
    watched.writeMany(RING_CHUNKS + 30, CHUNK_BYTES);

    watched.uplink.confirm(5 * CHUNK_BYTES, 10 * CHUNK_BYTES);

    expect(watched.gaps).toEqual([
      { from: 0, to: 5 * CHUNK_BYTES, chunks: 5, reason: 'providerSkipped' },
    ]);
    expect(watched.uplink.ledger.chunks()).toMatchObject({ delivered: 5, gap: 5 });
    watched.checkBooks();
  });

  it('tells no gap of a chunk without audio', () => {
    const watched = startUplink();
    watched.write(0);
    watched.writeMany(RING_CHUNKS - 1, CHUNK_BYTES);

    watched.write(2 * CHUNK_BYTES); // only the empty one has to go
    watched.uplink.flushGaps();

    expect(watched.uplink.ledger.chunks().gap).toBe(1);
    expect(watched.gaps).toEqual([]);
  });
});
