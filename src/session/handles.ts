/** What takes a candidate's session up again, and what that session knows of the conversation. */
import type { ConversationItem } from '../ports/conversation.ts';

interface Offered {
  readonly handle: string;
  /** Items that were there when it was offered. */
  readonly knownIds: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

export class Handles {
  readonly #newest = new Map<string, Offered>();

  handleOf(candidateKey: string): string | null {
    return this.#newest.get(candidateKey)?.handle ?? null;
  }

  /**
   * @param handle null: what was offered before is worth nothing now.
   * @param knownIds null: the session was not given the conversation yet, and knows what its predecessor knew.
   */
  offer(candidateKey: string, handle: string | null, knownIds: ReadonlySet<string> | null): void {
    if (handle === null) {
      this.#newest.delete(candidateKey);
      return;
    }
    const known = knownIds ?? this.#newest.get(candidateKey)?.knownIds ?? NOTHING;
    this.#newest.set(candidateKey, { handle, knownIds: known });
  }

  /** What the session of the newest handle was never told: it went on elsewhere, or was lost before the next handle. */
  newsFor(candidateKey: string, items: readonly ConversationItem[]): readonly ConversationItem[] {
    const known = this.#newest.get(candidateKey)?.knownIds ?? NOTHING;
    return items.filter(({ id }) => !known.has(id));
  }
}
