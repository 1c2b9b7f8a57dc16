/** Which attempts of an outage are worth a line: a gateway is dialled every half second, and nobody reads that. */
import type { SessionEvent, SessionEventOf } from '../session/events.ts';

type Component = SessionEventOf<'connection.reconnecting'>['component'];

/** The first of them are told, and then one each time that twice as long has passed. */
const FIRST = 3;
const MIN_QUIET_MS = 2_000;
const MAX_QUIET_MS = 30_000;

export class Attempts {
  /** By component: the parts of an agent break by themselves. */
  readonly #outages = new Map<Component, { readonly sinceMs: number; dueAtMs: number }>();

  /** @returns how long it has been since the first attempt of the outage; null: this one is not told. */
  note(event: SessionEvent, nowMs: number): number | null {
    switch (event.type) {
      case 'connection.reconnecting':
        return this.#attempted(event, nowMs);
      case 'connection.reconnected':
      case 'connection.failed':
        this.#outages.delete(event.component);
        return 0;
      case 'candidate.changed':
        this.#outages.clear(); // audio flows again
        return 0;
      default:
        return 0;
    }
  }

  /** Attempts count on over a link that stood for a moment: a number does not say that an outage begins. */
  #attempted(
    { attempt, component }: SessionEventOf<'connection.reconnecting'>,
    nowMs: number,
  ): number | null {
    const outage = this.#outages.get(component) ?? { sinceMs: nowMs, dueAtMs: nowMs };
    this.#outages.set(component, outage);
    if (attempt > FIRST && nowMs < outage.dueAtMs) return null;
    const passedMs = nowMs - outage.sinceMs;
    outage.dueAtMs = nowMs + Math.min(MAX_QUIET_MS, Math.max(MIN_QUIET_MS, passedMs));
    return passedMs;
  }
}
