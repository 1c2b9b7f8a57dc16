/**
 * Who owns a log. Whoever has committed a fence behind its tail does: from then on an append of anybody else is refused, whatever
 * they believe of themselves.
 */
import { decodeRecord, encodeRecord } from './records.ts';
import type { SessionRecord, Standing } from './records.ts';
import type { WallClock } from '../ports/clock.ts';
import type { AppendOutcome, LogStore } from '../ports/log-store.ts';

/** What is written with each record: read when it is made, so that it fits the frames in it. */
export interface Snapshot {
  readonly standing: Standing;
  readonly card: Uint8Array;
}

/** Which log, and who writes. */
export interface LogPlace {
  readonly store: LogStore;
  readonly sessionId: string;
  /** Names this owner: two that fence at the same moment must not take each other's record for their own. */
  readonly writer: string;
  readonly wallClock: WallClock;
}

/** A tail as it was read: null for an empty log. */
export interface LogTail {
  readonly position: number;
  readonly record: SessionRecord | null;
}

/** The newest record; `record` is null where it is none of ours, or torn. */
export async function readTail(store: LogStore, sessionId: string): Promise<LogTail | null> {
  const tail = await store.tail(sessionId);
  return tail === null ? null : { position: tail.position, record: decodeRecord(tail.bytes) };
}

/** Appends a fence, or an end, behind the tail that was read. Only `committed` makes an owner. */
export function appendFence(
  { store, sessionId, writer, wallClock }: LogPlace,
  after: number,
  { standing, card }: Snapshot,
  kind: 'fence' | 'end' = 'fence',
): Promise<AppendOutcome> {
  const record = encodeRecord({
    kind,
    ...standing,
    previous: after,
    writtenAtMs: wallClock(),
    card,
    frames: [],
  });
  return outcomeOf(() => store.append(sessionId, record, { after, id: `${writer}:${after}` }));
}

/** A store that throws has not said no. */
export async function outcomeOf(append: () => Promise<AppendOutcome>): Promise<AppendOutcome> {
  try {
    return await append();
  } catch (error) {
    return { kind: 'unknown', reason: error instanceof Error ? error.message : 'the store failed' };
  }
}
