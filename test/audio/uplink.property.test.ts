import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { SentRange, WatchedTarget } from '../support/uplink-watch.ts';
import { BYTES_PER_SECOND, WatchedUplink } from '../support/uplink-watch.ts';

type Step =
  | { readonly kind: 'write'; readonly chunks: number; readonly length: number }
  | { readonly kind: 'open'; readonly rateRatio: number }
  | { readonly kind: 'shut' }
  /** A result from `skip` to `share` of what was sent and is not settled; above 1 it claims more than that. */
  | { readonly kind: 'confirm'; readonly skip: number; readonly share: number }
  | { readonly kind: 'stale'; readonly share: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'congest' }
  | { readonly kind: 'drain' }
  | { readonly kind: 'silence'; readonly length: number };

const share = fc.oneof(fc.constantFrom(0, 1, 1.5), fc.double({ min: 0, max: 1, noNaN: true }));
const noSkip = fc.constant(0);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      chunks: fc.integer({ min: 1, max: 150 }), // the ring never evicts below 100
      length: fc.integer({ min: 1, max: 120 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('open' as const),
      rateRatio: fc.constantFrom(1.2, Infinity),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('shut' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('confirm' as const),
      skip: fc.oneof({ weight: 4, arbitrary: noSkip }, { weight: 1, arbitrary: share }),
      share,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stale' as const), share }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(1_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('congest' as const, 'drain' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('silence' as const),
      length: fc.integer({ min: 1, max: 100 }),
    }),
  },
);

function take(what: Step, watched: WatchedUplink): void {
  const { uplink, clock, target } = watched;
  switch (what.kind) {
    case 'write':
      watched.writeMany(what.chunks, what.length);
      return;
    case 'open':
      checkReplayStart(watched.open(what.rateRatio), watched);
      return;
    case 'shut':
      watched.shut();
      return;
    case 'confirm':
      confirm(what.skip, what.share, watched);
      return;
    case 'stale': {
      const settled = uplink.ledger.settledThrough;
      uplink.confirm(0, Math.floor(settled * Math.min(1, what.share)));
      expect(uplink.ledger.settledThrough).toBe(settled);
      return;
    }
    case 'pass':
      clock.advance(what.ms);
      return;
    case 'congest':
      if (target !== null) target.bufferedBytes = 1_000_000;
      return;
    case 'drain':
      if (target !== null) target.bufferedBytes = 0;
      uplink.drained();
      return;
    case 'silence':
      uplink.insertSilence(new Uint8Array(what.length));
  }
}

/** A replay begins at the first byte that is not settled. */
function checkReplayStart(target: WatchedTarget, { uplink, capturedBytes }: WatchedUplink): void {
  expect(target.openedAt).toBe(uplink.ledger.settledThrough);
  const isBacklog = uplink.ledger.settledThrough < capturedBytes;
  if (isBacklog) expect(target.sent[0]?.from).toBe(target.openedAt);
  else expect(target.caughtUp).toBe(1);
}

function confirm(skip: number, portion: number, watched: WatchedUplink): void {
  const { uplink, target } = watched;
  const before = uplink.ledger.settledThrough;
  const cursorBefore = uplink.cursorPosition;
  const deliveredBefore = uplink.ledger.bytes().delivered;
  const unsettled = Math.max(0, uplink.cursorPosition - before);
  const from = before + Math.floor(unsettled * Math.min(skip, portion));

  uplink.confirm(from, before + Math.floor(unsettled * portion));

  expect(uplink.ledger.settledThrough).toBeLessThanOrEqual(Math.max(before, cursorBefore));
  const delivered = watched.outsideGaps(before, uplink.ledger.settledThrough);
  const deliveredBytes = delivered.reduce((sum, range) => sum + range.to - range.from, 0);
  expect(uplink.ledger.bytes().delivered - deliveredBefore).toBe(deliveredBytes);
  if (target === null) return;
  for (const range of delivered)
    expect(isWithin(range, target.sent), 'delivered, never sent').toBe(true);
}

function isWithin(range: SentRange, sent: readonly SentRange[]): boolean {
  let at = range.from;
  for (const { from, to } of sent) if (from <= at && to > at) at = to;
  return at >= range.to;
}

describe('uplink, for any sequence of writes, losses, results and pauses', () => {
  it('captured = delivered + gap + buffered, in order, nothing twice, nothing lost in silence', () => {
    const capacityBytes = fc.integer({ min: 0, max: 8_000 });
    fc.assert(
      fc.property(capacityBytes, fc.array(step, { maxLength: 50 }), (capacity, steps) => {
        const watched = new WatchedUplink({ capacityBytes: capacity });
        let settledThrough = 0;

        for (const what of steps) {
          take(what, watched);
          watched.checkBooks();
          expect(watched.uplink.ledger.settledThrough).toBeGreaterThanOrEqual(settledThrough);
          settledThrough = watched.uplink.ledger.settledThrough;
        }
        watched.uplink.flushGaps();
        watched.checkGaps();

        watched.target = null;
        watched.uplink.release();
        watched.checkGaps();
        expect([watched.uplink.ring.chunks, watched.uplink.bufferedChunks]).toEqual([0, 0]);
        expect(watched.clock.pending).toBe(0);
      }),
      { numRuns: 600 },
    );
  }, 60_000);

  it('delivers everything that the ring still holds once a link stands and results come', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const watched = new WatchedUplink({ capacityBytes: 5_000 });
        for (const what of steps) take(what, watched);

        const target = watched.open(1.2);
        const backlogMs = (watched.capturedBytes * 1_000) / BYTES_PER_SECOND;
        watched.clock.advance(backlogMs + 1_000);
        watched.uplink.confirm(watched.uplink.ledger.settledThrough, watched.capturedBytes);

        expect(target.caughtUp).toBe(1);
        expect(watched.uplink.isCaughtUp).toBe(true);
        expect(watched.uplink.ledger.bytes().buffered).toBe(0);
        expect(watched.uplink.bufferedChunks).toBe(0);
        watched.checkBooks();
        watched.checkGaps();
        expect(watched.clock.pending).toBe(0);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
