/** What the network chart is told, what it remembers, and what it tells. */

/** One source's word. Sources are those that the platform has: `navigator`, `interfaces`, `netinfo`. */
export interface NetworkSignalled {
  readonly type: 'network.signalled';
  readonly source: string;
  readonly says: 'online' | 'offline' | 'changed';
  readonly atMs: number;
}

export type NetworkFact =
  | NetworkSignalled
  /** A byte came over the network: a proof, where all else is hearsay. */
  | { readonly type: 'traffic.seen'; readonly atMs: number }
  /** The machine slept: what stood before may not stand any more. */
  | { readonly type: 'machine.woke'; readonly atMs: number };

/** What is known of the network, told on each change. `atMs` is when it was believed. */
export type NetworkJudgement =
  | { readonly type: 'network.lost'; readonly atMs: number }
  | {
      readonly type: 'network.restored';
      readonly atMs: number;
      /** Whether attempts count anew. True at most once in 5 s, so that a flapping network earns no endless dials. */
      readonly resetsAttempts: boolean;
    }
  /** Another network, or the same after a sleep: links that stand should be asked whether they live. */
  | { readonly type: 'network.changed'; readonly atMs: number };

export interface NetworkContext {
  /** Who says offline, each once. */
  readonly offlineSources: readonly string[];
  /** When the newest of them said so. */
  readonly saidAtMs: number;
  /** When the running timer is due: the moment of what follows from it. */
  readonly dueAtMs: number;
  /** When a judgement last reset the attempts; null before the first. */
  readonly resetAtMs: number | null;
}
