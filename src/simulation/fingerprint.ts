/** What a run came to, as one number: two runs that are the same have the same. FNV-1a, 32 bits of each of two lanes. */

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;
const OTHER_PRIME = 0x85ebca6b;

export class Fingerprint {
  #one = OFFSET;
  #other = OFFSET ^ PRIME;

  number(value: number): void {
    this.#mix(value | 0);
    this.#mix(Math.round((value % 1) * 1_000_000) | 0);
  }

  text(value: string): void {
    for (let at = 0; at < value.length; at += 1) this.#mix(value.charCodeAt(at));
  }

  get hex(): string {
    const hex = (half: number): string => (half >>> 0).toString(16).padStart(8, '0');
    return `${hex(this.#one)}${hex(this.#other)}`;
  }

  #mix(word: number): void {
    this.#one = Math.imul(this.#one ^ word, PRIME);
    this.#other = Math.imul(this.#other ^ word, OTHER_PRIME);
    this.#other ^= this.#other >>> 13;
  }
}
