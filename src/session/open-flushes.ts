/** The flushes of a link that are not answered yet, oldest first: one answer settles one of them. */
const MAX_OPEN_FLUSHES = 16;
const NO_POSITIONS: readonly number[] = [];

export class OpenFlushes {
  #positions = NO_POSITIONS;
  #askedAtMs: number | null = null;

  /** When the newest was asked for; null where none is open. */
  get askedAtMs(): number | null {
    return this.#askedAtMs;
  }

  /** @param position where the stream stood. */
  asked(position: number, atMs: number): void {
    this.#askedAtMs = atMs;
    this.#positions = [...this.#positions, position].slice(-MAX_OPEN_FLUSHES);
  }

  /** The position up to which an answer settles, at the least. */
  answered(): number | null {
    const [position = null, ...others] = this.#positions;
    this.#positions = others;
    if (others.length === 0) this.#askedAtMs = null;
    return position;
  }
}
