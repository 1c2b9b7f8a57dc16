/**
 * Hearing and speaking: a session each, which fails and recovers alone. What the two come to together is told here: one
 * status, and what is missing.
 */
import type { ConnectionStatus } from '../../machines/connection.types.ts';
import type { DegradedMode } from '../../machines/orchestrator.types.ts';
import type { Abortion } from '../ports/abort.ts';
import type { TenutoError } from '../ports/errors.ts';
import type { Faculty } from '../providers/events.ts';
import type { SessionEvent } from '../session/events.ts';
import type { Session } from '../session/session.ts';
import { openSession } from '../session/whole-session.ts';
import type { SessionOptions } from '../session/options.ts';

export interface FacultyHandlers {
  /** What the application is told of both. */
  tell(event: SessionEvent): void;
  /** What the session of one of them tells. */
  onEvent(faculty: Faculty, event: SessionEvent): void;
  /** It is given up, or works again. */
  onGone(faculty: Faculty): void;
}

const FACULTIES = ['hearing', 'speaking'] as const;

export class Faculties {
  readonly hearing: Session;
  readonly speaking: Session;
  readonly #handlers: FacultyHandlers;
  /** Recorded only: its session has nobody to serve it, and looks for somebody. */
  readonly #unserved = new Set<Faculty>();
  #missing: readonly Faculty[] = [];
  #mode: DegradedMode | null = null;
  #status: ConnectionStatus = 'idle';
  #hasServed = false;
  /** It is being closed: what ends now ends on purpose, and neither fails nor works again. */
  #isClosing = false;
  /** Why nobody serves; null unless the status is `error`. */
  error: TenutoError | null = null;

  constructor(options: Readonly<Record<Faculty, SessionOptions>>, handlers: FacultyHandlers) {
    this.#handlers = handlers;
    this.hearing = openSession(options.hearing);
    this.speaking = openSession(options.speaking);
    for (const faculty of FACULTIES) {
      this[faculty].on('*', (event) => {
        this.#take(faculty, event);
      });
    }
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  isMissing(faculty: Faculty): boolean {
    return this.#missing.includes(faculty);
  }

  /** Both are dialled. @throws what hearing failed with, where neither stands. */
  async connect(options: { readonly signal?: Abortion }): Promise<void> {
    const [heard, spoken] = await Promise.allSettled(
      FACULTIES.map((faculty) => this[faculty].connect(options)),
    );
    if (heard?.status === 'rejected' && spoken?.status === 'rejected') throw heard.reason;
  }

  /** Nothing is missing any more, or is back, because its session was closed. */
  closing(): void {
    this.#isClosing = true;
  }

  closed(): void {
    this.closing();
    this.#turnInto('disconnected', 'session.close');
  }

  #take(faculty: Faculty, event: SessionEvent): void {
    switch (event.type) {
      case 'stateChange':
        if (event.current === 'active') this.#unserved.delete(faculty);
        this.#note(event.reason);
        break;
      case 'session.degraded':
        this.#unserved.add(faculty);
        this.#note('');
        return;
      case 'session.restored':
        this.#unserved.delete(faculty);
        this.#note('');
        return;
      case 'session.suspended':
        return; // `connection.failed` follows, and names the component
      case 'error':
        this.#fail(faculty, event.error);
        return;
      case 'connection.reconnecting':
      case 'connection.reconnected':
      case 'connection.failed':
      case 'connection.suspected':
      case 'connection.recovered':
      case 'candidate.changed':
      case 'warning':
        this.#handlers.tell(event);
    }
    this.#handlers.onEvent(faculty, event);
  }

  /** While the other serves, it is no end. */
  #fail(faculty: Faculty, error: TenutoError): void {
    const other = faculty === 'hearing' ? this.speaking : this.hearing;
    const isLast = other.status === 'error';
    if (isLast) this.error = error;
    this.#handlers.tell({ type: isLast ? 'error' : 'warning', error });
  }

  #note(reason: string): void {
    if (this.#isClosing) return;
    this.#turnInto(this.#joined(), reason);
    this.#noteMissing();
  }

  #turnInto(current: ConnectionStatus, reason: string): void {
    const previous = this.#status;
    this.#status = current;
    if (current === 'active') this.#hasServed = true;
    if (current !== 'error') this.error = null;
    if (current !== previous) {
      this.#handlers.tell({ type: 'stateChange', current, previous, reason });
    }
  }

  #noteMissing(): void {
    const before = this.#missing;
    const missing = FACULTIES.filter(
      (faculty) => this[faculty].status === 'error' || this.#unserved.has(faculty),
    );
    if (missing.join() === before.join()) return;
    this.#missing = missing;
    const mode = modeOf(missing);
    const last = this.#mode;
    this.#mode = mode;
    for (const faculty of missing) if (!before.includes(faculty)) this.#handlers.onGone(faculty);
    if (mode !== null) this.#handlers.tell({ type: 'session.degraded', mode, missing });
    else if (last !== null) this.#handlers.tell({ type: 'session.restored', mode: last });
  }

  /** As long as one of them serves, the agent does. */
  #joined(): ConnectionStatus {
    const statuses = FACULTIES.map((faculty) => this[faculty].status);
    const order = this.#hasServed ? ONCE_SERVED : AT_FIRST;
    return order.find((status) => statuses.includes(status)) ?? 'idle';
  }
}

const AT_FIRST = ['connecting', 'connected', 'active', 'reconnecting', 'idle', 'error'] as const;
const ONCE_SERVED = ['active', 'connected', 'reconnecting', 'connecting', 'error', 'idle'] as const;

function modeOf(missing: readonly Faculty[]): DegradedMode | null {
  if (missing.length === 2) return 'recordOnly';
  if (missing.length === 0) return null;
  return missing.includes('hearing') ? 'noSpeech' : 'textOnly';
}
