/**
 * When a plan's time begins: with the first byte through any of the proxies that share it. A plan for several services
 * is one plan, and a service that nobody uses yet can be down already.
 */
export class FaultTimeline {
  readonly #listeners: (() => void)[] = [];
  #startedAtMs: number | null = null;

  /** By the proxies' clock; null until the first byte. */
  get startedAtMs(): number | null {
    return this.#startedAtMs;
  }

  start(atMs: number): void {
    if (this.#startedAtMs !== null) return;
    this.#startedAtMs = atMs;
    for (const listener of this.#listeners.splice(0)) listener();
  }

  /** Called once, when it starts; at once where it has. */
  onStart(listener: () => void): void {
    if (this.#startedAtMs === null) this.#listeners.push(listener);
    else listener();
  }
}
