/** What a spool has of an earlier life's messages, read and looked through before anything is made of it. */
import type { SavedSession } from './kept-session.ts';
import { decodeMessages } from './message-block.ts';
import type { Outgoing } from './outbox.ts';
import type { StoredSpool } from '../ports/spool.ts';
import type { BlockEnd } from '../spool/recovery.ts';
import type { Sealing } from '../spool/sealing.ts';
import { corrupt, wrongKey } from '../spool/spool-errors.ts';

export interface MessageHead {
  readonly v: 1;
  readonly kind: 'messages';
  readonly wallMs: number;
  readonly lastBlock: number;
  readonly droppedBlock: number;
  /** Messages before it are acknowledged. */
  readonly settled: number;
  /** Those before it are acknowledged, or stored. */
  readonly end: number;
  readonly session: SavedSession;
}

export interface RecoveredMessages {
  readonly head: MessageHead;
  /** The number of the first of them. */
  readonly first: number;
  /** In order, to `head.end`. */
  readonly messages: readonly Outgoing[];
  readonly blocks: readonly BlockEnd[];
}

const decoder = new TextDecoder();

/**
 * Null where there is nothing.
 *
 * @throws TenutoError SPOOL_KEY_WRONG, SPOOL_CORRUPT.
 */
export async function recoverMessages(
  name: string,
  stored: StoredSpool,
  sealing: Sealing,
): Promise<RecoveredMessages | null> {
  if (stored.head === null) return null;
  const bytes = await sealing.open(stored.head, 'head');
  if (bytes === null) throw wrongKey(name, 'its key is another one');
  const head = decodeHead(bytes);
  if (head === null) throw corrupt(name, 'its head is none of this version, or not of messages');
  const messages: Outgoing[] = [];
  const blocks: BlockEnd[] = [];
  let first: number | null = null;
  for (const { number, bytes: sealed } of stored.blocks) {
    if (number <= head.droppedBlock || number > head.lastBlock) continue;
    const block = await sealing.open(sealed, `block ${number}`);
    const read = block === null ? null : decodeMessages(block);
    if (read === null) throw corrupt(name, `block ${number} is not what was written there`);
    first ??= read.first;
    if (read.first !== first + messages.length) throw missing(name, first + messages.length);
    messages.push(...read.messages);
    blocks.push({ number, end: first + messages.length });
  }
  first ??= head.end;
  const isLess = first + messages.length < head.end;
  if (isLess && head.settled < head.end) throw missing(name, first + messages.length);
  return { head, first, messages, blocks };
}

function missing(name: string, number: number): Error {
  return corrupt(name, `message ${number} of it is missing`);
}

/** Null for what is none of this version, or cannot be so. */
function decodeHead(bytes: Uint8Array): MessageHead | null {
  try {
    const head = JSON.parse(decoder.decode(bytes)) as MessageHead;
    return isHead(head) ? head : null;
  } catch {
    return null;
  }
}

function isHead({ v, kind, wallMs, session, ...counts }: MessageHead): boolean {
  const { claimed, base, isSending, seam, ...numbers } = session;
  const { inst, sid, token, lineage, ...claim } = claimed;
  const { lastBlock, droppedBlock, settled, end } = counts;
  const { sentThrough, unstored } = numbers;
  const { att, epoch, acked, received } = claim;
  const all = [lastBlock, droppedBlock, settled, end, sentThrough, unstored, seam ?? 0];
  return (
    (v as number) === 1 &&
    (kind as string) === 'messages' &&
    Number.isFinite(wallMs) &&
    [...all, att, epoch, acked, received].every(isCount) &&
    settled <= end &&
    Number.isSafeInteger(base) &&
    typeof isSending === 'boolean' &&
    typeof inst === 'string' &&
    [sid, token, lineage].every((text) => text === null || typeof text === 'string')
  );
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
