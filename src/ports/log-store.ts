/**
 * Where the gateway keeps what it has acknowledged: one ordered log for each session.
 *
 * Safety rests on one thing: `append` is conditional. Who has read the tail and appends behind it owns the log; whoever
 * owned it before is refused from then on. Stores are held to this by `logStoreConformance` (tenuto/testing).
 */

/**
 * What a positive answer of `append` survives. `memory`: nothing. `fsync`: the end of the process and, where the disk
 * keeps its word, of the machine. `replicated`: the end of one machine, most of the time. `fsync-quorum`: the end of a
 * minority of machines.
 */
export type Durability = 'memory' | 'fsync' | 'replicated' | 'fsync-quorum';

export interface LogRecord {
  /** From 1; they increase, and need not be contiguous. */
  readonly position: number;
  /** Valid for good: the store does not use them again. */
  readonly bytes: Uint8Array;
}

export type AppendOutcome =
  | { readonly kind: 'committed'; readonly position: number }
  /** Somebody else wrote: `after` is not the tail. Nothing was written. */
  | { readonly kind: 'conflict'; readonly tail: number }
  /** It may have been written: append again with the same id, or read the tail. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** It was not written: the store is down or full. */
  | { readonly kind: 'unavailable'; readonly reason: string };

export interface AppendOptions {
  /** The position of the tail that the record is to follow; 0 for an empty log. */
  readonly after: number;
  /** The same id never commits twice: the second time the answer is where the first one stands. */
  readonly id: string;
  /** Whoever appends does not use the bytes again: a store that keeps them in memory need not copy them. Default false. */
  readonly isYielded?: boolean;
}

/** Rejects with a TenutoError only: STORE_UNAVAILABLE, STORE_CORRUPT. */
export interface LogStore {
  readonly durability: Durability;
  /** While one gateway has it open no other can: its sessions go on in the next one when this one has closed it. Default false. */
  readonly isExclusive?: boolean;
  /** A log that was not appended to for so long is let go of: twice a gateway's grace at least. Null, or left out: none is. */
  readonly maxAgeMs?: number | null;
  /** The newest record; null for an empty log. */
  tail(sessionId: string): Promise<LogRecord | null>;
  /**
   * One at a time for each log, but for one that was not answered within 5 s: that is taken for `unknown`, and asked for again
   * under its id. `record` may be used again once it has answered, unless it is yielded.
   */
  append(sessionId: string, record: Uint8Array, options: AppendOptions): Promise<AppendOutcome>;
  /** The records beyond `after`, in order. */
  read(sessionId: string, after: number): AsyncIterable<LogRecord>;
  /** Lets go of the records through `through`, but never of the tail. */
  purge(sessionId: string, through: number): Promise<void>;
  /** Lets go of the whole log: the session is over, or never began. */
  drop(sessionId: string): Promise<void>;
  /** Everything accepted is answered first. */
  close(): Promise<void>;
}
