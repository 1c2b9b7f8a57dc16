/** Audio that is settled and kept: whoever acknowledged it may lose it yet. */
import { describe, expect, it } from 'vitest';

import type { GapRange } from '../../src/audio/ledger.ts';
import { KeptRetention } from '../../src/audio/kept-retention.ts';
import type { Retention } from '../../src/audio/retention.ts';

const CHUNK = 100;

function kept(chunks: number, capacityChunks = 200): { retention: Retention; gaps: GapRange[] } {
  const gaps: GapRange[] = [];
  const retention = new KeptRetention({
    bytesPerSecond: 1_000,
    capacityBytes: capacityChunks * CHUNK,
    retentionMs: 1e9,
    onGap: (gap) => gaps.push(gap),
  });
  for (let at = 0; at < chunks; at += 1)
    retention.keep(new Uint8Array(CHUNK), retention.unsettledSeq);
  return { retention, gaps };
}

function expectBalanced({ ledger, chunks }: Retention): void {
  const counts = ledger.chunks();
  expect(counts.delivered + counts.gap + counts.buffered).toBe(counts.captured);
  expect(counts.buffered).toBe(chunks);
}

describe('retention of what is settled', () => {
  it('holds it, and counts as buffered what is not', () => {
    const { retention } = kept(10);

    retention.settle(4 * CHUNK, null);

    expect(retention.chunks).toBe(6);
    expect(retention.ring.chunks).toBe(10);
    expect(retention.unsettledSeq).toBe(5);
    expectBalanced(retention);
  });

  it('has it buffered again where it was lost after all, and settles it again', () => {
    const { retention, gaps } = kept(10);
    retention.settle(8 * CHUNK, null);

    retention.reopen(3 * CHUNK);
    const { delivered, buffered } = retention.ledger.chunks();
    retention.settle(10 * CHUNK, null);

    expect([delivered, buffered]).toEqual([3, 7]);
    expect(retention.ledger.chunks()).toMatchObject({ delivered: 10, gap: 0, buffered: 0 });
    retention.gaps.flush();
    expect(gaps).toEqual([]);
    expectBalanced(retention);
  });

  it('takes back whatever was told in confirmations, each of which skipped nothing', () => {
    const { retention, gaps } = kept(10);
    for (const through of [2, 5, 8]) {
      retention.settle(retention.ledger.settledThrough, 'providerSkipped');
      retention.settle(through * CHUNK, null);
    }

    retention.reopen(3 * CHUNK);

    expect(retention.ledger.chunks()).toMatchObject({ delivered: 3, gap: 0, buffered: 7 });
    retention.gaps.flush();
    expect(gaps).toEqual([]);
    expectBalanced(retention);
  });

  it('gives settled audio up first, and tells nothing of that', () => {
    const { retention, gaps } = kept(100, 100);
    retention.settle(60 * CHUNK, null);

    for (let at = 0; at < 50; at += 1)
      retention.keep(new Uint8Array(CHUNK), retention.unsettledSeq);

    expect(retention.ring.firstSeq).toBe(51);
    retention.gaps.flush();
    expect(gaps).toEqual([]);
    expectBalanced(retention);
  });

  it('tells a gap where what was lost is not held any more', () => {
    const { retention, gaps } = kept(100, 100);
    retention.settle(100 * CHUNK, null);
    for (let at = 0; at < 50; at += 1)
      retention.keep(new Uint8Array(CHUNK), retention.unsettledSeq);

    retention.reopen(20 * CHUNK);

    retention.gaps.flush();
    expect(gaps).toMatchObject([
      { from: 20 * CHUNK, to: 50 * CHUNK, chunks: 30, reason: 'storeLoss' },
    ]);
    expect(retention.ledger.chunks()).toMatchObject({ delivered: 20, gap: 30, buffered: 100 });
    expectBalanced(retention);
  });

  describe('sent, let go of while no connection stands, and not acknowledged', () => {
    /** 100 chunks sent, 40 more while nothing stands, room for 100. */
    function inDoubt(): { retention: Retention; gaps: GapRange[] } {
      const all = kept(100, 100);
      for (let at = 0; at < 40; at += 1) {
        all.retention.keep(new Uint8Array(CHUNK), 31);
        all.retention.giveUpEvicted();
      }
      return all;
    }

    it('is neither delivered nor a gap; what was not sent is a gap at once', () => {
      const { retention, gaps } = inDoubt();

      retention.gaps.flush();

      expect(gaps).toMatchObject([{ from: 30 * CHUNK, to: 40 * CHUNK, reason: 'ringOverflow' }]);
      expect(retention.ledger.chunks()).toMatchObject({ delivered: 0, gap: 10, buffered: 130 });
      expectBalanced(retention);
    });

    it('is delivered as far as the next connection says, and beyond that a gap', () => {
      const { retention, gaps } = inDoubt();

      retention.dispelDoubt(20 * CHUNK);
      retention.gaps.flush();

      expect(gaps).toMatchObject([
        { from: 30 * CHUNK, to: 40 * CHUNK, chunks: 10, reason: 'ringOverflow' },
        { from: 20 * CHUNK, to: 30 * CHUNK, chunks: 10, reason: 'ringOverflow' },
      ]);
      expect(retention.ledger.chunks()).toMatchObject({ delivered: 20, gap: 20, buffered: 100 });
      expectBalanced(retention);
    });

    it('is a gap where it ends before anybody can tell', () => {
      const { retention } = inDoubt();

      retention.dispelDoubt(-1);

      expect(retention.ledger.chunks()).toMatchObject({ delivered: 0, gap: 40, buffered: 100 });
      expect(retention.ledger.bytes()).toMatchObject({ gap: 40 * CHUNK, buffered: 100 * CHUNK });
    });

    it('is divided where the next connection has a part of it', () => {
      const { retention, gaps } = inDoubt();

      retention.dispelDoubt(20 * CHUNK + 30);
      retention.gaps.flush();

      expect(gaps[1]).toMatchObject({ from: 20 * CHUNK + 30, to: 30 * CHUNK });
      expectBalanced(retention);
    });

    it('is not told twice, whatever is asked again', () => {
      const { retention, gaps } = inDoubt();

      retention.dispelDoubt(30 * CHUNK);
      retention.reopen(10 * CHUNK);
      retention.dispelDoubt(-1);
      retention.gaps.flush();

      expect(gaps).toMatchObject([
        { from: 30 * CHUNK, to: 40 * CHUNK, reason: 'ringOverflow' },
        { from: 10 * CHUNK, to: 30 * CHUNK, reason: 'storeLoss' },
      ]);
      expectBalanced(retention);
    });
  });

  it('is lost, and told so, also before a gap that was told', () => {
    const { retention, gaps } = kept(100, 100);
    retention.settle(100 * CHUNK, null);
    for (let at = 0; at < 250; at += 1)
      retention.keep(new Uint8Array(CHUNK), retention.unsettledSeq); // 100 to 250 are given up

    retention.reopen(90 * CHUNK);

    retention.gaps.flush();
    const stretches = gaps.map(({ from, to, reason }) => [from / CHUNK, to / CHUNK, reason]);
    expect(stretches.filter(([, , reason]) => reason === 'storeLoss')).toEqual([
      [90, 100, 'storeLoss'],
    ]);
    expect(retention.ledger.chunks()).toMatchObject({ delivered: 90, gap: 160, buffered: 100 });
    expectBalanced(retention);
  });

  it('is lost before a gap that reaches to the newest chunk as well', () => {
    const { retention, gaps } = kept(100);
    retention.settle(50 * CHUNK, null);
    retention.settle(100 * CHUNK, 'providerSkipped');

    retention.reopen(20 * CHUNK);

    retention.gaps.flush();
    expect(gaps.at(-1)).toMatchObject({ from: 20 * CHUNK, to: 50 * CHUNK, reason: 'storeLoss' });
    expectBalanced(retention);
  });
});
