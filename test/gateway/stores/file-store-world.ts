import { FaultyDisk } from './faulty-disk.ts';
import { openFileStoreOn } from '../../../src/gateway/stores/file-store.ts';
import type { FileStoreOptions } from '../../../src/gateway/stores/file-store.ts';
import type { LogStore } from '../../../src/ports/log-store.ts';
import type { LogField, Logger } from '../../../src/ports/logger.ts';
import { silentLogger } from '../../../src/ports/logger.ts';
import { settle, VirtualClock } from '../../../src/testing/virtual-clock.ts';

export class StoreWorld {
  readonly disk = new FaultyDisk();
  readonly clock = new VirtualClock();
  readonly warnings: (Readonly<Record<string, LogField>> | undefined)[] = [];

  open(options: Partial<FileStoreOptions> = {}): Promise<LogStore> {
    const logger: Logger = { ...silentLogger, warn: (_, fields) => this.warnings.push(fields) };
    return openFileStoreOn(async () => this.disk.mount(), {
      directory: 'logs',
      clock: this.clock,
      wallClock: () => 1_000_000 + this.clock.nowMs(),
      logger,
      ...options,
    });
  }
}

/** Appends behind the tail. */
export async function append(store: LogStore, sid: string, text: string | Uint8Array, id = '') {
  const after = (await store.tail(sid))?.position ?? 0;
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return store.append(sid, bytes, {
    after,
    id: id === '' ? `${after} ${String(text).slice(0, 20)}` : id,
  });
}

export async function textsOf(store: LogStore, sid: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { bytes } of store.read(sid, 0)) texts.push(Buffer.from(bytes).toString());
  return texts;
}

export function worldOf() {
  const world = new StoreWorld();
  return { disk: world.disk, clock: world.clock, open: world.open.bind(world) };
}

/** What a timer began has come to its end: a disk in memory takes a few turns. */
export async function disksAreQuiet(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await settle();
}
