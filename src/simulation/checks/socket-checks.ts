/** What a resumable WebSocket may be believed, whatever is said on it. */
import { Dials } from './dials.ts';
import type { Report } from './report.ts';
import type { SimulatedProcess } from '../process.ts';
import type { ResumableSocket } from '../../resumable-websocket/resumable-socket.ts';

const STATES = ['connecting', 'open', 'closing', 'closed'] as const;

export class SocketChecks {
  isClosed = false;
  readonly #name: string;
  readonly #socket: ResumableSocket;
  readonly #report: Report;
  readonly #process: SimulatedProcess;
  readonly #dials = new Dials();
  readonly #mayMiss: () => boolean;
  #mostBytes: number;
  #isLossTold = false;
  #isReconnecting = false;
  #isClosing = false;
  /** It had a link then. */
  #wasLinked = false;
  #isKilled = false;
  #state = -1;

  /**
   * @param mayMiss whether it may end with something left. Default: once a loss was told.
   * @param mostBytes how much may wait in it.
   */
  constructor(
    name: string,
    socket: ResumableSocket,
    report: Report,
    process: SimulatedProcess,
    mayMiss = (): boolean => this.#isLossTold,
    mostBytes = Infinity,
  ) {
    this.#name = name;
    this.#socket = socket;
    this.#report = report;
    this.#process = process;
    this.#mayMiss = mayMiss;
    this.#mostBytes = mostBytes;
    socket.addEventListener('loss', ({ reason, messages }) => {
      this.#isLossTold = true;
      report.sometimes(`loss: ${reason}`);
      report.tell(name, `loss of ${messages} (${reason})`);
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

  closes(): void {
    this.#isClosing = true;
    this.#wasLinked = !this.#isReconnecting;
  }

  /** So much more may wait in it from now on. */
  mayHold(moreBytes: number): void {
    this.#mostBytes += moreBytes;
  }

  killed(): void {
    this.#isKilled = true;
  }

  look(): void {
    const { bufferedAmount, readyState: state } = this.#socket;
    if (bufferedAmount > this.#mostBytes) {
      this.#violated('I8', `${bufferedAmount} bytes wait, of ${this.#mostBytes} at the most`);
    }
    if (state === this.#state) return;
    this.#state = state;
    this.#report.tell(this.#name, STATES[state], { state: STATES[state] });
  }

  dialled(): void {
    if (this.isClosed) this.#violated('I12', 'it dials after its end');
    this.#report.tell(this.#name, 'dials');
    const wrong = this.#dials.add(this.#process.nowMs());
    if (wrong !== null) this.#violated('I12', wrong);
  }

  /** At the end of the run. @param owed why it may not have closed, in words. */
  expectOver(owed = ''): void {
    if (this.#isKilled) return;
    if (!this.isClosed) {
      const why = [`it is ${STATES[this.#socket.readyState]}`, ...(owed === '' ? [] : [owed])];
      this.#violated('I10', `it has not closed: ${why.join(', and ')}`);
    }
    if (this.#isReconnecting && !this.isClosed) this.#violated('I17', 'it still reconnects');
  }

  #closed(willReconnect: boolean, wasClean: boolean, cause: string): void {
    if (willReconnect) return;
    this.isClosed = true;
    this.#report.tell(this.#name, `closed: ${cause}`);
    if (!this.#isClosing) this.#report.sometimes('given up');
    else this.#expectClean(wasClean);
  }

  /** Without a link there is nobody to say goodbye to, and nothing to wait for where nothing is left. */
  #expectClean(wasClean: boolean): void {
    const { bufferedAmount } = this.#socket;
    if (wasClean || this.#mayMiss() || (bufferedAmount === 0 && !this.#wasLinked)) return;
    this.#violated('I10', `it closed with ${bufferedAmount} bytes left`);
  }

  #violated(...[invariant, message]: Parameters<Report['violated']>): void {
    this.#report.violated(invariant, `${this.#name}: ${message}`);
  }
}
