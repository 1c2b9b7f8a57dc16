/** The calls of the newest answer that wait for a result, and those whose result no request has shown yet. */
import type { ConversationItem } from '../ports/conversation.ts';

export class Calls {
  readonly #open = new Set<string>();
  /** Their results came while an answer was under way. */
  readonly #unshown = new Set<string>();

  /** A result is waited for. */
  get areOpen(): boolean {
    return this.#open.size > 0;
  }

  /** For another answer no result of an earlier one is waited for. */
  forgetOpen(): void {
    this.#open.clear();
  }

  made(callId: string): void {
    this.#open.add(callId);
  }

  /** Its result is there; the request of the answer that is under way, if one is, does not show it. */
  answered(callId: string, { isReplying }: { readonly isReplying: boolean }): void {
    this.#open.delete(callId);
    if (isReplying) this.#unshown.add(callId);
  }

  /** The next request shows all that there is. */
  showAll(): void {
    this.#unshown.clear();
  }

  isShown(item: ConversationItem): boolean {
    return item.kind !== 'toolResult' || !this.#unshown.has(item.callId);
  }
}
