/**
 * Whether what was sent gets into the log. A gateway whose store stands still answers pings as ever: the link lives, and carries
 * nothing. Looked at with each PONG, PING and ACK. It measures; what follows of it, the connection chart decides. PROTOCOL.md, P15.6
 */

/** A shorter one is the time that a commit takes. */
const TOLD_AFTER_MS = 1_000;

export interface Standstill {
  /** Tells one standstill from another. */
  readonly sinceMs: number;
  readonly forMs: number;
}

export class Progress {
  #committed = -1;
  #sinceMs = 0;

  /**
   * @param committed of `sent`, both as they are now.
   * @returns null where nothing is in flight, or something was committed a moment ago.
   */
  look(sent: number, committed: number, nowMs: number): Standstill | null {
    if (sent <= committed || committed !== this.#committed) {
      this.#committed = sent <= committed ? -1 : committed;
      this.#sinceMs = nowMs;
      return null;
    }
    const forMs = nowMs - this.#sinceMs;
    return forMs < TOLD_AFTER_MS ? null : { sinceMs: this.#sinceMs, forMs };
  }
}
