/** Who served a session when, and what was missing: read from what it tells. */
import type { DegradedMode, Faculty, MoveReason } from '../../machines/orchestrator.types.ts';
import type { Durability } from '../ports/log-store.ts';
import type { SessionEvent, SessionEventOf, TranscriptEvent } from '../session/events.ts';

/** A stretch of the recording whose text comes from one provider. */
export interface ServedStretch {
  readonly provider: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface CandidateChange {
  /** How much had been captured when audio flowed again. */
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly reason: MoveReason;
  /** In real time. */
  readonly takeoverMs: number;
}

/** A stretch of the recording that was captured with less than was asked for. */
export interface DegradedStretch {
  readonly mode: DegradedMode;
  readonly missing: readonly Faculty[];
  readonly fromMs: number;
  /** Null where it lasted until the end. */
  readonly toMs: number | null;
  /** In real time. */
  readonly lastedMs: number | null;
}

/** What a gateway said of who serves behind it. */
export interface ServingBehind {
  /** How much had been captured when it was told. */
  readonly atMs: number;
  /** Null while nobody serves. */
  readonly provider: string | null;
  readonly mode: string | null;
  readonly missing: readonly Faculty[];
}

type SessionLost = Omit<SessionEventOf<'gateway.sessionLost'>, 'type'>;

export interface CourseReport {
  /** Empty where there is no gateway. */
  readonly behind: readonly ServingBehind[];
  readonly served: readonly ServedStretch[];
  readonly changes: readonly CandidateChange[];
  readonly degraded: readonly DegradedStretch[];
  /** What a gateway's acknowledgements survive, as it said last; null where there is no gateway. */
  readonly durability: Durability | null;
  /** What gateways lost. */
  readonly sessionsLost: readonly SessionLost[];
}

export class Course {
  readonly #served: ServedStretch[] = [];
  readonly #changes: CandidateChange[] = [];
  readonly #degraded: DegradedStretch[] = [];
  readonly #behind: ServingBehind[] = [];
  readonly #sessionsLost: SessionLost[] = [];
  #durability: Durability | null = null;
  #open: { readonly stretch: DegradedStretch; readonly sinceMs: number } | null = null;

  /**
   * @param capturedMs how much had been captured.
   * @param nowMs the moment, in real time.
   */
  note(event: SessionEvent, capturedMs: number, nowMs: number): void {
    switch (event.type) {
      case 'transcript':
        if (event.isFinal) this.#noteFinal(event);
        return;
      case 'candidate.changed': {
        const { from, to, reason, takeoverMs } = event;
        this.#changes.push({ atMs: capturedMs, from, to, reason, takeoverMs });
        return;
      }
      case 'gateway.serving': {
        const { provider, mode, missing } = event;
        const last = this.#behind.at(-1);
        if (last?.provider === provider && last.mode === mode) return; // told again, to a client that is back
        this.#behind.push({ atMs: capturedMs, provider, mode, missing });
        return;
      }
      case 'gateway.attached':
        this.#durability = event.durability;
        return;
      case 'gateway.sessionLost': {
        const { acknowledgedMs, resentFromMs, gapMs } = event;
        this.#sessionsLost.push({ acknowledgedMs, resentFromMs, gapMs });
        return;
      }
      case 'session.degraded': {
        this.#end(capturedMs, nowMs); // one mode may follow another
        const { mode, missing } = event;
        const stretch = { mode, missing, fromMs: capturedMs, toMs: null, lastedMs: null };
        this.#open = { stretch, sinceMs: nowMs };
        return;
      }
      case 'session.restored':
        this.#end(capturedMs, nowMs);
        return;
      default:
    }
  }

  report(): CourseReport {
    const open = this.#open === null ? [] : [this.#open.stretch];
    return {
      served: [...this.#served],
      changes: [...this.#changes],
      degraded: [...this.#degraded, ...open],
      behind: [...this.#behind],
      durability: this.#durability,
      sessionsLost: [...this.#sessionsLost],
    };
  }

  #noteFinal({ provider, startMs, endMs }: TranscriptEvent): void {
    const last = this.#served.at(-1);
    if (last?.provider !== provider) {
      this.#served.push({ provider, fromMs: startMs, toMs: endMs });
      return;
    }
    this.#served[this.#served.length - 1] = { ...last, toMs: Math.max(last.toMs, endMs) };
  }

  #end(capturedMs: number, nowMs: number): void {
    if (this.#open === null) return;
    const { stretch, sinceMs } = this.#open;
    this.#degraded.push({ ...stretch, toMs: capturedMs, lastedMs: nowMs - sinceMs });
    this.#open = null;
  }
}
