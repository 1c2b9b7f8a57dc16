/** What keeps captured audio beyond the life of a process asks of whatever stores it, and what else is kept beside the audio. */

export interface SpoolBlock {
  /** Grows by one, and is given once. */
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** One group commit: all of it is stored, or nothing. */
export interface SpoolChange {
  /** Takes the place of the one before: what was known of the session with this block. */
  readonly head: Uint8Array;
  /** Follows all before it; null: only the rest changes. */
  readonly block: SpoolBlock | null;
  /** Blocks through this number are let go of. */
  readonly dropThrough: number;
}

/** What was stored is gone, and the place can be written to again. All that is still held is stored anew. */
export class SpoolVanished extends Error {}

export interface StoredSpool {
  /** Null where there is nothing. */
  readonly head: Uint8Array | null;
  /** In order. */
  readonly blocks: readonly SpoolBlock[];
}

/**
 * A place for one spool, and for one owner at a time. Bytes are opaque, and may be used again once a promise has settled. Whatever
 * is rejected with is told as SPOOL_UNAVAILABLE, unless it is a TenutoError.
 */
export interface SpoolStorage {
  /**
   * Takes the place, and gives what was stored: after a crash as the last commit that was whole left it.
   *
   * @param isFresh what was stored is thrown away, unread.
   * @throws TenutoError SPOOL_IN_USE, SPOOL_CORRUPT.
   */
  open(isFresh: boolean): Promise<StoredSpool>;
  /**
   * One at a time. What it was asked to store outlives the process once it resolves.
   *
   * @throws TenutoError SPOOL_QUOTA_EXCEEDED where there is no room: then nothing has changed.
   * @throws SpoolVanished
   */
  commit(change: SpoolChange): Promise<void>;
  /** Nothing is stored any more; the place stays taken. */
  clear(): Promise<void>;
  /** Lets go of the place; where nothing is stored, nothing need be left of it. */
  close(): Promise<void>;
}

/** Makes what is stored unreadable for who has not the key. */
export interface SpoolCipher {
  /** @param place is bound to it: what was sealed for one place cannot be opened at another. */
  seal(bytes: Uint8Array, place: string): Promise<Uint8Array>;
  /** Null for what was not sealed with this key, or at another place. */
  open(sealed: Uint8Array, place: string): Promise<Uint8Array | null>;
}

/** What else has to outlive the process: what a service's streams leave for each other. */
export interface Keepable {
  /** As JSON has it; with a `sid` that is not null where the service keeps a session. @param laterMs as `load` was given it: what is saved is told by that clock. */
  save(laterMs: number): unknown;
  /**
   * @param saved what `save` gave in another life.
   * @param throughSample captured audio is known through here: of what was sent beyond it nothing is.
   * @param laterMs add this to a time of that life's clock for one of this life's.
   * @throws TenutoError SPOOL_CORRUPT where it did not.
   */
  load(saved: unknown, throughSample: number, laterMs: number): void;
}

export function isKeepable(value: object): value is Keepable {
  return 'save' in value && 'load' in value;
}

/** What another life left. */
export interface SpoolRemains {
  /** When it was written last, by the wall clock. */
  readonly savedAtMs: number;
  /** Of audio, that no result covers as far as is known here. */
  readonly heldMs: number;
  /** Captured as well, and nowhere any more but perhaps where it was sent: there was no room, or too much at once. */
  readonly lostMs: number;
  /** It was older than `maxAgeMs`, and thrown away. */
  readonly isDropped: boolean;
}

/** What another life left of messages. */
export interface MessageRemains {
  /** When it was written last, by the wall clock. */
  readonly savedAtMs: number;
  /** Not acknowledged as far as is known here. */
  readonly messages: number;
  readonly bytes: number;
  /** Messages that were taken until then, in all lives. */
  readonly taken: number;
  /** It was older than `maxAgeMs`, and thrown away. */
  readonly isDropped: boolean;
}

/** An open spool, for one socket: `new ResumableWebSocket(url, { spool })`. Its `close` closes it. */
export interface MessageSpool {
  /** Null where there was nothing. */
  readonly remains: MessageRemains | null;
  /** Resolves when what was sent so far is stored. False where that failed; it is tried again. */
  flush(): Promise<boolean>;
  /** Throws away what it holds, and closes it: only where no socket was given it. @throws TenutoError SPOOL_IN_USE */
  discard(): Promise<void>;
  /** Lets go of it where no socket was given it; what it holds stays. Resolves when it is closed; at once where its socket is not. */
  close(): Promise<void>;
}

/** An open spool, for one session: `createSession({ spool })`. That closes it. */
export interface Spool {
  /** Of audio, at the most. */
  readonly capacityBytes: number;
  /** Null where there was nothing. */
  readonly remains: SpoolRemains | null;
  /** Resolves when what was captured so far is stored. False where that failed; it is tried again. */
  flush(): Promise<boolean>;
  /** Throws away what it holds, and closes it: only where no session was given it. @throws TenutoError SPOOL_IN_USE */
  discard(): Promise<void>;
  /** Lets go of it where no session was given it; what it holds stays. */
  close(): Promise<void>;
}
