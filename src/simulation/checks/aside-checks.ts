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
  /** The same, of those that another life knows of. */
  #sureEndMs = 0;
  readonly #heard: { readonly atMs: number; readonly text: string }[] = [];
  #finals: { readonly atMs: number; readonly endMs: number }[] = [];

  constructor(client: number, session: Session, asides: Asides, report: Report) {
    this.#client = client;
    this.#name = `client ${client + 1}`;
    this.#asides = asides;
    this.#report = report;
    this.goesOn(session);
  }

  /** Another process of its client goes on, with another session. */
  goesOn(session: Session): void {
    const asides = this.#asides;
    const client = this.#client;
    session.on('transcript.dropped', (event) => this.#hear(event));
    session.on('transcript', (event) => this.#told(event));
    session.on('gateway.sessionLost', () => asides.forgo(client));
  }

  /** Its process is dead: of what was told from then on another life may not know. */
  unsureSince(atMs: number): void {
    for (const heard of this.#heard) if (heard.atMs >= atMs) this.#asides.unsure(heard.text);
    this.#finals = this.#finals.filter((final) => final.atMs < atMs);
    this.#sureEndMs = this.#finals.at(-1)?.endMs ?? 0;
  }

  /** All was told that comes of its audio. */
  closed({ finished }: CloseResult): void {
    const missed = finished ? this.#asides.missedBy(this.#client) : null;
    if (missed !== null) this.#violated(`it was never told ${missed}`);
  }

  #hear({ text, startMs }: DroppedEvent): void {
    this.#report.sometimes('an event between finals');
    this.#report.tell(this.#name, `hears ${text}`);
    this.#heard.push({ atMs: this.#report.nowMs, text });
    if (this.#asides.isRepeated(text)) return;
    const wrong = this.#asides.heard(text);
    if (wrong !== null) this.#violated(wrong);
    if (startMs >= this.#sureEndMs - SEAM_MS && startMs <= this.#endMs + SEAM_MS) return;
    this.#violated(`${text} is of ${startMs} ms, and came where the finals end at ${this.#endMs}`);
  }

  #told({ isFinal, startMs, endMs }: TranscriptEvent): void {
    if (isFinal) this.#final(endMs);
    else this.#report.sometimes('an interim');
    if (isFinal || startMs >= this.#sureEndMs - SEAM_MS) return;
    this.#violated(
      `an interim of ${startMs} ms came behind the final that ends at ${this.#sureEndMs}`,
    );
  }

  #final(endMs: number): void {
    this.#endMs = endMs;
    this.#sureEndMs = endMs;
    this.#finals.push({ atMs: this.#report.nowMs, endMs });
  }

  #violated(message: string): void {
    this.#report.violated('I5', `${this.#name}: ${message}`);
  }
}
