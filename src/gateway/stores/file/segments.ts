/** The segment files, oldest first. The newest is written to; only the oldest is ever removed, so none is missing between. */
import { randomBytes } from 'node:crypto';

import { encodeHeader, HEADER_BYTES } from './entry.ts';
import { nameOf, segmentOf } from './segment.ts';
import type { Segment } from './segment.ts';
import { synced, SyncFailure, writeWhole } from '../../../files/disk.node.ts';
import type { Disk } from '../../../files/disk.node.ts';

export class Segments {
  readonly #disk: Disk;
  readonly #segmentBytes: number;
  readonly #all: Segment[];
  #isFull = false;

  /** @param all oldest first, without a hole. */
  constructor(disk: Disk, segmentBytes: number, all: readonly Segment[]) {
    this.#disk = disk;
    this.#segmentBytes = segmentBytes;
    this.#all = [...all];
  }

  get all(): readonly Segment[] {
    return this.#all;
  }

  get oldest(): Segment | undefined {
    return this.#all[0];
  }

  /** The one that is written to. */
  get newest(): Segment | undefined {
    return this.#all.at(-1);
  }

  /** Of what is on the disk more than half, and more than two files, is of no use to anybody. */
  get isWasteful(): boolean {
    let sizeBytes = 0;
    let liveBytes = 0;
    for (const segment of this.#all) {
      sizeBytes += segment.sizeBytes;
      liveBytes += segment.liveBytes;
    }
    return sizeBytes > 2 * (liveBytes + this.#segmentBytes);
  }

  /** The next write goes to a new file. */
  endNewest(): void {
    this.#isFull = true;
  }

  /** The file that the next write goes to: a new one where the newest is full. */
  async writable(firstPosition: number): Promise<Segment> {
    const { newest } = this;
    if (newest !== undefined && !this.#isFull && newest.sizeBytes < this.#segmentBytes) {
      return newest;
    }
    const segment = await this.#create((newest?.number ?? 0) + 1, firstPosition);
    this.#all.push(segment);
    this.#isFull = false;
    return segment;
  }

  async removeOldest(): Promise<void> {
    const oldest = this.#all[0];
    if (oldest === undefined) return;
    await this.#disk.remove(oldest.name);
    this.#all.shift();
    await oldest.file.close();
    await synced({ sync: () => this.#disk.syncNames() });
  }

  async close(): Promise<void> {
    for (const { file } of this.#all) await file.close().catch(() => undefined); // all of it is synced
  }

  async #create(number: number, firstPosition: number): Promise<Segment> {
    const name = nameOf(number);
    const mark = randomBytes(4).readUInt32LE();
    const file = await this.#disk.create(name);
    try {
      await writeWhole(file, encodeHeader({ mark, firstPosition }), 0);
      await synced(file);
      await synced({ sync: () => this.#disk.syncNames() });
    } catch (error) {
      await file.close().catch(() => undefined);
      if (!(error instanceof SyncFailure)) await this.#disk.remove(name); // or else it would be in the way
      throw error;
    }
    return segmentOf(number, mark, file, HEADER_BYTES);
  }
}
