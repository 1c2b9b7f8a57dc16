/** How applications of gateways fail, whichever they are: they throw, or nothing comes of what they hear. */
import { PlannedError } from './thrown.ts';

export class AppManners {
  /** So many faults have them throw on what they are handed. */
  throwing = 0;
  /** How often an application threw on what stands at a sample of a session, by both. */
  readonly #thrown = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  #stalls = 0;

  get isWell(): boolean {
    return this.#stalls === 0;
  }

  /** @throws Error while a fault has it so. */
  take(sessionId: string, position: number): void {
    if (this.throwing === 0) return;
    const item = `${sessionId}@${position}`;
    this.#thrown.set(item, this.timesThrown(sessionId, position) + 1);
    throw new PlannedError();
  }

  timesThrown(sessionId: string, position: number): number {
    return this.#thrown.get(`${sessionId}@${position}`) ?? 0;
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
