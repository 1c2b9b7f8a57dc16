/** Which words of a spoken answer were heard: a service tells the text and the sound, and not which goes with which. */
interface Made {
  /** Sound that came, in milliseconds. */
  readonly ms: number;
  readonly chars: number;
}

const NOTHING: Made = { ms: 0, chars: 0 };

export class HeardText {
  readonly #made = new Map<string, Made>();

  made(id: string, ms: number): void {
    const before = this.#made.get(id) ?? NOTHING;
    this.#made.set(id, { ...before, ms: before.ms + ms });
  }

  /** So long its text is, or was before it was cut. */
  said(id: string, chars: number): void {
    const before = this.#made.get(id) ?? NOTHING;
    this.#made.set(id, { ...before, chars: Math.max(before.chars, chars) });
  }

  forget(id: string): void {
    this.#made.delete(id);
  }

  /**
   * The words of `text` that were spoken within the first `heardMs`, by their share of the sound; a word that was begun
   * does not count. All of it where nobody said what was played, or nothing was spoken. Asked again of what is left, it
   * takes nothing more away.
   */
  heardOf(id: string, text: string, heardMs: number | null): string {
    const { ms, chars } = this.#made.get(id) ?? NOTHING;
    if (heardMs === null || ms === 0 || heardMs >= ms) return text;
    const reached = Math.floor((Math.max(chars, text.length) * heardMs) / ms);
    if (reached >= text.length || /\s/.test(text.charAt(reached))) return text.slice(0, reached);
    const lastSpace = text.slice(0, reached).search(/\s\S*$/);
    return lastSpace < 0 ? '' : text.slice(0, lastSpace);
  }
}
