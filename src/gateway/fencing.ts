/**
 * Who owns a log. Whoever has committed a fence behind its tail does: from then on an append of anybody else is refused, whatever
 * they believe of themselves.
 */
import { decodeRecord, encodeRecord, whyUnreadable } from './records.ts';
import type { SessionRecord, Standing } from './records.ts';
import { TenutoError } from '../ports/errors.ts';
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

export interface LogTail {
  readonly position: number;
  readonly record: SessionRecord;
}

/**
 * The newest record; null for an empty log.
 *
 * @throws TenutoError STORE_CORRUPT for one that cannot be read: whoever took that for an empty log would write over a session.
 */
export async function readTail(store: LogStore, sessionId: string): Promise<LogTail | null> {
  const tail = await store.tail(sessionId);
  if (tail === null) return null;
  const record = decodeRecord(tail.bytes);
  if (record === null) throw unreadable(whyUnreadable(tail.bytes));
  return { position: tail.position, record };
}

/** @param why in a few words: `damaged`. */
export function unreadable(why: string): TenutoError {
  return new TenutoError({
    code: 'STORE_CORRUPT',
    message: `The log of a session cannot be read: ${why}.`,
    remediation:
      'Look at the disk, and at which version wrote it. Nothing of it is overwritten; its client begins a new session when it has waited for as long as it may.',
  });
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
    return unknownFor(error);
  }
}

export function unknownFor(error: unknown): AppendOutcome {
  return { kind: 'unknown', reason: error instanceof Error ? error.message : 'the store failed' };
}
