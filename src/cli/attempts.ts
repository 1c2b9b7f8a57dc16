/** Which attempts of an outage are worth a line: a gateway is dialled every half second, and nobody reads that. */
import type { SessionEventOf } from '../session/events.ts';

type Attempt = Pick<SessionEventOf<'connection.reconnecting'>, 'attempt' | 'component'>;

/** The first of them are told, and then one each time that twice as long has passed. */
const FIRST = 3;
const MIN_QUIET_MS = 2_000;
const MAX_QUIET_MS = 30_000;

export class Attempts {
  /** By component: the parts of an agent break by themselves. */
  readonly #outages = new Map<
    Attempt['component'],
    { readonly sinceMs: number; dueAtMs: number }
  >();

  /** @returns how long it has been since the first of them; null: this one is not told. */
  note({ attempt, component }: Attempt, nowMs: number): number | null {
    const before = attempt === 1 ? undefined : this.#outages.get(component);
    const outage = before ?? { sinceMs: nowMs, dueAtMs: nowMs };
    this.#outages.set(component, outage);
    if (attempt > FIRST && nowMs < outage.dueAtMs) return null;
    const passedMs = nowMs - outage.sinceMs;
    outage.dueAtMs = nowMs + Math.min(MAX_QUIET_MS, Math.max(MIN_QUIET_MS, passedMs));
    return passedMs;
  }
}
