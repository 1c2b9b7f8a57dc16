/** Whether a client hears what its gateway's application says between finals: once, in order, and in its place. */
import type { Asides } from './asides.ts';
import type { Report } from './report.ts';
import type { CloseResult, DroppedEvent, TranscriptEvent } from '../../session/events.ts';
import type { Session } from '../../session/session.ts';

/** Positions are told in milliseconds. */
const SEAM_MS = 1;

export class AsideChecks {
  readonly #client: number;
  readonly #name: string;
  readonly #asides: Asides;
  readonly #report: Report;
  /** Where the last final ended. */
  #endMs = 0;

  constructor(client: number, session: Session, asides: Asides, report: Report) {
    this.#client = client;
    this.#name = `client ${client + 1}`;
    this.#asides = asides;
    this.#report = report;
    session.on('transcript.dropped', (event) => this.#hear(event));
    session.on('transcript', (event) => this.#told(event));
    session.on('gateway.sessionLost', () => asides.forgo(client));
  }

  /** All was told that comes of its audio. */
  closed({ finished }: CloseResult): void {
    const missed = finished ? this.#asides.missedBy(this.#client) : null;
    if (missed !== null) this.#violated(`it was never told ${missed}`);
  }

  #hear({ text, startMs }: DroppedEvent): void {
    this.#report.sometimes('an event between finals');
    this.#report.tell(this.#name, `hears ${text}`);
    const wrong = this.#asides.heard(text);
    if (wrong !== null) this.#violated(wrong);
    if (Math.abs(startMs - this.#endMs) <= SEAM_MS) return;
    this.#violated(`${text} is of ${startMs} ms, and came where the finals end at ${this.#endMs}`);
  }

  #told({ isFinal, startMs, endMs }: TranscriptEvent): void {
    if (isFinal) this.#endMs = endMs;
    else this.#report.sometimes('an interim');
    if (isFinal || startMs >= this.#endMs - SEAM_MS) return;
    this.#violated(`an interim of ${startMs} ms came behind the final that ends at ${this.#endMs}`);
  }

  #violated(message: string): void {
    this.#report.violated('I5', `${this.#name}: ${message}`);
  }
}
