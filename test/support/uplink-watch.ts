/** An uplink under watch: every byte that a target is sent, and every gap that is told, is held against the stream. */
import { expect } from 'vitest';

import { VirtualClock } from './virtual-clock.ts';
import type { GapRange } from '../../src/audio/ledger.ts';
import { Uplink } from '../../src/audio/uplink.ts';
import type { UplinkOptions, UplinkTarget, WriteOutcome } from '../../src/audio/uplink.types.ts';
import { seededRandom } from '../../src/ports/random.ts';

/** A prime length, so that no chunk stands twice in the stream at the same place. */
const PATTERN = patternOf(65_521);

export const BYTES_PER_SECOND = 8_000;

export interface SentRange {
  readonly from: number;
  readonly to: number;
}

/** The `length` bytes that the stream has at `position`. */
export function streamAt(position: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => PATTERN[(position + at) % PATTERN.length]!);
}

export class WatchedTarget implements UplinkTarget {
  readonly sent: SentRange[] = [];
  readonly rateRatio: number;
  readonly openedAt: number;
  bufferedBytes = 0;
  caughtUp = 0;
  firstAudio = 0;
  silenceBytes = 0;
  #next: number;
  readonly #uplink: Uplink;

  constructor(uplink: Uplink, rateRatio: number) {
    this.#uplink = uplink;
    this.rateRatio = rateRatio;
    this.openedAt = Math.max(uplink.ledger.settledThrough, uplink.ring.startPosition);
    this.#next = this.openedAt;
  }

  get sentBytes(): number {
    return this.sent.reduce((sum, { from, to }) => sum + to - from, 0);
  }

  /** What lies before `position` is lost before it could be sent. */
  skipTo(position: number): void {
    this.#next = position;
  }

  sendAudio(bytes: Uint8Array): void {
    expect(bytes.length).toBeGreaterThan(0);
    if (bytes.every((byte) => byte === 0)) {
      this.silenceBytes += bytes.length;
      return;
    }
    expect(this.bufferedBytes, 'sent into a full socket').toBeLessThan(1_000_000);
    // It goes on where it was, unless what follows has left the ring unsent.
    const from = Math.max(this.#next, this.#uplink.ring.startPosition);
    expect(Buffer.compare(bytes, streamAt(from, bytes.length)), `audio at ${from}`).toBe(0);
    this.#next = from + bytes.length;
    this.sent.push({ from, to: this.#next });
  }

  onCaughtUp(): void {
    this.caughtUp += 1;
  }

  onFirstAudio(): void {
    this.firstAudio += 1;
  }
}

export class WatchedUplink {
  readonly clock = new VirtualClock();
  readonly gaps: GapRange[] = [];
  readonly uplink: Uplink;
  target: WatchedTarget | null = null;
  capturedBytes = 0;
  capturedChunks = 0;

  constructor(options: Partial<UplinkOptions> = {}) {
    this.uplink = new Uplink({
      clock: this.clock,
      bytesPerSecond: BYTES_PER_SECOND,
      onGap: (gap) => this.gaps.push(gap),
      ...options,
    });
  }

  /** Writes one chunk and spoils the caller's copy. */
  write(length: number): WriteOutcome {
    const chunk = streamAt(this.capturedBytes, length);
    this.capturedBytes += length;
    this.capturedChunks += 1;
    const outcome = this.uplink.write(chunk);
    chunk.fill(0xaa);
    return outcome;
  }

  writeMany(count: number, length: number): WriteOutcome[] {
    return Array.from({ length: count }, () => this.write(length));
  }

  open(rateRatio = Infinity): WatchedTarget {
    this.uplink.shut(); // what is lost with the old target is lost before the new one begins
    this.target = new WatchedTarget(this.uplink, rateRatio);
    this.uplink.open(this.target);
    return this.target;
  }

  shut(): void {
    this.target = null;
    this.uplink.shut();
  }

  get gapBytes(): number {
    return this.gaps.reduce((sum, { from, to }) => sum + to - from, 0);
  }

  /** The books hold, whoever counts. */
  checkBooks(): void {
    const { ledger, ring } = this.uplink;
    const bytes = ledger.bytes();
    const chunks = ledger.chunks();
    expect(bytes.captured).toBe(this.capturedBytes);
    expect(bytes.delivered + bytes.gap + bytes.buffered).toBe(this.capturedBytes);
    expect(chunks.captured).toBe(this.capturedChunks);
    expect(chunks.buffered, 'chunks not settled').toBe(this.uplink.bufferedChunks);
    expect(ring.endPosition).toBe(this.capturedBytes);
    const heldBytes = ring.endPosition - Math.max(ring.startPosition, ledger.settledThrough);
    expect(bytes.buffered).toBeGreaterThanOrEqual(heldBytes);
    expect(this.clock.pending).toBeLessThanOrEqual(this.target === null ? 0 : 1);
  }

  /** Gaps come in order, do not overlap, and are all that the ledger counts. To be called when none is growing. */
  checkGaps(): void {
    let through = 0;
    let chunks = 0;
    for (const gap of this.gaps) {
      expect(gap.from).toBeGreaterThanOrEqual(through);
      expect(gap.to).toBeGreaterThan(gap.from);
      through = gap.to;
      chunks += gap.chunks;
    }
    expect(this.gapBytes).toBe(this.uplink.ledger.bytes().gap);
    expect(chunks).toBeLessThanOrEqual(this.uplink.ledger.chunks().gap);
    expect(through).toBeLessThanOrEqual(this.uplink.ledger.settledThrough);
  }

  /** Ranges from `from` to `to` that are in no gap. */
  outsideGaps(from: number, to: number): SentRange[] {
    const ranges: SentRange[] = [];
    let at = from;
    for (const gap of this.gaps) {
      if (gap.to <= at || gap.from >= to) continue;
      if (gap.from > at) ranges.push({ from: at, to: gap.from });
      at = gap.to;
    }
    if (at < to) ranges.push({ from: at, to });
    return ranges;
  }
}

function patternOf(length: number): Uint8Array {
  const random = seededRandom(7);
  return Uint8Array.from({ length }, () => 1 + Math.floor(random.unit() * 255)); // never silence
}
