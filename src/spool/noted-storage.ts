/**
 * A storage whose last commits are noted down as their page goes: at once, in a place of texts such as `localStorage`. A browser may
 * drop what it was given in that moment; the next life then finds it in the note, and stores it.
 */
import { fromBase64, toBase64 } from './base64.ts';
import { systemWallClock } from '../ports/clock.ts';
import type { WallClock } from '../ports/clock.ts';
import { SpoolVanished } from '../ports/spool.ts';
import type { SpoolChange, SpoolStorage, StoredSpool } from '../ports/spool.ts';
import { crc32c } from '../protocol/crc32c.ts';

/** A call takes effect before it returns. Each may throw: it may be full, or forbidden. */
export interface TextPlace {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
  removeItem(key: string): void;
}

interface Note {
  readonly savedAtMs: number;
  /** It follows one of these heads: where none of them is stored, it is, or something later. */
  readonly after: readonly number[];
  readonly head: string;
  readonly block: { readonly number: number; readonly bytes: string } | null;
  readonly dropThrough: number;
}

export class NotedStorage implements SpoolStorage {
  readonly #storage: SpoolStorage;
  readonly #key: string;
  readonly #place: () => TextPlace;
  readonly #wallClock: WallClock;
  /** The heads that may be stored just now. */
  #heads = new Set<number>();
  /** What the storage was given last, and did not confirm. */
  #given: SpoolChange | null = null;
  #isNoted = false;

  constructor(
    storage: SpoolStorage,
    key: string,
    place: () => TextPlace,
    wallClock: WallClock = systemWallClock,
  ) {
    this.#storage = storage;
    this.#key = key;
    this.#place = place;
    this.#wallClock = wallClock;
  }

  async open(isFresh: boolean): Promise<StoredSpool> {
    const stored = await this.#storage.open(isFresh);
    const note = noteAt(this.#key, this.#place);
    this.#isNoted = note !== null;
    this.#heads = new Set([markOf(stored.head)]);
    if (note?.after.includes(markOf(stored.head)) !== true || isFresh) {
      this.#forget();
      return stored;
    }
    const change = changeOf(note);
    try {
      await this.commit(change);
    } catch {
      this.#given = null;
      return stored; // there is no room: as after a crash
    }
    const { head, block, dropThrough } = change;
    const kept = stored.blocks.filter(
      ({ number }) => number > dropThrough && number !== block?.number,
    );
    return { head, blocks: block === null ? kept : [...kept, block] };
  }

  async commit(change: SpoolChange): Promise<void> {
    const mark = markOf(change.head);
    this.#given = change;
    this.#heads.add(mark);
    try {
      await this.#storage.commit(change);
    } catch (error) {
      if (error instanceof SpoolVanished) this.#heads = new Set([markOf(null)]);
      else this.#heads.delete(mark);
      throw error;
    }
    if (this.#given !== change) return; // another has overtaken it
    this.#given = null;
    this.#heads = new Set([mark]);
    this.#forget();
  }

  /** What may not be stored is noted down when this returns, where there is room for it. */
  note(): void {
    if (this.#given === null) return;
    const { head, block, dropThrough } = this.#given;
    const own = markOf(head);
    const note: Note = {
      savedAtMs: this.#wallClock(),
      after: [...this.#heads].filter((mark) => mark !== own),
      head: toBase64(head),
      block: block && { number: block.number, bytes: toBase64(block.bytes) },
      dropThrough,
    };
    try {
      this.#place().setItem(this.#key, JSON.stringify(note));
      this.#isNoted = true;
    } catch {
      // then it is as the storage does it
    }
  }

  async clear(): Promise<void> {
    this.#given = null;
    await this.#storage.clear();
    this.#heads = new Set([markOf(null)]);
    this.#forget();
  }

  close(): Promise<void> {
    return this.#storage.close();
  }

  #forget(): void {
    if (!this.#isNoted) return;
    this.#isNoted = false;
    forgetNote(this.#key, this.#place);
  }
}

/** When it was noted down; -Infinity where there is no note. */
export function notedAtMs(key: string, place: () => TextPlace): number {
  return noteAt(key, place)?.savedAtMs ?? -Infinity;
}

function noteAt(key: string, place: () => TextPlace): Note | null {
  try {
    const note: unknown = JSON.parse(place().getItem(key) ?? 'null');
    return isNote(note) ? note : null;
  } catch {
    return null;
  }
}

export function forgetNote(key: string, place: () => TextPlace): void {
  try {
    place().removeItem(key);
  } catch {
    // it is of no use where nobody may read it
  }
}

function markOf(head: Uint8Array | null): number {
  return head === null ? 0 : crc32c(head);
}

function changeOf({ head, block, dropThrough }: Note): SpoolChange {
  return {
    head: fromBase64(head),
    block: block && { number: block.number, bytes: fromBase64(block.bytes) },
    dropThrough,
  };
}

function isNote(value: unknown): value is Note {
  if (typeof value !== 'object' || value === null) return false;
  const { savedAtMs, after, head, block, dropThrough } = value as Partial<
    Record<keyof Note, unknown>
  >;
  const areNumbers = Number.isFinite(savedAtMs) && Number.isSafeInteger(dropThrough);
  const isWhole = areNumbers && Array.isArray(after) && typeof head === 'string';
  return isWhole && (block === null || isBlock(block));
}

function isBlock(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { number, bytes } = value as { readonly number?: unknown; readonly bytes?: unknown };
  return Number.isSafeInteger(number) && typeof bytes === 'string';
}
