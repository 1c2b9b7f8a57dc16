/** What `logStoreConformance` is told of a store, and what its cases share. */
import { mismatch } from './waiting.ts';
import type { AppendOutcome, LogRecord, LogStore } from '../../ports/log-store.ts';

/** @typeParam Place where a store's logs are: a directory, a stream, a prefix. */
export interface LogStoreScript<Place = unknown> {
  /** A new, empty place, for each case. */
  makePlace(this: void): Place | Promise<Place>;
  /** Opens the store of a place: the first time, and again after it was closed, or after `crash`. */
  open(this: void, place: Place): LogStore | Promise<LogStore>;
  /** Whether what was committed is there when the place is opened again. Default true. */
  readonly isDurable?: boolean;
  /**
   * Ends the store as the end of its process or machine does: what it had not committed may be lost, and nobody is answered
   * any more. Default: not tried.
   */
  crash?(this: void, place: Place, store: LogStore): void | Promise<void>;
  /** Makes the fate of the next append unknown, until the place is opened again. Default: not tried. */
  obscureNext?(this: void, place: Place, store: LogStore): void | Promise<void>;
  /** The longest record that is tried. Bytes; default 512 KiB. */
  readonly largestBytes?: number;
  /** The case is over, and its store is closed. */
  discard?(this: void, place: Place): void | Promise<void>;
}

/** A store in a case's hands. */
export interface StoreBench {
  readonly store: LogStore;
  readonly largestBytes: number;
  /** Closes the store, and opens it again. */
  reopen(): Promise<void>;
  crash(): Promise<void>;
  obscureNext(): Promise<void>;
}

/** Names, and what is done and held against the port. */
export type StoreCases = readonly (readonly [
  name: string,
  course: (bench: StoreBench) => Promise<void>,
])[];

export const MEND_STORE = 'Mend the store, or the script that opens it, whichever is wrong.';

export async function withBench<Place>(
  script: LogStoreScript<Place>,
  course: (bench: StoreBench) => Promise<void>,
): Promise<void> {
  const place = await script.makePlace();
  let store = await script.open(place);
  try {
    await course({
      get store() {
        return store;
      },
      largestBytes: script.largestBytes ?? 512 * 1_024,
      reopen: async () => {
        await store.close();
        store = await script.open(place);
      },
      crash: async () => {
        await script.crash?.(place, store);
        store = await script.open(place);
      },
      obscureNext: async () => script.obscureNext?.(place, store),
    });
  } finally {
    await store.close();
    await script.discard?.(place);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

export function textOf({ bytes }: LogRecord): string {
  return decoder.decode(bytes);
}

/** Appends one record after the other behind `after`, and returns where they stand. */
export async function appendAll(
  store: LogStore,
  sessionId: string,
  texts: readonly string[],
  after = 0,
): Promise<readonly number[]> {
  const positions: number[] = [];
  for (const text of texts) {
    const behind = positions.at(-1) ?? after;
    const outcome = await store.append(sessionId, bytesOf(text), { after: behind, id: text });
    positions.push(committedAt(outcome, `the append of ${text} behind its tail`));
  }
  return positions;
}

export function committedAt(outcome: AppendOutcome, what: string): number {
  if (outcome.kind === 'committed' && Number.isSafeInteger(outcome.position)) {
    return outcome.position;
  }
  throw mismatch(`${what} was answered ${told(outcome)}`, MEND_STORE);
}

export function expectConflict(outcome: AppendOutcome, tail: number, what: string): void {
  if (outcome.kind === 'conflict' && outcome.tail === tail) return;
  throw mismatch(
    `${what} was answered ${told(outcome)} instead of a conflict with ${tail}`,
    MEND_STORE,
  );
}

export async function readAll(
  store: LogStore,
  sessionId: string,
  after = 0,
): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const record of store.read(sessionId, after)) records.push(record);
  const isInOrder = records.every(
    ({ position }, index) => position > (records[index - 1]?.position ?? after),
  );
  if (isInOrder) return records;
  throw mismatch(
    `read gave the positions ${records.map(({ position }) => position).join(', ')} behind ${after}`,
    MEND_STORE,
  );
}

/** The log holds just these, and its tail is the last of them. */
export async function expectLog(
  store: LogStore,
  sessionId: string,
  texts: readonly string[],
): Promise<void> {
  const found = (await readAll(store, sessionId)).map(textOf);
  expectSame(found, texts, `the log ${sessionId}`);
  const tail = await store.tail(sessionId);
  const last = tail === null ? [] : [textOf(tail)];
  expectSame(last, texts.slice(-1), `the tail of ${sessionId}`);
}

export function expectSame(
  found: readonly (string | number)[],
  wanted: readonly (string | number)[],
  what: string,
): void {
  const isSame =
    found.length === wanted.length && found.every((value, index) => value === wanted[index]);
  if (isSame) return;
  throw mismatch(`of ${what} there is ${list(found)} instead of ${list(wanted)}`, MEND_STORE);
}

export function told(outcome: AppendOutcome): string {
  return JSON.stringify(outcome);
}

const SHOWN = 12;

function list(values: readonly (string | number)[]): string {
  const shown = values.slice(0, SHOWN).map((value) => String(value).slice(0, 40));
  const more = values.length > SHOWN ? `, and ${values.length - SHOWN} more` : '';
  return `[${shown.join(', ')}${more}]`;
}
