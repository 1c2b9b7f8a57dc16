/**
 * What is known of handles beyond one socket. A handle names one session, so that sessions which share a provider do not
 * get into each other's way.
 */
import { dropOldest } from '../../ports/capacity.ts';

const CAPACITY = 64;

/** With one handle; the second time it is given up. */
const INTERNAL_ERRORS = 2;

export class Handles {
  readonly #refused = new Set<string>();
  readonly #internalErrors = new Map<string, number>();

  /** The service did not know it: it is not presented again, whoever still has it. */
  refuse(handle: string): void {
    this.#refused.delete(handle);
    this.#refused.add(handle);
    dropOldest(this.#refused, CAPACITY);
  }

  isRefused(handle: string): boolean {
    return this.#refused.has(handle);
  }

  /** @returns whether it was one too many. */
  noteInternalError(handle: string): boolean {
    const count = (this.#internalErrors.get(handle) ?? 0) + 1;
    this.#internalErrors.delete(handle);
    this.#internalErrors.set(handle, count);
    dropOldest(this.#internalErrors, CAPACITY);
    return count >= INTERNAL_ERRORS;
  }
}
