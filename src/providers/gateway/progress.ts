/**
 * Whether what was sent gets into the log. A gateway whose store stands still answers pings as ever: the link lives, and carries
 * nothing. Looked at with each PONG, PING and ACK. PROTOCOL.md, P15.6
 */
import type { Failure } from '../../../machines/failure.ts';
import { NO_PROGRESS_DEGRADED_MS, NO_PROGRESS_REATTACH_MS } from '../../protocol/limits.ts';

const CODE = 'stalled';

export class Progress {
  #committed = -1;
  #sinceMs = 0;
  #isTold = false;

  /**
   * @param committed of `sent`, both as they are now.
   * @returns once that the link is degraded, which it survives; then that another gateway is to be tried.
   */
  look(sent: number, committed: number, nowMs: number): Failure | null {
    if (sent <= committed || committed !== this.#committed) {
      this.#committed = sent <= committed ? -1 : committed;
      this.#sinceMs = nowMs;
      this.#isTold = false;
      return null;
    }
    const standsForMs = nowMs - this.#sinceMs;
    if (standsForMs >= NO_PROGRESS_REATTACH_MS) {
      return { kind: 'transient', code: CODE, detail: saying(standsForMs) };
    }
    if (standsForMs < NO_PROGRESS_DEGRADED_MS || this.#isTold) return null;
    this.#isTold = true;
    return { kind: 'perRequest', code: CODE, detail: saying(standsForMs) };
  }
}

function saying(ms: number): string {
  return `for ${Math.floor(ms / 1_000)} s it lives and has kept nothing of what it was sent`;
}
