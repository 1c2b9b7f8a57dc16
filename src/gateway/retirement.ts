/** What becomes of the logs of sessions that have ended, as their leases order it. */
import type { Lease } from './lease.ts';
import type { LeaseOrder } from '../../machines/lease.types.ts';
import type { LogStore } from '../ports/log-store.ts';

export class Retirement {
  readonly #store: LogStore;
  /** Of sessions that are over, and still told to be so. */
  readonly #ended = new Map<string, Lease>();

  constructor(store: LogStore) {
    this.#store = store;
  }

  /** What the store cannot do now its own age limit does. */
  obey(sessionId: string, lease: Lease, { type }: LeaseOrder): void {
    if (type === 'log.purge') {
      this.#ended.set(sessionId, lease);
      this.#store.purge(sessionId, Number.MAX_SAFE_INTEGER).catch(() => undefined);
    } else if (type === 'log.drop') {
      this.#ended.delete(sessionId);
      this.#store.drop(sessionId).catch(() => undefined);
    }
  }

  sweep(): void {
    for (const lease of this.#ended.values()) lease.look();
  }
}
