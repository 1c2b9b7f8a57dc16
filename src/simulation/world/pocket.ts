/**
 * What a client's machine keeps when a process of it is gone: texts by their keys, beneath the spool's own storage of them.
 *
 * A write takes its time. Whoever is killed meanwhile leaves it done or not, as chance has it: so a commit, which is several, may be
 * torn between any two. What a commit has resolved for is stored, and known here chunk by chunk.
 */
import { stampOf } from './captured.ts';
import type { Report } from '../checks/report.ts';
import type { SimulatedProcess } from '../process.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SeededRandom } from '../../ports/random.ts';
import type { SpoolChange, SpoolStorage } from '../../ports/spool.ts';
import { decodeBlock } from '../../spool/block.ts';
import { KeyValueSpoolStorage } from '../../spool/key-value-storage.ts';
import type { KeyValueStore } from '../../spool/key-value-storage.ts';
import { quotaExceeded } from '../../spool/spool-errors.ts';

export interface PocketOptions {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly report: Report;
  /** How long a write takes. */
  readonly takesMs: readonly [least: number, most: number];
}

/** `full`: there is no room for more than there is. `broken`: nothing is written. */
export type PocketFault = 'full' | 'broken';

const NAME = 'voice';

export class Pocket {
  readonly #options: PocketOptions;
  #texts = new Map<string, string>();
  /** By the number of the block: the chunks in it. */
  #committed = new Map<number, readonly number[]>();
  /** What was asked for and is not done. */
  readonly #pending = new Set<() => void>();
  readonly #faults: PocketFault[] = [];
  /** Bytes that there are, for whoever finds it full. */
  #roomBytes = Infinity;

  constructor(options: PocketOptions) {
    this.#options = options;
  }

  /** The chunks that are stored: each commit that has them has resolved, and none that lets go of them. */
  get chunks(): readonly number[] {
    return [...this.#committed.values()].flat();
  }

  get isEmpty(): boolean {
    return this.#texts.size === 0;
  }

  /** Until what is returned is called. */
  fails(fault: PocketFault): () => void {
    this.#faults.push(fault);
    this.#roomBytes = Math.min(this.#roomBytes, this.#bytes);
    return () => {
      this.#faults.splice(this.#faults.indexOf(fault), 1);
      if (!this.#faults.includes('full')) this.#roomBytes = Infinity;
    };
  }

  /** As one process has it. */
  storageFor(process: SimulatedProcess): SpoolStorage {
    const inner = new KeyValueSpoolStorage(this.#storeFor(process), NAME);
    return {
      open: (isFresh) => inner.open(isFresh),
      commit: async (change) => {
        await inner.commit(change);
        this.#note(change);
      },
      clear: async () => {
        await inner.clear();
        this.#committed.clear();
      },
      close: () => inner.close(),
    };
  }

  /** The process that writes it is dead. */
  died(): void {
    const { random, report } = this.#options;
    for (const write of this.#pending) {
      const isDone = random.chance(0.5);
      report.sometimes(isDone ? 'a write outlived its process' : 'a write was lost');
      if (isDone) write();
    }
    this.#pending.clear();
  }

  /** Somebody clears what is stored. */
  wipe(): void {
    this.#texts = new Map();
    this.#committed = new Map();
  }

  get #bytes(): number {
    return [...this.#texts.values()].reduce((sum, text) => sum + text.length, 0);
  }

  #note({ block, dropThrough }: SpoolChange): void {
    const chunks = decodeBlock(block?.bytes ?? new Uint8Array(0)) ?? [];
    const stamped = chunks.flatMap(({ bytes }) => stampOf(bytes)?.chunk ?? []);
    if (block !== null) this.#committed.set(block.number, stamped);
    for (const number of this.#committed.keys()) {
      if (number <= dropThrough) this.#committed.delete(number);
    }
  }

  #storeFor(process: SimulatedProcess): KeyValueStore {
    return {
      getItem: (key) => this.#after(process, () => this.#texts.get(key) ?? null),
      setItem: (key, text) => this.#write(process, () => this.#set(key, text)),
      removeItem: (key) => this.#write(process, () => this.#texts.delete(key)),
    };
  }

  #set(key: string, text: string): void {
    if (this.#faults.includes('broken')) throw new Error('the storage is broken');
    const before = this.#texts.get(key)?.length ?? 0;
    if (text.length > before && this.#bytes - before + text.length > this.#roomBytes) {
      throw quotaExceeded(new Error('the storage is full'));
    }
    this.#texts.set(key, text);
  }

  #write(process: SimulatedProcess, work: () => unknown): Promise<unknown> {
    const done = (): unknown => {
      this.#pending.delete(died);
      return work();
    };
    const died = (): void => {
      try {
        work();
      } catch {
        // and there is nobody whom that could be told
      }
    };
    this.#pending.add(died);
    return this.#after(process, done);
  }

  #after<T>(process: SimulatedProcess, work: () => T): Promise<T> {
    const { clock, random, takesMs } = this.#options;
    const [least, most] = takesMs;
    return new Promise((resolve, reject) => {
      clock.setTimeout(
        () => {
          if (process.isDead) return; // what becomes of it was said when it died
          try {
            const result = work();
            process.run(() => resolve(result));
          } catch (error) {
            const failure = error instanceof Error ? error : new Error(String(error));
            process.run(() => reject(failure));
          }
        },
        least + random.unit() * (most - least),
      );
    });
  }
}
