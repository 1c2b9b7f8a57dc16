/** Whether somebody waits for an answer: a new session is asked for the one that the old one owed, at most once. */
import type { ConversationItem } from '../ports/conversation.ts';

export class Debt {
  /** The item that waits for its answer, and the one of which it was asked again. */
  #ofId: string | null = null;
  #askedAgainId: string | null = null;
  /** What there was when the answer began that is being given: what came since is not answered by it. */
  #answeredThroughId: string | null = null;

  /** The item that waits for its answer; null where none does. */
  get ofId(): string | null {
    return this.#ofId;
  }

  /** What is owed was asked for a second time. */
  get wasAskedAgain(): boolean {
    return this.#ofId !== null && this.#ofId === this.#askedAgainId;
  }

  /** The result of one call is no question while another call of the same answer still runs. */
  isOwed(items: readonly ConversationItem[]): boolean {
    if (this.#ofId === null || this.wasAskedAgain) return false;
    const isResult = items.some(({ id, kind }) => id === this.#ofId && kind === 'toolResult');
    return (
      !isResult || !items.some((item) => item.kind === 'toolCall' && item.status === 'pending')
    );
  }

  owe(id: string): void {
    this.#ofId = id;
    this.#askedAgainId = null;
  }

  settle(): void {
    this.#ofId = null;
  }

  askedAgain(): void {
    this.#askedAgainId = this.#ofId;
  }

  answering(items: readonly ConversationItem[]): void {
    this.#answeredThroughId = items.at(-1)?.id ?? null;
  }

  /** A message that came while the answer was given waits for one of its own. */
  answered(items: readonly ConversationItem[]): void {
    const through = items.findIndex(({ id }) => id === this.#answeredThroughId);
    this.#answeredThroughId = null;
    const isLater = items.some(
      ({ id, kind }, at) => id === this.#ofId && kind === 'message' && at > through,
    );
    if (through < 0 || !isLater) this.#ofId = null;
  }

  /** An answer that was being given is not gone on with. */
  linkLost(): void {
    this.#answeredThroughId = null;
  }

  forget(id: string): void {
    if (id === this.#ofId) this.#ofId = null;
  }
}
