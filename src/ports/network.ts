/** What a platform says about the network. Each source is hearsay: the network chart decides what to believe. */
export interface NetworkSignal {
  /** Who says it, such as `navigator`, `interfaces` or `netinfo`. Two that agree are believed at once. */
  readonly source: string;
  /** `changed`: another network than before. `woke`: the machine slept, or the application was put aside for a while. */
  readonly says: 'online' | 'offline' | 'changed' | 'woke';
}

export interface NetworkSignals {
  /**
   * Listens until the returned function is called. A source that knows the network to be gone says so at once; one
   * that knows nothing says nothing.
   */
  subscribe(listener: (signal: NetworkSignal) => void): () => void;
}
