/** A hash of everything that happened, in order: 64 bits, by two lanes of FNV-1a with different beginnings. */
export class RollingHash {
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;

  add(line: string): void {
    let low = this.#low;
    let high = this.#high;
    for (let at = 0; at < line.length; at += 1) {
      const code = line.charCodeAt(at);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ (code + at), 0x01000193);
    }
    this.#low = low;
    this.#high = high;
  }

  toString(): string {
    return [this.#high, this.#low]
      .map((lane) => (lane >>> 0).toString(16).padStart(8, '0'))
      .join('');
  }
}
