/** What a spool is made of and says of itself, and what of a ring goes into one commit. */
import { CHUNK_HEADER_BYTES } from './block.ts';
import type { Shift, SpoolHead } from './head.types.ts';
import type { Recovered } from './recovery.ts';
import type { KeptChunk, Keeping } from '../audio/keeping.ts';
import type { RingBuffer } from '../audio/ring-buffer.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import type { SpoolRemains } from '../ports/spool.ts';
import type { SpoolParts } from '../session/spooling.types.ts';

/** The parts of the session that it is of. */
export interface Joined extends Pick<SpoolParts, 'uplink' | 'emitter'> {
  readonly keeping: Keeping;
  readonly clock: Clock;
  readonly bytesPerSecond: number;
}

export interface SpoolSettings {
  readonly name: string;
  readonly capacityBytes: number;
  readonly flushEveryMs: number;
  readonly wallClock: WallClock;
}

/** What a stored time has to be later for one of this life's clock: all lives store times of the first one's. */
export function laterMsOf(
  { monoMs, wallMs }: SpoolHead,
  clock: Pick<Clock, 'nowMs'>,
  wallClock: WallClock,
): number {
  return clock.nowMs() - (wallClock() - wallMs) - monoMs;
}

export function remainsOf(recovered: Recovered | null, isDropped: boolean): SpoolRemains | null {
  if (recovered === null) return null;
  const { head, end } = recovered;
  const msOf = (bytes: number): number => Math.round((bytes * 1_000) / head.bytesPerSecond);
  return {
    savedAtMs: head.wallMs,
    heldMs: msOf(end - head.books.settled),
    lostMs: msOf(Math.max(0, head.books.captured - end)),
    isDropped,
  };
}

/** A block that is written from now on has its audio where it stands. */
export function notOf(shift: Shift, number: number): Shift {
  return { ...shift, throughBlock: Math.min(shift.throughBlock, number - 1) };
}

export interface Chosen {
  readonly chunks: readonly KeptChunk[];
  /** Where they end; `from` where there are none. */
  readonly end: number;
  readonly isAll: boolean;
}

/** As much as goes into one block. The chunks are views into the ring. @param laterMs a stored time is earlier by that. */
export function chunksFrom(ring: RingBuffer, from: number, room: number, laterMs: number): Chosen {
  const chunks: KeptChunk[] = [];
  let bytes = 0;
  let end = from;
  let seq = ring.seqBeyond(from);
  for (; seq < ring.nextSeq && bytes < room; seq += 1) {
    const view = ring.view(seq);
    const position = ring.positionOf(seq);
    chunks.push({ position, capturedAtMs: ring.capturedAtMsOf(seq) - laterMs, bytes: view });
    bytes += CHUNK_HEADER_BYTES + view.length;
    end = position + view.length;
  }
  return { chunks, end, isAll: seq === ring.nextSeq };
}
