/** Where everything of a run comes together: what was violated, what came about, and the trace. */
import { clipped } from '../clipped.ts';
import { Fingerprint } from '../fingerprint.ts';
import type { InvariantId, TraceEntry, Violation } from '../simulation.types.ts';
import type { Clock } from '../../ports/clock.ts';

/** What a run that goes wild may fill. */
const MAX_TRACE = 200_000;
/** Of a line of it: what applications say may be long. */
const MOST_CHARS = 500;

/** So long after a fault is over something may still come of it. */
const ECHO_MS = 60_000;

/** A fault that found something to hit. */
interface Blow {
  readonly kind: string;
  /** The number of the client or gateway that it is on. Null: it is on all. */
  readonly on: number | null;
  untilMs: number;
}

export class Report {
  readonly fingerprint = new Fingerprint();
  readonly fired: Record<string, number> = {};
  readonly happened: Record<string, number> = {};
  readonly #blows: Blow[] = [];
  readonly trace: TraceEntry[] = [];
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #isTraced: boolean;
  readonly #beganAtMs: number;
  readonly #violations = new Map<InvariantId, Violation>();

  constructor(clock: Pick<Clock, 'nowMs'>, isTraced: boolean) {
    this.#clock = clock;
    this.#beganAtMs = clock.nowMs();
    this.#isTraced = isTraced;
  }

  /** The first of each. */
  get violations(): readonly Violation[] {
    return [...this.#violations.values()];
  }

  violated(invariant: InvariantId, message: string): void {
    if (this.#violations.has(invariant)) return;
    const atMs = this.#clock.nowMs() - this.#beganAtMs;
    this.#violations.set(invariant, { invariant, atMs, message });
    this.tell('checker', `${invariant}: ${message}`);
  }

  /** Something that must come about now and then, or else it is not tried. */
  sometimes(what: string): void {
    this.happened[what] = (this.happened[what] ?? 0) + 1;
  }

  /** A fault found something to hit. Returns what says that it is over, which one that is not said to be never is. */
  struck(kind: string, on: number | null = null): () => void {
    this.fired[kind] = (this.fired[kind] ?? 0) + 1;
    const blow = { kind, on, untilMs: Infinity };
    this.#blows.push(blow);
    return () => {
      blow.untilMs = this.#clock.nowMs();
    };
  }

  /**
   * Whether something may come now of such a fault.
   *
   * @param on who it would have to be on, or all. Default: anybody.
   * @param echoMs for so long after it.
   */
  isUnder(isSuch: (kind: string) => boolean, on: number | null = null, echoMs = ECHO_MS): boolean {
    const sinceMs = this.#clock.nowMs() - echoMs;
    return this.#blows.some(
      (blow) =>
        blow.untilMs >= sinceMs &&
        (on === null || blow.on === null || blow.on === on) &&
        isSuch(blow.kind),
    );
  }

  get nowMs(): number {
    return this.#clock.nowMs();
  }

  get isTraced(): boolean {
    return this.#isTraced;
  }

  /** A line of the trace; it is part of the fingerprint too. */
  tell(who: string, what: string, more: Pick<TraceEntry, 'to' | 'state'> = {}): void {
    const atMs = this.#clock.nowMs() - this.#beganAtMs;
    this.fingerprint.number(atMs);
    this.fingerprint.text(who);
    this.fingerprint.text(what);
    if (this.#isTraced && this.trace.length < MAX_TRACE)
      this.trace.push({ atMs, who, what: clipped(what, MOST_CHARS), ...more });
  }

  /** The same of what comes by the thousand: its words are made only where they are read. */
  note(number: number, who: string, what: () => string, to?: string): void {
    const atMs = this.#clock.nowMs() - this.#beganAtMs;
    this.fingerprint.number(atMs);
    this.fingerprint.number(number);
    if (!this.#isTraced || this.trace.length >= MAX_TRACE) return;
    const words = clipped(what(), MOST_CHARS);
    this.trace.push({ atMs, who, what: words, ...(to === undefined ? {} : { to }) });
  }
}
