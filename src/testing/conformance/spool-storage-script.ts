/** What the cases of a `SpoolStorage` are made of: places, whole commits, and what must be found. */
import type { SpoolChange, SpoolStorage, StoredSpool } from '../../ports/spool.ts';
import { TenutoError } from '../../ports/errors.ts';
import { mismatch } from './waiting.ts';

export interface SpoolStorageScript<Place> {
  /** One of its own for each case, with nothing in it. */
  makePlace(): Place | Promise<Place>;
  /** A storage of that place, not open yet: another one each time. */
  make(place: Place): SpoolStorage;
  /** The place as another process finds it, where this one ends now. Left out: it is never ended without being closed. */
  crash?(place: Place, storage: SpoolStorage): Place | Promise<Place>;
  /** From now on there is no room for another block of 1,024 bytes, or there is again. Left out: there always is. */
  fill?(place: Place, isFull: boolean): void | Promise<void>;
  /** After the case. */
  discard?(place: Place): void | Promise<void>;
}

/** What one case works on. */
export interface SpoolBench {
  open(isFresh?: boolean): Promise<StoredSpool>;
  /** The newest that was opened. */
  readonly storage: SpoolStorage;
  /** Another one of the same place, which nobody has opened. */
  another(): SpoolStorage;
  /** Closes it and opens another, as the next process would. */
  reopen(isFresh?: boolean): Promise<StoredSpool>;
  /** As `reopen`, without the closing. */
  crash(): Promise<StoredSpool>;
  fill(isFull: boolean): Promise<void>;
}

export type SpoolCases = readonly (readonly [
  name: string,
  course: (bench: SpoolBench) => Promise<void>,
])[];

const MEND = 'Mend the storage: what a session has of it after a reload rests on this.';

export async function withSpoolBench<Place>(
  script: SpoolStorageScript<Place>,
  course: (bench: SpoolBench) => Promise<void>,
): Promise<void> {
  let place = await script.makePlace();
  let storage = script.make(place);
  const open = (isFresh = false): Promise<StoredSpool> => {
    storage = script.make(place);
    return storage.open(isFresh);
  };
  try {
    await course({
      open,
      get storage() {
        return storage;
      },
      another: () => script.make(place),
      reopen: async (isFresh) => {
        await storage.close();
        return open(isFresh);
      },
      crash: async () => {
        place = (await script.crash?.(place, storage)) ?? place;
        return open();
      },
      fill: async (isFull) => script.fill?.(place, isFull),
    });
  } finally {
    await storage.close();
    await script.discard?.(place);
  }
}

/** Its head says which block is its newest. */
export function changeOf(number: number, dropThrough = 0, length = 3): SpoolChange {
  return {
    head: Uint8Array.of(number, 255, 0, length & 0xff),
    block: { number, bytes: blockOf(number, length) },
    dropThrough,
  };
}

/** Every byte that there is, from one on that tells the blocks apart. */
export function blockOf(number: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (number + at) & 0xff);
}

export async function commitAll(
  storage: SpoolStorage,
  numbers: readonly number[],
  dropThrough = 0,
): Promise<void> {
  for (const number of numbers) await storage.commit(changeOf(number, dropThrough));
}

export function expectStored(
  { head, blocks }: StoredSpool,
  newest: number | null,
  numbers: readonly number[],
  when: string,
): void {
  const isHead = newest === null ? head === null : head?.[0] === newest;
  const found = blocks.map(({ number }) => number).join();
  if (isHead && found === numbers.join()) return;
  const had = `the head ${head?.[0] ?? 'of nothing'} and the blocks [${found}]`;
  throw mismatch(
    `${when} there were ${had}, not ${newest ?? 'nothing'} and [${numbers.join()}]`,
    MEND,
  );
}

export function expectBytes(found: Uint8Array | undefined, wanted: Uint8Array, what: string): void {
  const isSame = found?.length === wanted.length && wanted.every((byte, at) => byte === found[at]);
  if (!isSame) throw mismatch(`${what} came back with other bytes, or another length`, MEND);
}

export async function expectRefusal(
  asked: Promise<unknown>,
  code: TenutoError['code'] | null,
  what: string,
): Promise<void> {
  const error = await asked.then(
    () => null,
    (thrown: unknown) => ({ thrown }),
  );
  if (error === null) throw mismatch(`${what} was not refused`, MEND);
  if (code === null || (TenutoError.is(error.thrown) && error.thrown.code === code)) return;
  throw mismatch(`${what} was refused as ${String(error.thrown)}, not as ${code}`, MEND);
}
