/** Seals what is to be stored as it comes, for whoever has no time to wait for that. */
import type { Commit, SealedCommit } from './commit.types.ts';

export class SealedAhead {
  readonly #next: () => Commit | null;
  #isOn = false;
  #ready: SealedCommit | null = null;
  #isSealing = false;
  /** Something came since what is sealed was made up. */
  #isBehind = false;
  #givenCount = 0;

  constructor(next: () => Commit | null) {
    this.#next = next;
  }

  start(): void {
    this.#isOn = true;
  }

  /** Not given to the storage. */
  get ready(): SealedCommit | null {
    return this.#ready;
  }

  /** What was sealed was made of what was stored before. */
  given(): void {
    this.#givenCount += 1;
    this.#ready = null;
  }

  /** Something came. @param may it be made up now? */
  async come(may: () => boolean): Promise<void> {
    this.#isBehind = true;
    if (!this.#isOn || this.#isSealing) return;
    this.#isSealing = true;
    try {
      while (this.#isBehind && may()) {
        this.#isBehind = false;
        const count = this.#givenCount;
        const commit = this.#next();
        const change = await commit?.change();
        if (commit === null || change === undefined || count !== this.#givenCount) continue;
        this.#ready = { ...commit, change: () => change };
      }
    } catch {
      // what cannot be sealed is told of when it is to be stored
    }
    this.#isSealing = false;
  }
}
