/** What a spool has of an earlier life, read and looked through before anything is made of it. */
import { decodeBlock } from './block.ts';
import { decodeHead } from './head.ts';
import type { Shift, SpoolHead } from './head.types.ts';
import type { Sealing } from './sealing.ts';
import { corrupt, wrongKey } from './spool-errors.ts';
import type { KeptChunk } from '../audio/keeping.ts';
import type { StoredSpool } from '../ports/spool.ts';

export interface Recovered {
  readonly head: SpoolHead;
  /** In order and without a hole; what they hold before `head.books.trimmed` is let go of. */
  readonly chunks: readonly KeptChunk[];
  /** Where what is known of the audio ends. */
  readonly end: number;
  /** Where each block ends. */
  readonly blocks: readonly BlockEnd[];
}

export interface BlockEnd {
  readonly number: number;
  end: number;
}

/**
 * Null where there is nothing.
 *
 * @throws TenutoError SPOOL_KEY_WRONG, SPOOL_CORRUPT.
 */
export async function recover(
  name: string,
  stored: StoredSpool,
  sealing: Sealing,
): Promise<Recovered | null> {
  if (stored.head === null) return null;
  const bytes = await sealing.open(stored.head, 'head');
  if (bytes === null) throw wrongKey(name, 'its key is another one');
  const head = decodeHead(bytes);
  if (head === null) throw corrupt(name, 'its head is none of this version');
  const { trimmed, settled } = head.books;
  const chunks: KeptChunk[] = [];
  const blocks: BlockEnd[] = [];
  for (const { number, bytes: sealed } of stored.blocks) {
    if (number <= head.droppedBlock || number > head.lastBlock) continue;
    const block = await sealing.open(sealed, `block ${number}`);
    const read = block === null ? null : decodeBlock(block);
    if (read === null) throw corrupt(name, `block ${number} is not what was written there`);
    const placed = read.map((chunk) => shifted(chunk, number, head.shifts));
    const last = placed.at(-1);
    if (last !== undefined) blocks.push({ number, end: endOf(last) });
    chunks.push(...placed.filter((chunk) => endOf(chunk) > trimmed));
  }
  chunks.forEach((chunk, at) => {
    const before = chunks[at - 1];
    if (before === undefined || endOf(before) === chunk.position) return;
    throw corrupt(name, `audio is missing before byte ${chunk.position} of it`);
  });
  const last = chunks.at(-1);
  const end = Math.max(settled, last === undefined ? 0 : endOf(last));
  return { head, chunks, end, blocks };
}

function shifted(chunk: KeptChunk, number: number, shifts: readonly Shift[]): KeptChunk {
  return shifts.reduce((moved, { throughBlock, at, by }) => {
    const isBefore = number > throughBlock || moved.position < at;
    return isBefore ? moved : { ...moved, position: moved.position + by };
  }, chunk);
}

function endOf({ position, bytes }: KeptChunk): number {
  return position + bytes.length;
}
