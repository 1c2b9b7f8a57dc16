/** A disk in memory that fails, fills up and forgets: what was not synced is gone, or torn, when the machine crashes. */
import type { Disk, DiskFile } from '../../../src/files/disk.node.ts';

interface Content {
  bytes: Buffer;
  synced: Buffer;
}

export type DiskCall = 'create' | 'open' | 'remove' | 'write' | 'sync' | 'truncate' | 'syncNames';

const NEVER = new Promise<never>(() => {});

export class FaultyDisk {
  readonly counts: Record<DiskCall, number> = {
    create: 0,
    open: 0,
    remove: 0,
    write: 0,
    sync: 0,
    truncate: 0,
    syncNames: 0,
  };
  /** No more than this fits on it. */
  capacityBytes = Infinity;
  /** A write takes no more than this at a time. */
  mostBytesAWrite = Infinity;
  openFiles = 0;
  #names = new Map<string, Content>();
  #syncedNames = new Map<string, Content>();
  #faults: { readonly call: DiskCall; readonly code: string }[] = [];
  #crashes = 0;
  #held: Promise<void> | null = null;

  get usedBytes(): number {
    let used = 0;
    for (const { bytes } of this.#names.values()) used += bytes.length;
    return used;
  }

  get files(): readonly string[] {
    return [...this.#names.keys()].sort();
  }

  contentOf(name: string): Buffer {
    return this.#names.get(name)!.bytes;
  }

  /** Everything on it. */
  get everything(): Buffer {
    return Buffer.concat([...this.#names.values()].map(({ bytes }) => bytes));
  }

  /** As bit rot does: nobody is told. */
  replace(name: string, bytes: Buffer): void {
    this.#names.set(name, { bytes: Buffer.from(bytes), synced: Buffer.from(bytes) });
    this.#syncedNames = new Map(this.#names);
  }

  failNext(call: DiskCall, code = 'EIO'): void {
    this.#faults.push({ call, code });
  }

  /** Syncs wait until the function that is returned is called. */
  holdSyncs(): () => void {
    let letGo = (): void => {};
    this.#held = new Promise((resolve) => (letGo = resolve));
    return () => {
      this.#held = null;
      letGo();
    };
  }

  /**
   * The machine stops: calls that are under way are never answered. `unsynced` makes of a file's synced bytes and of
   * those that were written what is found; by default the former.
   */
  crash(unsynced: (synced: Buffer, written: Buffer) => Buffer = (synced) => synced): void {
    this.#crashes += 1;
    this.openFiles = 0;
    this.#held = null;
    this.#faults = [];
    const left = [...this.#syncedNames].filter(([name]) => !name.startsWith('lock.'));
    this.#names = new Map(
      left.map(([name, { bytes, synced }]) => {
        const found = Buffer.from(unsynced(synced, bytes));
        return [name, { bytes: found, synced: Buffer.from(found) }];
      }),
    );
    this.#syncedNames = new Map(this.#names);
  }

  /** All faults are over, and all room is there. */
  heal(): void {
    this.capacityBytes = Infinity;
    this.mostBytesAWrite = Infinity;
    this.#faults = [];
  }

  removeFile(name: string): void {
    this.#names.delete(name);
    this.#syncedNames.delete(name);
  }

  /** As a process sees it; it ends with the next crash. */
  mount(): Disk {
    const life = this.#crashes;
    return {
      list: async () => this.files,
      create: (name) =>
        this.#call('create', life, () => {
          if (this.#names.has(name)) throw errorOf('EEXIST');
          const content = { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) };
          this.#names.set(name, content);
          return this.#fileOf(content);
        }),
      open: (name) =>
        this.#call('open', life, () => {
          const content = this.#names.get(name);
          if (content === undefined) throw errorOf('ENOENT');
          return this.#fileOf(content);
        }),
      remove: (name) =>
        this.#call('remove', life, () => {
          if (!this.#names.delete(name)) throw errorOf('ENOENT');
        }),
      syncNames: () =>
        this.#call('syncNames', life, () => {
          this.#syncedNames = new Map(this.#names);
        }),
    };
  }

  #fileOf(content: Content): DiskFile {
    const life = this.#crashes;
    this.openFiles += 1;
    return {
      size: async () => content.bytes.length,
      read: async (at, length) => Buffer.from(content.bytes.subarray(at, at + length)),
      write: (bytes, at) => this.#call('write', life, () => this.#write(content, bytes, at)),
      truncate: (length) =>
        this.#call('truncate', life, () => {
          content.bytes = Buffer.from(content.bytes.subarray(0, length));
        }),
      sync: async () => {
        await this.#held;
        await this.#call('sync', life, () => {
          content.synced = Buffer.from(content.bytes);
        });
      },
      close: async () => {
        if (life === this.#crashes) this.openFiles -= 1;
      },
    };
  }

  #write(content: Content, bytes: Uint8Array, at: number): number {
    const room = this.capacityBytes - this.usedBytes + content.bytes.length - at;
    const taken = Math.min(bytes.length, this.mostBytesAWrite, Math.max(0, room));
    if (taken === 0) throw errorOf('ENOSPC');
    const grown = Buffer.alloc(Math.max(content.bytes.length, at + taken));
    content.bytes.copy(grown);
    grown.set(bytes.subarray(0, taken), at);
    content.bytes = grown;
    return taken;
  }

  /** What it does it does at once, or not at all. */
  async #call<T>(call: DiskCall, life: number, effect: () => T): Promise<T> {
    await Promise.resolve();
    if (life !== this.#crashes) return NEVER;
    this.counts[call] += 1;
    const at = this.#faults.findIndex((fault) => fault.call === call);
    if (at !== -1) throw errorOf(this.#faults.splice(at, 1)[0]!.code);
    return effect();
  }
}

function errorOf(code: string): Error {
  return Object.assign(new Error(`${code}: as it was told to`), { code });
}
