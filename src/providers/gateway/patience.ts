/** How often a gateway has turned the client away in a row: what is worth another try once is not for ever. */
import type { CloseMeaning } from '../../protocol/close-codes.ts';

type Bound = NonNullable<CloseMeaning['newSessionAfter']>;

export class Patience {
  #protocolErrorsAtMs: readonly number[] = [];
  #hasBegunAnew = false;
  #badTokens = 0;

  /** Something of ours was committed. */
  progressed(): void {
    this.#protocolErrorsAtMs = [];
    this.#hasBegunAnew = false;
  }

  /** The session was taken up again. */
  resumed(): void {
    this.#badTokens = 0;
  }

  /** Too many of them and the session itself may be the trouble; as many in the next one, and it is the client (P16.3). */
  protocolError(atMs: number, { count, withinMs }: Bound): 'again' | 'beginAnew' | 'giveUp' {
    const recent = this.#protocolErrorsAtMs.filter((each) => atMs - each < withinMs);
    this.#protocolErrorsAtMs = [...recent, atMs];
    if (this.#protocolErrorsAtMs.length < count) return 'again';
    this.#protocolErrorsAtMs = [];
    if (this.#hasBegunAnew) return 'giveUp';
    this.#hasBegunAnew = true;
    return 'beginAnew';
  }

  /** True from the second in a row on: somebody else uses the token, or the gateway loses its sessions. */
  badToken(): boolean {
    this.#badTokens += 1;
    return this.#badTokens > 1;
  }
}
