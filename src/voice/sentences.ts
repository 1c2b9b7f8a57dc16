/** Text that comes in pieces, cut into sentences as soon as each is complete. Nothing of the text is lost or changed. */

/** A speaker breathes: what has no end by then is cut between two words. */
const LONGEST_CHARS = 400;

/** Closing marks belong to the sentence. A full stop ends it before a space only: 3.14 is one number. */
const END = /[.!?…]+["'”’)\]]*\s+|[。！？]+["'”’）」]*\s*|\n+\s*/u;

export class SentenceCutter {
  #rest = '';

  /** @returns the sentences that this completes, each with the space behind it. */
  push(delta: string): readonly string[] {
    this.#rest += delta;
    const sentences: string[] = [];
    for (let end = this.#end(); end > 0; end = this.#end()) {
      sentences.push(this.#rest.slice(0, end));
      this.#rest = this.#rest.slice(end);
    }
    return sentences;
  }

  /** @returns what is left; null where nothing is. */
  finish(): string | null {
    const rest = this.#rest;
    this.#rest = '';
    return rest.trim() === '' ? null : rest;
  }

  #end(): number {
    const found = END.exec(this.#rest);
    if (found !== null && found.index <= LONGEST_CHARS) return found.index + found[0].length;
    if (this.#rest.length <= LONGEST_CHARS) return 0;
    const space = this.#rest.lastIndexOf(' ', LONGEST_CHARS);
    return space > 0 ? space + 1 : LONGEST_CHARS;
  }
}

/** Whether there is a word in it: a voice has nothing to say of the rest. */
export function isSpeakable(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
