/**
 * What one provider's sockets know of each other.
 *
 * A socket may be lost after a clip was answered and before it was that clip's turn to be told. The next socket cuts the
 * same clip, and is given the answer instead of posting it again.
 */
import { dropOldest } from '../../ports/capacity.ts';

const MAX_ANSWERS = 16;

export class Remembered {
  readonly #answers = new Map<string, string>();
  /** The last post came to nothing: until one is answered, the service has not shown that it works. */
  isDoubted = false;

  get(key: string): string | null {
    return this.#answers.get(key) ?? null;
  }

  put(key: string, body: string): void {
    this.#answers.delete(key);
    this.#answers.set(key, body);
    dropOldest(this.#answers, MAX_ANSWERS);
  }

  /** It was told. */
  forget(key: string): void {
    this.#answers.delete(key);
  }
}
