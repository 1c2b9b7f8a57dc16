/**
 * A session as one value that changes as a whole: what a screen shows. Audio is written ten times a second and tells nothing by
 * itself; the books are looked at every so often instead, so that a screen is drawn only where it would differ.
 */
import type { ConnectionStatus } from '../../machines/connection.types.ts';
import type { Clock } from '../ports/clock.ts';
import { systemClock } from '../ports/clock.ts';
import type { TenutoError } from '../ports/errors.ts';
import type { SessionEvent, SessionLedger, TranscriptEvent } from '../session/events.ts';
import type { Session } from '../session/session.ts';

/** How it goes with a connection that was lost. */
export interface ReconnectProgress {
  /** Counted from 1. */
  readonly attempt: number;
  /** After so many it is given up; Infinity where a time ends it. */
  readonly maxAttempts: number;
  /** Until the next dial, in whole seconds' worth of milliseconds; 0 while it is under way. */
  readonly nextRetryInMs: number;
  readonly bufferedAudioChunks: number;
  /** What the link was lost for, for a person. */
  readonly reason: string;
}

export interface TranscriptView {
  /** Final results in order; the oldest go where there are more than `keepFinals`. */
  readonly finals: readonly TranscriptEvent[];
  /** What is being said just now, as far as it was understood. */
  readonly interim: TranscriptEvent | null;
  /** The finals' texts, with spaces between. */
  readonly text: string;
}

export interface SessionState {
  readonly status: ConnectionStatus;
  readonly transcript: TranscriptView;
  /** Null while nothing is dialled anew. */
  readonly reconnect: ReconnectProgress | null;
  /** Captured and neither delivered nor given up. */
  readonly bufferedMs: number;
  readonly ledger: SessionLedger;
  /** Why the connection was given up; null unless the status is `error`. */
  readonly error: TenutoError | null;
}

export interface SessionViewOptions {
  /** How often the books are looked at while somebody watches. Default 250 ms. */
  readonly refreshMs?: number;
  /** How many final results are kept. Default 1,000. */
  readonly keepFinals?: number;
  /** Default: the machine's own. */
  readonly clock?: Clock;
}

const REFRESH_MS = 250;
const KEEP_FINALS = 1_000;
const SECOND_MS = 1_000;

const NOTHING_CAPTURED: SessionLedger = {
  captured: 0,
  delivered: 0,
  gap: 0,
  buffered: 0,
  capturedMs: 0,
  deliveredMs: 0,
  gapMs: 0,
  bufferedMs: 0,
  replayed: 0,
  replayedMs: 0,
  duplicatesSuppressed: 0,
};

/** Of a session that is still to be made. */
export const NO_SESSION: SessionState = {
  status: 'idle',
  transcript: { finals: [], interim: null, text: '' },
  reconnect: null,
  bufferedMs: 0,
  ledger: NOTHING_CAPTURED,
  error: null,
};

export class SessionView {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #refreshMs: number;
  readonly #keepFinals: number;
  readonly #listeners = new Set<() => void>();
  #state: SessionState;
  #retry: (Omit<ReconnectProgress, 'nextRetryInMs'> & { readonly dueAtMs: number }) | null = null;
  #stop: (() => void) | null = null;

  constructor(session: Session, options: SessionViewOptions = {}) {
    this.#session = session;
    this.#clock = options.clock ?? systemClock;
    this.#refreshMs = options.refreshMs ?? REFRESH_MS;
    this.#keepFinals = options.keepFinals ?? KEEP_FINALS;
    const { status, error, ledger } = session;
    this.#state = { ...NO_SESSION, status, error, ledger, bufferedMs: ledger.bufferedMs };
  }

  /** The same object until something is different. */
  get state(): SessionState {
    return this.#state;
  }

  /** Watches the session from the first subscriber to the last; between them no listener and no timer is left. */
  subscribe(listener: () => void): () => void {
    const own = (): void => listener();
    this.#listeners.add(own);
    if (this.#stop === null) this.#start();

    return () => {
      if (!this.#listeners.delete(own) || this.#listeners.size > 0) return;
      this.#stop?.();
      this.#stop = null;
    };
  }

  #start(): void {
    const off = this.#session.on('*', (event) => this.#hear(event));
    let timer: unknown = null;
    const look = (): void => {
      timer =
        this.#session.status === 'disconnected'
          ? null
          : this.#clock.setTimeout(look, this.#refreshMs);
      this.#refresh();
    };
    timer = this.#clock.setTimeout(look, this.#refreshMs);
    if (this.#session.status !== 'reconnecting') this.#retry = null; // it came back while nobody watched
    this.#stop = () => {
      off();
      this.#clock.clearTimeout(timer);
    };
    this.#refresh();
  }

  #hear(event: SessionEvent): void {
    switch (event.type) {
      case 'transcript':
        this.#change({ transcript: withResult(this.#state.transcript, event, this.#keepFinals) });
        break;
      case 'connection.reconnecting':
        this.#retry = {
          attempt: event.attempt,
          maxAttempts: event.maxAttempts,
          dueAtMs: this.#clock.nowMs() + event.backoffDelayMs,
          bufferedAudioChunks: event.bufferedAudioChunks,
          reason: event.cause.detail,
        };
        this.#refresh();
        break;
      case 'stateChange':
        // An attempt is told before the status that it leads to.
        if (event.current !== 'reconnecting') this.#retry = null;
        this.#refresh();
        break;
      case 'error':
      case 'gap':
        this.#refresh();
    }
  }

  #refresh(): void {
    const { status, error, ledger } = this.#session;
    const before = this.#state;
    const reconnect = sameOr(before.reconnect, this.#progress());
    const books = sameOr(before.ledger, ledger);
    this.#change({ status, error, reconnect, ledger: books, bufferedMs: books.bufferedMs });
  }

  #progress(): ReconnectProgress | null {
    if (this.#retry === null) return null;
    const { dueAtMs, ...facts } = this.#retry;
    const leftMs = Math.max(0, dueAtMs - this.#clock.nowMs());
    return { ...facts, nextRetryInMs: Math.ceil(leftMs / SECOND_MS) * SECOND_MS };
  }

  #change(news: Partial<SessionState>): void {
    const state = { ...this.#state, ...news };
    if (isSame(this.#state, state)) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}

function withResult(
  { finals, text }: TranscriptView,
  event: TranscriptEvent,
  keepFinals: number,
): TranscriptView {
  if (!event.isFinal) return { finals, text, interim: event };
  const kept = [...finals, event].slice(-keepFinals);
  const isAll = kept.length > finals.length;
  const whole = isAll ? [text, event.text] : kept.map((final) => final.text);
  return { finals: kept, text: whole.filter((part) => part !== '').join(' '), interim: null };
}

function sameOr<T extends object | null>(before: T, now: T): T {
  return before !== null && now !== null && isSame(before, now) ? before : now;
}

function isSame(one: object, other: object): boolean {
  const pairs = Object.entries(one) as [keyof typeof other, unknown][];
  return pairs.every(([name, value]) => Object.is(value, other[name]));
}
