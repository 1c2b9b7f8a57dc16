/**
 * A spool in a folder: files that are only ever appended to, each commit one write and one fdatasync. A file goes when nothing in
 * it is held any more. After a crash what was being written is cut off, and all before it is there.
 */
import { encodeEntry, scanFile } from './spool-file.node.ts';
import { corrupt, inUse, quotaExceeded } from './spool-errors.ts';
import type { Disk, DiskFile } from '../files/disk.node.ts';
import { synced, SyncFailure, writeWhole } from '../files/disk.node.ts';
import { lockDirectory } from '../files/lock.node.ts';
import { openNodeDisk } from '../files/node-disk.node.ts';
import type { SpoolBlock, SpoolChange, SpoolStorage, StoredSpool } from '../ports/spool.ts';

interface OpenFile {
  readonly number: number;
  readonly file: DiskFile;
  bytes: number;
  /** The newest block in it. */
  lastBlock: number;
}

const NAME = /^(\d{10})\.spool$/;
/** Then another file is begun, so that this one can go. */
const FILE_BYTES = 4 * 1_024 * 1_024;
const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export class FileSpoolStorage implements SpoolStorage {
  readonly #directory: string;
  readonly #name: string;
  readonly #openDisk: (directory: string) => Promise<Disk>;
  readonly #fileBytes: number;
  #disk: Disk | null = null;
  #unlock: (() => Promise<void>) | null = null;
  #files: OpenFile[] = [];
  #lastFile = 0;
  /** The newest file is not to be written to any more: nobody knows what it has of the last write. */
  #isDoubtful = false;

  /** @param directory of this spool alone. */
  constructor(
    directory: string,
    name: string,
    { openDisk = openNodeDisk, fileBytes = FILE_BYTES } = {},
  ) {
    this.#directory = directory;
    this.#name = name;
    this.#openDisk = openDisk;
    this.#fileBytes = fileBytes;
  }

  async open(isFresh: boolean): Promise<StoredSpool> {
    const disk = await this.#openDisk(this.#directory);
    this.#disk = disk;
    this.#unlock = await lockDirectory(disk, () => inUse(this.#name));
    if (isFresh) await this.clear();
    const numbers = (await disk.list())
      .map((name) => Number(NAME.exec(name)?.[1] ?? 0))
      .filter((number) => number > 0)
      .sort((one, other) => one - other);
    const changes: SpoolChange[] = [];
    for (const number of numbers) changes.push(...(await this.#read(disk, number)));
    this.#lastFile = numbers.at(-1) ?? 0;
    return storedBy(changes);
  }

  async commit(change: SpoolChange): Promise<void> {
    const file = await this.#writable();
    const bytes = encodeEntry(change);
    try {
      await writeWhole(file.file, bytes, file.bytes);
      await synced(file.file);
    } catch (error) {
      await this.#takeBack(file, error);
      throw isFull(error) ? quotaExceeded(error) : error;
    }
    file.bytes += bytes.length;
    file.lastBlock = Math.max(file.lastBlock, change.block?.number ?? 0);
    await this.#drop(change.dropThrough);
  }

  async clear(): Promise<void> {
    const files = this.#files;
    this.#files = [];
    for (const { file } of files) await file.close();
    const disk = this.#disk;
    if (disk === null) return;
    for (const name of await disk.list()) if (NAME.test(name)) await disk.remove(name);
    await disk.syncNames();
  }

  async close(): Promise<void> {
    for (const { file } of this.#files) await file.close().catch(() => undefined);
    this.#files = [];
    this.#disk = null;
    await this.#unlock?.();
    this.#unlock = null;
  }

  /** What was being written when its process ended is cut off. */
  async #read(disk: Disk, number: number): Promise<readonly SpoolChange[]> {
    const file = await disk.open(nameOf(number));
    const size = await file.size();
    const { entries, endsAt, isDamaged } = scanFile(await file.read(0, size));
    if (isDamaged) {
      await file.close();
      throw corrupt(this.#name, `${nameOf(number)} is not what was written at byte ${endsAt}`);
    }
    if (endsAt < size) {
      await file.truncate(endsAt);
      await synced(file);
    }
    const lastBlock = Math.max(0, ...entries.map(({ block }) => block?.number ?? 0));
    this.#files.push({ number, file, bytes: endsAt, lastBlock });
    return entries;
  }

  async #writable(): Promise<OpenFile> {
    const newest = this.#files.at(-1);
    const isGood = newest !== undefined && !this.#isDoubtful && newest.bytes < this.#fileBytes;
    if (isGood) return newest;
    const disk = this.#disk;
    if (disk === null) throw new Error('it is closed');
    const number = this.#lastFile + 1;
    this.#lastFile = number;
    try {
      const file = await disk.create(nameOf(number));
      const fresh = { number, file, bytes: 0, lastBlock: 0 };
      await disk.syncNames();
      this.#files.push(fresh);
      this.#isDoubtful = false;
      return fresh;
    } catch (error) {
      throw isFull(error) ? quotaExceeded(error) : error;
    }
  }

  /** Nobody may find half of it one day. No sync is asked for twice: after one that failed the next goes into a new file. */
  async #takeBack({ file, bytes }: OpenFile, error: unknown): Promise<void> {
    this.#isDoubtful = true;
    if (error instanceof SyncFailure) return;
    try {
      await file.truncate(bytes);
      await synced(file);
      this.#isDoubtful = false;
    } catch {
      // a new file, then
    }
  }

  /** The newest file has the newest head, and stays. */
  async #drop(through: number): Promise<void> {
    const newest = this.#files.at(-1);
    const gone = this.#files.filter((each) => each !== newest && each.lastBlock <= through);
    if (gone.length === 0) return;
    this.#files = this.#files.filter((each) => !gone.includes(each));
    for (const { file, number } of gone) {
      await file.close();
      await this.#disk?.remove(nameOf(number));
    }
  }
}

/** What is stored after all of them. Of a block that was written again the later one counts. */
function storedBy(changes: readonly SpoolChange[]): StoredSpool {
  const last = changes.at(-1);
  if (last === undefined) return { head: null, blocks: [] };
  const blocks = new Map<number, SpoolBlock>();
  for (const { block } of changes) if (block !== null) blocks.set(block.number, block);
  const held = [...blocks.values()].filter(({ number }) => number > last.dropThrough);
  return { head: last.head, blocks: held.sort((one, other) => one.number - other.number) };
}

function isFull(error: unknown): boolean {
  return FULL.has((error as { readonly code?: unknown } | null)?.code);
}

function nameOf(number: number): string {
  return `${String(number).padStart(10, '0')}.spool`;
}
