/**
 * Who is to blame that a gateway turned the client away, by how often it did so in a row. This is what the codes mean (PROTOCOL.md,
 * P16.1 and P16.3), and no decision: one 4400 tells of a frame, the third of the session, the sixth of the client itself. So it
 * stands with the claim, as the only one who knows which session they were of. The failure that is made of it has a kind, and the
 * connection chart decides by that whether and when it is dialled again; it also counts the attempts.
 */
import type { CloseMeaning } from '../../protocol/close-codes.ts';

type Bound = NonNullable<CloseMeaning['newSessionAfter']>;

export class Blame {
  #protocolErrorsAtMs: readonly number[] = [];
  #isSecondSession = false;
  #badTokens = 0;

  /** Something of ours was committed: what was before has nothing to do with what comes. */
  progressed(): void {
    this.#protocolErrorsAtMs = [];
    this.#isSecondSession = false;
  }

  /** The session was taken up again. */
  resumed(): void {
    this.#badTokens = 0;
  }

  /** Too many of them and the session itself is the trouble; as many in the next one, and it is the client (P16.3). */
  ofProtocolError(atMs: number, { count, withinMs }: Bound): 'frame' | 'session' | 'client' {
    const recent = this.#protocolErrorsAtMs.filter((each) => atMs - each < withinMs);
    this.#protocolErrorsAtMs = [...recent, atMs];
    if (this.#protocolErrorsAtMs.length < count) return 'frame';
    this.#protocolErrorsAtMs = [];
    if (this.#isSecondSession) return 'client';
    this.#isSecondSession = true;
    return 'session';
  }

  /** True from the second in a row on: somebody else uses the token, or the gateway loses its sessions. The user is told. */
  isOfOthers(): boolean {
    this.#badTokens += 1;
    return this.#badTokens > 1;
  }
}
