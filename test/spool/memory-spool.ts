/** Storage in memory that outlives whoever writes it; it is slow, fails and is killed as a test says. */
import { inUse, quotaExceeded } from '../../src/spool/spool-errors.ts';
import { SpoolVanished } from '../../src/ports/spool.ts';
import type { SpoolBlock, SpoolChange, SpoolStorage, StoredSpool } from '../../src/ports/spool.ts';

export class MemorySpool implements SpoolStorage {
  #head: Uint8Array | null = null;
  #blocks: readonly SpoolBlock[] = [];
  commits = 0;
  closes = 0;
  /** What the next commits come to; null: they are stored. */
  failure: 'quota' | 'broken' | 'wordless' | null = null;
  /** The browser has ended the connection, and all that was stored is gone. */
  #hasVanished = false;
  /** Bytes of blocks that there is room for. */
  roomBytes = Infinity;
  /** Waits before it stores anything. */
  wait: () => Promise<void> = () => Promise.resolve();
  #life = 0;
  #isTaken = false;

  /** Whoever writes it now is gone: what they had not stored never is. */
  kill(): void {
    this.#life += 1;
    this.#isTaken = false;
  }

  /** A storage of this place. */
  handle(): SpoolStorage {
    let isMine = false;
    return {
      open: async (isFresh) => {
        if (this.#isTaken) throw inUse('memory');
        isMine = this.#isTaken = true;
        return this.open(isFresh);
      },
      commit: (change) =>
        isMine ? this.commit(change) : Promise.reject(new Error('it is closed')),
      clear: () => this.clear(),
      close: async () => {
        if (isMine) this.#isTaken = false;
        isMine = false;
      },
    };
  }

  setHead(head: Uint8Array): void {
    this.#head = head;
  }

  vanish(): void {
    this.#hasVanished = true;
    void this.clear();
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
    if (this.failure === 'wordless' && block !== null) throw new Error('it did not work');
    if (this.#hasVanished) {
      this.#hasVanished = false;
      throw new SpoolVanished();
    }
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
    this.closes += 1;
    return Promise.resolve();
  }
}
