/** What a client with messages may be believed: each comes back once and in order, or its loss is told. */
import type { Report } from './report.ts';
import { SocketChecks } from './socket-checks.ts';
import { clipped } from '../clipped.ts';
import type { SimulatedProcess } from '../process.ts';
import type { LossEvent } from '../../resumable-websocket/events.ts';
import type { ResumableSocket } from '../../resumable-websocket/resumable-socket.ts';

/** Of messages that were committed, a client keeps so much (and 1,024 of them) for a store that has lost them. */
const TAKEN_BACK_BYTES = 512 * 1_024;
/** Whose a message is, and which, stands in front. */
const MOST_CHARS = 40;

export class MessageChecks extends SocketChecks {
  readonly #name: string;
  readonly #report: Report;
  readonly #socket: ResumableSocket;
  readonly #process: SimulatedProcess;
  readonly #mostBytes: number;
  /** Bytes of each that was not taken, and of which no loss was told yet. */
  #refused: number[] = [];
  #refusedAtMs = 0;
  #said = 0;
  /** The next one that is to come back. */
  #next = 0;
  /** So many may be missing: their loss was told. */
  #mayMiss = 0;
  /** Of those that were said before that one. */
  #mayMissBefore = 0;
  #mayRepeat = false;

  /** @param mostBytes how much may wait in it. */
  constructor(
    name: string,
    socket: ResumableSocket,
    report: Report,
    process: SimulatedProcess,
    mostBytes: number,
  ) {
    const mayMiss = (): boolean => this.#mayMiss > 0 || this.#next === this.#said;
    super(name, socket, report, process, mayMiss, mostBytes);
    this.#name = name;
    this.#report = report;
    this.#socket = socket;
    this.#process = process;
    this.#mostBytes = mostBytes;
    socket.addEventListener('message', ({ data }) => this.#heard(String(data)));
    socket.addEventListener('loss', (loss) => {
      const { messages, isCertain, mayMissIncoming } = loss;
      if (loss.reason === 'queueFull') {
        this.#toldOf(loss);
        return;
      }
      const isAny = !isCertain || mayMissIncoming;
      this.#mayMiss += messages + (isAny ? this.#said - this.#next : 0);
      this.#mayMissBefore = this.#said;
    });
  }

  /** Whatever was said came back, or its loss was told. */
  get isAnswered(): boolean {
    return this.#said - this.#next <= this.#mayMiss;
  }

  /** It has waited for its answers long enough. */
  expectAnswered(): void {
    if (this.isAnswered) return;
    const message = `${this.#next} is next, ${this.#said} were said, and nothing more came back`;
    this.#violated('I10', message);
  }

  /** @returns whether it was taken: what is not has no number. */
  said(wasTaken: boolean, bytes: number): boolean {
    if (wasTaken) {
      this.#said += 1;
      return true;
    }
    this.#report.sometimes('a message was refused');
    this.#refused.push(bytes);
    this.#refusedAtMs = this.#process.nowMs();
    const { bufferedAmount } = this.#socket;
    if (bufferedAmount + bytes <= this.#mostBytes) {
      const message = `${bytes} bytes are refused where ${bufferedAmount} wait, of ${this.#mostBytes}`;
      this.#violated('I3', message);
    }
    return false;
  }

  override look(): void {
    super.look();
    if (this.#refused.length === 0 || this.#process.nowMs() === this.#refusedAtMs) return;
    this.#violated('I3', 'a message was refused and no loss told');
  }

  /** Each that was not taken, and nothing else. */
  #toldOf({ messages, bytes, isCertain }: LossEvent): void {
    const refused = this.#refused.shift();
    if (messages === 1 && isCertain && bytes === refused) return;
    this.#violated('I3', `${bytes} bytes are told as refused, and ${refused ?? 'none'} were`);
  }

  /**
   * The store has lost what it had said to have: messages that were answered are said again, to an application that knows nothing of
   * its first answer. No protocol can take an answer back. Those that are said again wait beside the others.
   */
  storeLost(): void {
    if (!this.#mayRepeat) this.mayHold(TAKEN_BACK_BYTES);
    this.#mayRepeat = true;
  }

  #heard(text: string): void {
    const number = Number(text.split(':')[1]);
    const words = (): string => clipped(text, MOST_CHARS);
    this.#report.note(number, this.#name, () => `hears ${words()} again`);
    if (number < this.#next && this.#mayRepeat) {
      this.#report.sometimes('an answer came again after the store had lost it');
      return;
    }
    if (number < this.#next) this.#violated('I5', `${words()} came back again`);
    else if (number > this.#next + this.#mayMiss) {
      this.#violated('I5', `${words()} came back where ${this.#next} was next`);
    }
    this.#mayMiss -= Math.max(0, Math.min(this.#mayMiss, number - this.#next));
    // Each comes in its turn: what is missing of those before it is missing already.
    if (number >= this.#mayMissBefore) this.#mayMiss = 0;
    this.#next = number + 1;
  }

  #violated(...[invariant, message]: Parameters<Report['violated']>): void {
    this.#report.violated(invariant, `${this.#name}: ${message}`);
  }
}
