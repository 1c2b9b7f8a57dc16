/** Whether what was read is a head: nobody works with numbers that are none, or that take for ever to count. */
import type { Shift, SpoolHead } from './head.types.ts';
import type { AudioBooks } from '../audio/keeping.ts';
import type { GapReason } from '../audio/ledger.ts';
import type { Stretch } from '../audio/retention.ts';

/** More chunks than any ring holds. */
const MOST_EVICTED = 1_000_000;
const COUNTS = [
  'captured',
  'settled',
  'trimmed',
  'delivered',
  'gap',
  'deliveredChunks',
  'gapChunks',
  'evictedChunks',
  'sent',
  'replayedChunks',
  'replayedBytes',
] as const satisfies readonly (keyof AudioBooks)[];
const REASONS: Readonly<Record<GapReason, true>> = {
  ringOverflow: true,
  providerSkipped: true,
  storeLoss: true,
};

type Unknown<T> = { readonly [Key in keyof T]?: unknown };

export function isHead(value: unknown): value is SpoolHead {
  if (!isObject(value)) return false;
  const head = value as Unknown<SpoolHead>;
  const { v, bytesPerSecond, monoMs, wallMs, lastBlock, droppedBlock, shifts, seam } = head;
  return (
    v === 1 &&
    isCount(bytesPerSecond) &&
    bytesPerSecond > 0 &&
    Number.isFinite(monoMs) &&
    Number.isFinite(wallMs) &&
    isCount(lastBlock) &&
    isCount(droppedBlock) &&
    (seam === null || isCount(seam)) &&
    Array.isArray(shifts) &&
    shifts.every(isShift) &&
    isObject(head.shared) &&
    isObject(head.books) &&
    areBooks(head.books)
  );
}

/** And they balance. */
function areBooks(books: Unknown<AudioBooks>): books is AudioBooks {
  const { doubts, told, untold, toldThrough } = books;
  const isWhole =
    COUNTS.every((name) => isCount(books[name])) &&
    [doubts, told, untold].every(areStretches) &&
    isPosition(toldThrough);
  if (!isWhole) return false;
  const whole = books as AudioBooks;
  const doubted = whole.doubts.reduce((sum, { from, to }) => sum + to - from, 0);
  return (
    whole.settled === whole.delivered + whole.gap + doubted &&
    whole.evictedChunks <= MOST_EVICTED &&
    whole.untold.every(({ chunks, reason }) => isCount(chunks) && Object.hasOwn(REASONS, reason))
  );
}

function areStretches(value: unknown): value is readonly Stretch[] {
  const isStretch = (each: unknown): boolean =>
    isObject(each) &&
    isPosition((each as Unknown<Stretch>).from) &&
    isPosition((each as Unknown<Stretch>).to);
  return Array.isArray(value) && value.every(isStretch);
}

function isShift(value: unknown): value is Shift {
  if (!isObject(value)) return false;
  const { throughBlock, at, by } = value as Unknown<Shift>;
  return isCount(throughBlock) && isCount(at) && isCount(by);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Finals end where they end, not always between two bytes. */
function isPosition(value: unknown): value is number {
  return Number.isFinite(value) && (value as number) >= 0;
}
