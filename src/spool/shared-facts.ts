/** What the streams of each candidate leave for each other, as far as it can outlive a process. */
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import { isKeepable } from '../ports/spool.ts';
import type { Keepable } from '../ports/spool.ts';

export class SharedFacts {
  readonly #kept = new Map<string, Keepable>();
  /** Of another life, and of candidates that were not dialled yet in this one. */
  readonly #saved: Map<string, unknown>;
  #throughSample = 0;
  #laterMs = 0;

  constructor(saved: Readonly<Record<string, unknown>>) {
    this.#saved = new Map(Object.entries(saved));
  }

  /** @param end of the audio that is known. @param laterMs between the two lives' clocks. */
  through(end: number, laterMs: number): void {
    this.#throughSample = end / BYTES_PER_SAMPLE;
    this.#laterMs = laterMs;
  }

  /** What another life saved of it names a session. */
  isKept(key: string): boolean {
    const saved = this.#saved.get(key);
    return typeof saved === 'object' && saved !== null && 'sid' in saved && saved.sid !== null;
  }

  /** @param isFit false: what was saved no longer fits the audio. */
  made(key: string, shared: object, isFit: boolean): void {
    if (!isKeepable(shared)) return;
    const saved = this.#saved.get(key);
    this.#saved.delete(key);
    this.#kept.set(key, shared);
    if (saved !== undefined && isFit) shared.load(saved, this.#throughSample, this.#laterMs);
  }

  save(): Readonly<Record<string, unknown>> {
    const kept = [...this.#kept].map(([key, shared]) => [key, shared.save(this.#laterMs)] as const);
    return Object.fromEntries([...this.#saved, ...kept]);
  }
}
