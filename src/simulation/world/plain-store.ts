/** Stand-in until the simulated store is here. */
import { createMemoryStore } from '../../gateway/stores/memory-store.ts';
import type { AppendOptions, AppendOutcome, LogRecord, LogStore } from '../../ports/log-store.ts';
import type { SimulatedProcess } from '../process.ts';
import type { Clock } from '../../ports/clock.ts';
import type { House } from './house.ts';
import type { StoreFaults } from '../nemeses/nemesis.types.ts';

export class PlainStore implements StoreFaults {
  readonly log = createMemoryStore();
  constructor(
    readonly clock: Clock,
    readonly onAppended: (sid: string, bytes: Uint8Array, at: number, by: string) => void,
    readonly delayMs: () => number,
  ) {}
  viewOf(process: SimulatedProcess): LogStore {
    const { log, clock, delayMs } = this;
    const go = <T>(ask: () => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        clock.setTimeout(() => {
          ask().then(
            (answer) => clock.setTimeout(() => process.run(() => resolve(answer)), delayMs()),
            (error) => clock.setTimeout(() => process.run(() => reject(error)), delayMs()),
          );
        }, delayMs());
      });
    return {
      durability: 'replicated',
      tail: (id) => go(() => log.tail(id)),
      append: (id, record, options: AppendOptions): Promise<AppendOutcome> => {
        const copy = new Uint8Array(record);
        return go(async () => {
          const outcome = await log.append(id, copy, options);
          if (outcome.kind === 'committed')
            this.onAppended(id, copy, outcome.position, process.name);
          return outcome;
        });
      },
      read: async function* (id, after): AsyncIterable<LogRecord> {
        const all: LogRecord[] = [];
        for await (const record of log.read(id, after)) all.push(record);
        yield* await go(() => Promise.resolve(all));
      },
      purge: (id, through) => go(() => log.purge(id, through)),
      drop: (id) => go(() => log.drop(id)),
      close: () => Promise.resolve(),
    };
  }
  outage(): void {}
  slow(): void {}
  ambiguous(): void {}
  stale(): void {}
  full(): void {}
  loseTail(): boolean {
    return false;
  }
  atNextAppend(_house: House): () => void {
    return () => undefined;
  }
}
