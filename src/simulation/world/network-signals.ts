/** What a client's platform says about its network: hearsay, as in life. */
import type { NetworkSignal, NetworkSignals } from '../../ports/network.ts';

export class SimulatedSignals implements NetworkSignals {
  readonly #listeners = new Set<(signal: NetworkSignal) => void>();

  subscribe(listener: (signal: NetworkSignal) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  say(says: NetworkSignal['says']): void {
    for (const listener of this.#listeners) listener({ source: 'navigator', says });
  }
}
