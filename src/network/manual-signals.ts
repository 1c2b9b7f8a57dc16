/** What an application, a rehearsal or a test says of the network by hand; and several sources as one. */
import type { NetworkSignal, NetworkSignals } from '../ports/network.ts';

type Listener = (signal: NetworkSignal) => void;

export class ManualNetwork implements NetworkSignals {
  readonly #sources: readonly string[];
  readonly #listeners = new Set<Listener>();
  #isOffline = false;

  /** @param sources in whose names it speaks. Default one, `manual`; two agree, and are believed at once. */
  constructor(sources: readonly string[] = ['manual']) {
    this.#sources = sources;
  }

  /** A listener that comes while it is offline hears that at once. */
  subscribe(listener: Listener): () => void {
    const own: Listener = (signal) => {
      listener(signal);
    };
    this.#listeners.add(own);
    if (this.#isOffline) this.#tell('offline', [own]);

    return () => {
      this.#listeners.delete(own);
    };
  }

  offline(): void {
    this.#isOffline = true;
    this.#tell('offline');
  }

  online(): void {
    this.#isOffline = false;
    this.#tell('online');
  }

  /** Another network than before. */
  changed(): void {
    this.#tellOnce('changed');
  }

  /** The machine slept. */
  woke(): void {
    this.#tellOnce('woke');
  }

  #tell(says: NetworkSignal['says'], listeners = [...this.#listeners]): void {
    for (const source of this.#sources) {
      for (const listen of listeners) listen({ source, says });
    }
  }

  /** What happened, happened once, in whosever name it is told. */
  #tellOnce(says: NetworkSignal['says']): void {
    const [source = 'manual'] = this.#sources;
    for (const listen of [...this.#listeners]) listen({ source, says });
  }
}

/** Several sources as one. */
export function joinSignals(...parts: readonly NetworkSignals[]): NetworkSignals {
  return {
    subscribe(listener) {
      const stops = parts.map((part) => part.subscribe(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
