/** How applications of gateways fail, whichever they are: they throw, or nothing comes of what they hear. */
export class AppManners {
  /** So many faults have them throw on what they are handed. */
  throwing = 0;
  readonly #waiting = new Set<() => void>();
  #stalls = 0;

  get isWell(): boolean {
    return this.#stalls === 0;
  }

  /** One more fault has nothing come of anything, or one less. */
  stall(by: 1 | -1): void {
    this.#stalls += by;
    if (this.#stalls > 0) return;
    for (const go of this.#waiting) go();
    this.#waiting.clear();
  }

  /** Does it now, or when nothing stalls. */
  whenWell(work: () => void): void {
    if (this.isWell) work();
    else this.#waiting.add(work);
  }
}
