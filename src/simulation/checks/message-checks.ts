/** What a client with messages may be believed: each comes back once and in order, or its loss is told. */
import type { Report } from './report.ts';
import type { SimulatedProcess } from '../process.ts';
import type { ResumableSocket } from '../../resumable-websocket/resumable-socket.ts';

const DIALS_WINDOW_MS = 60_000;
const DIALS_AT_MOST = 180;
const STATES = ['connecting', 'open', 'closing', 'closed'] as const;

export class MessageChecks {
  readonly #name: string;
  readonly #socket: ResumableSocket;
  readonly #report: Report;
  readonly #process: SimulatedProcess;
  #said = 0;
  /** The next one that is to come back. */
  #next = 0;
  /** So many may be missing: their loss was told. */
  #mayMiss = 0;
  #mayRepeat = false;
  #isReconnecting = false;
  #isClosing = false;
  #isKilled = false;
  #dials: number[] = [];
  #state = -1;
  isClosed = false;

  constructor(name: string, socket: ResumableSocket, report: Report, process: SimulatedProcess) {
    this.#name = name;
    this.#socket = socket;
    this.#report = report;
    this.#process = process;
    socket.addEventListener('message', ({ data }) => this.#heard(String(data)));
    socket.addEventListener('loss', ({ reason, messages, isCertain, mayMissIncoming }) => {
      report.sometimes(`loss: ${reason}`);
      report.tell(name, `loss of ${messages} (${reason})`);
      this.#mayMiss += messages;
      if (!isCertain || mayMissIncoming) this.#mayMiss += this.#said - this.#next;
    });
    socket.addEventListener('reconnecting', ({ attempt, cause }) => {
      this.#isReconnecting = true;
      report.tell(name, `reconnecting ${attempt} (${cause})`);
    });
    socket.addEventListener('reconnected', ({ isResumed }) => {
      this.#isReconnecting = false;
      report.tell(name, `reconnected, ${isResumed ? 'resumed' : 'begun anew'}`);
    });
    socket.addEventListener('close', (event) =>
      this.#closed(event.willReconnect, event.wasClean, event.cause),
    );
  }

  said(wasTaken: boolean): void {
    this.#said += 1;
    if (!wasTaken && this.#mayMiss === 0)
      this.#violated('I3', 'a message was refused and no loss told');
  }

  /**
   * The store has lost what it had said to have: messages that were answered are said again, to an application that knows nothing of
   * its first answer. No protocol can take an answer back.
   */
  storeLost(): void {
    this.#mayRepeat = true;
  }

  closes(): void {
    this.#isClosing = true;
  }

  killed(): void {
    this.#isKilled = true;
  }

  look(): void {
    const state = this.#socket.readyState;
    if (state === this.#state) return;
    this.#state = state;
    this.#report.tell(this.#name, STATES[state], { state: STATES[state] });
  }

  dialled(): void {
    const nowMs = this.#process.nowMs();
    if (this.isClosed) this.#violated('I12', 'it dials after its end');
    this.#report.tell(this.#name, 'dials');
    this.#dials = this.#dials.filter((atMs) => nowMs - atMs < DIALS_WINDOW_MS);
    this.#dials.push(nowMs);
    if (this.#dials.length > DIALS_AT_MOST) {
      this.#violated('I12', `${this.#dials.length} dials within a minute`);
    }
  }

  expectOver(): void {
    if (this.#isKilled) return;
    if (!this.isClosed)
      this.#violated('I10', `it has not closed: it is ${STATES[this.#socket.readyState]}`);
    if (this.#isReconnecting && !this.isClosed) this.#violated('I17', 'it still reconnects');
  }

  #heard(text: string): void {
    const number = Number(text.split(':')[1]);
    this.#report.note(number, this.#name, () => `hears ${text} again`);
    if (number < this.#next && this.#mayRepeat) {
      this.#report.sometimes('an answer came again after the store had lost it');
      return;
    }
    if (number < this.#next) this.#violated('I5', `${text} came back again`);
    else if (number > this.#next + this.#mayMiss) {
      this.#violated('I5', `${text} came back where ${this.#next} was next`);
    }
    this.#mayMiss -= Math.max(0, Math.min(this.#mayMiss, number - this.#next));
    this.#next = number + 1;
  }

  #closed(willReconnect: boolean, wasClean: boolean, cause: string): void {
    if (willReconnect) return;
    this.isClosed = true;
    this.#report.tell(this.#name, `closed: ${cause}`);
    if (!this.#isClosing) this.#report.sometimes('given up');
    else if (!wasClean && this.#mayMiss === 0 && this.#said > this.#next)
      this.#violated('I10', `it closed with ${this.#said - this.#next} left`);
  }

  #violated(...[invariant, message]: Parameters<Report['violated']>): void {
    this.#report.violated(invariant, `${this.#name}: ${message}`);
  }
}
