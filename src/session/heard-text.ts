/** Which words of a spoken answer were heard: a service tells the text and the sound, and not which goes with which. */
interface Made {
  /** Sound that came, in milliseconds. */
  readonly ms: number;
  readonly chars: number;
}

export class HeardText {
  readonly #made = new Map<string, Made>();

  made(id: string, ms: number): void {
    const before = this.#made.get(id);
    this.#made.set(id, { ms: (before?.ms ?? 0) + ms, chars: before?.chars ?? 0 });
  }

  said(id: string, chars: number): void {
    this.#made.set(id, { ms: this.#made.get(id)?.ms ?? 0, chars });
  }

  forget(id: string): void {
    this.#made.delete(id);
  }

  /**
   * The words of `text` that were spoken within the first `heardMs`, by their share of the sound; a word that was begun
   * does not count. All of it where nobody said what was played, or nothing was spoken.
   */
  heardOf(id: string, text: string, heardMs: number | null): string {
    const ms = this.#made.get(id)?.ms ?? 0;
    if (heardMs === null || ms === 0 || heardMs >= ms) return text;
    const reached = Math.floor((text.length * heardMs) / ms);
    if (/\s/.test(text.charAt(reached))) return text.slice(0, reached);
    const lastSpace = text.slice(0, reached).search(/\s\S*$/);
    return lastSpace < 0 ? '' : text.slice(0, lastSpace);
  }
}
