/** How large a client's frames are just now: the largest of the newest 64 to 128. One large frame is soon forgotten. */

const RUN_FRAMES = 64;

export class UsualSize {
  #largestBytes: number;
  #largestBeforeBytes: number;
  #frames = 0;

  /** @param firstBytes until a frame was seen. */
  constructor(firstBytes: number) {
    this.#largestBytes = firstBytes;
    this.#largestBeforeBytes = firstBytes;
  }

  get bytes(): number {
    return Math.max(this.#largestBytes, this.#largestBeforeBytes);
  }

  add(bytes: number): void {
    if (this.#frames === RUN_FRAMES) {
      this.#largestBeforeBytes = this.#largestBytes;
      this.#largestBytes = 1;
      this.#frames = 0;
    }
    this.#frames += 1;
    this.#largestBytes = Math.max(this.#largestBytes, bytes);
  }
}
