/** What must be true of one of the links of a client: how often it is dialled, and that trouble which is told of ends. */
import { DialBudget } from './dial-budget.ts';
import type { Report } from './told-audio.ts';
import type { SessionEvent, SessionEventOf } from '../../session/events.ts';

/** A session has but one; a voice agent has three. */
export type Part = 'hearing' | 'thinking' | 'speaking';

/** Where all is well, whoever has to move, since the time of its session is over, is there by then. */
const MOVES_WITHIN_MS = 10_000;
/** A connection that stood for so long was healthy: its attempts count anew. */
const STOOD_MS = 60_000;

export function partOf(event: SessionEvent): Part {
  if (event.type === 'candidate.changed') {
    return event.from.startsWith('deepgram-speak') ? 'speaking' : 'hearing';
  }
  if (!('component' in event)) return 'hearing';
  if (event.component === 'llm') return 'thinking';
  return event.component === 'tts' ? 'speaking' : 'hearing';
}

export class LinkChecks {
  readonly dials: DialBudget;
  readonly #part: Part;
  readonly #report: Report;
  #reconnectingSinceMs: number | null = null;
  /** The end that it is to follow was the service's own. */
  #isPlanned = false;
  /** A link was lost, or silent, since one was last told to stand again. */
  #isLost = false;
  #suspicions = 0;

  constructor(part: Part, report: Report) {
    this.#part = part;
    this.#report = report;
    this.dials = new DialBudget(report);
  }

  /** It goes on without it. */
  lost(): void {
    this.#isLost = true;
  }

  event(event: SessionEvent, atMs: number): void {
    switch (event.type) {
      case 'connection.reconnecting':
        this.#reconnecting(event, atMs);
        return;
      case 'connection.suspected':
        this.#suspicions += 1;
        return;
      case 'connection.reconnected':
        this.#reconnected();
        return;
      case 'connection.failed':
        this.#isLost = false;
        this.#reconnectingSinceMs = null;
        return;
      case 'candidate.changed':
        this.#reconnectingSinceMs = null; // another one carries: that ends it as well
        return;
      default:
    }
  }

  /** Once all is well: nothing may be on its way any more. */
  converged(status: string, atMs: number): void {
    const sinceMs = this.#reconnectingSinceMs;
    if (sinceMs !== null) {
      if (this.#isPlanned && atMs - sinceMs < MOVES_WITHIN_MS) return;
      this.#report('I17', `reconnecting since ${sinceMs} ms, still at ${atMs} ms`);
    }
    if (status !== 'active' && status !== 'connected') {
      this.#report('I10', `all has been well for a while, and ${this.#name} is ${status}`);
    }
  }

  get #name(): string {
    return this.#part === 'hearing' ? 'the session' : this.#part;
  }

  /** A link that was silent is followed by another one while the outage before it is still being made good. */
  #reconnected(): void {
    if (this.#isLost) this.#isLost = false;
    else if (this.#suspicions > 0) this.#suspicions -= 1;
    else this.#report('I17', 'reconnected, though no trouble was told of');
    this.#reconnectingSinceMs = null;
  }

  #reconnecting(
    { attempt, maxAttempts, persistsForMs, cause }: SessionEventOf<'connection.reconnecting'>,
    atMs: number,
  ): void {
    this.#reconnectingSinceMs ??= atMs;
    this.#isPlanned = cause.kind === 'planned';
    const stoodMs = this.#isLost ? 0 : atMs - this.dials.lastAtMs;
    this.#isLost = true;
    if (attempt > 1 && stoodMs >= STOOD_MS) {
      this.#report('I12', `attempt ${attempt}, and the last dial was ${stoodMs} ms ago`);
    }
    if (attempt > maxAttempts && persistsForMs <= 0) {
      this.#report('I12', `attempt ${attempt} of ${maxAttempts}`);
    }
  }
}
