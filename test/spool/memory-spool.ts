/** Storage in memory that outlives whoever writes it; it is slow, fails and is killed as a test says. */
import { quotaExceeded } from '../../src/spool/spool-errors.ts';
import type { SpoolBlock, SpoolChange, SpoolStorage, StoredSpool } from '../../src/ports/spool.ts';

export class MemorySpool implements SpoolStorage {
  #head: Uint8Array | null = null;
  #blocks: readonly SpoolBlock[] = [];
  commits = 0;
  /** What the next commits come to; null: they are stored. */
  failure: 'quota' | 'broken' | null = null;
  /** Bytes of blocks that there is room for. */
  roomBytes = Infinity;
  /** Waits before it stores anything. */
  wait: () => Promise<void> = () => Promise.resolve();
  #life = 0;

  /** Whoever writes it now is gone: what they had not stored never is. */
  kill(): void {
    this.#life += 1;
  }

  get blocks(): readonly SpoolBlock[] {
    return this.#blocks;
  }

  get head(): Uint8Array | null {
    return this.#head;
  }

  /** All that is stored, for whoever looks for something in it. */
  get bytes(): Uint8Array {
    return Buffer.concat([
      this.#head ?? [],
      ...this.#blocks.map(({ bytes }) => bytes),
    ] as Uint8Array[]);
  }

  open(isFresh = false): Promise<StoredSpool> {
    if (isFresh) void this.clear();
    return Promise.resolve({ head: this.#head, blocks: this.#blocks });
  }

  async commit({ head, block, dropThrough }: SpoolChange): Promise<void> {
    const life = this.#life;
    await this.wait();
    if (this.failure === 'broken') throw new Error('the storage is broken');
    const kept = this.#blocks.filter(
      ({ number }) => number > dropThrough && number !== block?.number,
    );
    const blocks = block === null ? kept : [...kept, { ...block, bytes: block.bytes.slice() }];
    const bytes = blocks.reduce((sum, each) => sum + each.bytes.length, 0);
    const isFull = this.failure === 'quota' && block !== null;
    if (isFull || bytes > this.roomBytes) throw quotaExceeded(new Error('full'));
    if (life !== this.#life) return new Promise(() => undefined);
    this.#head = head.slice();
    this.#blocks = blocks;
    this.commits += 1;
    return undefined;
  }

  clear(): Promise<void> {
    this.#head = null;
    this.#blocks = [];
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
