/**
 * What goes to the client: numbered, sent once it is in the log, and again on each attachment until the client has it. Where it
 * takes nothing, hints are left out first, then the app is held back, then it is let go (PROTOCOL.md, P13.7).
 */
import type { MemoryAccount } from './admission/memory.ts';
import type { AppEvent, AppHandlers } from './app.ts';
import { DownLog, downFrame } from './down-log.ts';
import type { SessionLog } from './session-log.ts';
import type { SessionState } from './session-state.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import type { CloseCode } from '../protocol/close-codes.ts';
import { encodeFrame } from '../protocol/frames.ts';
import type { DataFrame } from '../protocol/types.ts';

/** The client's end: one socket, from the welcome on. */
export interface Client {
  send(frame: Uint8Array): void;
  /** Droppable: not sent where much waits already. */
  hint(frame: Uint8Array): void;
  /** Something was committed, or there is room again: the client is told in time. */
  committed(): void;
  /** The app has ended it: all that there will be was committed and sent. */
  finished(): void;
  close(code: CloseCode): void;
}

export class DownStream {
  readonly #state: SessionState;
  readonly #log: SessionLog;
  readonly #account: MemoryAccount;
  readonly #kept: DownLog;
  readonly #app: AppHandlers;
  #client: Client | null = null;
  #isFinished = false;
  #isHeld = false;

  constructor(state: SessionState, log: SessionLog, account: MemoryAccount, app: AppHandlers) {
    this.#account = account;
    this.#kept = new DownLog(account);
    this.#state = state;
    this.#log = log;
    this.#app = app;
  }

  get client(): Client | null {
    return this.#client;
  }

  /** So much waits for the client, or for all of the gateway's, that nothing should be added. */
  get isHeld(): boolean {
    return this.#isHeld || this.#account.isFull();
  }

  /** What waits is more than may, held back or not. */
  get isOverfull(): boolean {
    return this.#kept.isOverfull;
  }

  /** The newest that this attachment was sent, or had before. */
  get sentThrough(): number {
    return this.#kept.sentThrough;
  }

  /** It has to acknowledge before it is sent the rest. */
  get hasUnsent(): boolean {
    return this.#kept.hasUnsent;
  }

  /** @throws RangeError for what tenuto.v1 cannot carry: then nothing is said. */
  say(codec: DataFrame['codec'], payload: Uint8Array): void {
    const { now } = this.#state;
    const down = now.down + 1;
    const bytes = downFrame({ ...now, down }, codec, payload);
    now.down = down;
    this.#log.add({ isDown: true, bytes });
    this.#kept.keep(down, bytes, this.#client !== null);
    this.#log.flushSoon();
    this.#weigh();
    if (this.#kept.isNeglected) this.#client?.close(CLOSE.rate);
  }

  hint(json: AppEvent): void {
    if (this.isHeld) return;
    const { epoch, down: ofSeq } = this.#state.now;
    this.#client?.hint(encodeFrame({ type: 'hint', channel: 0, epoch, ofSeq, json }));
  }

  /** Said on another gateway, and in the log. */
  recall(seq: number, bytes: Uint8Array): void {
    this.#kept.keep(seq, bytes, false);
    this.#isHeld = this.#kept.isHeld;
  }

  /** @param received what the client says it has. */
  attach(client: Client, received: number): void {
    this.#client = client;
    this.#kept.rewind(received);
    this.#send(client);
    if (this.#isFinished) client.finished();
  }

  /** False where another one is there already. */
  detach(client: Client): boolean {
    if (this.#client !== client) return false;
    this.#client = null;
    return true;
  }

  committed(): void {
    const client = this.#client;
    if (client === null) return;
    this.#send(client);
    client.committed();
  }

  /** The client has the frames through `seq`. */
  tookThrough(seq: number): void {
    const { now, committed } = this.#state;
    const acked = Math.min(seq, committed.down);
    if (acked <= now.downAcked) return;
    now.downAcked = acked;
    this.#kept.acknowledge(acked);
    this.#log.touch();
    if (this.#client !== null) this.#send(this.#client);
    if (this.#weigh()) this.#client?.committed(); // there is room again
  }

  /** The app has ended it, and nothing follows what is in the log: told on each attachment. P17.6 */
  finished(): void {
    this.#isFinished = true;
    this.#client?.finished();
  }

  #send(client: Client): void {
    const { committed, now } = this.#state;
    this.#kept.sendThrough(committed.down, now.epoch, (frame) => {
      client.send(frame);
    });
  }

  /** Whether it has become otherwise. */
  #weigh(): boolean {
    const { isHeld } = this.#kept;
    if (isHeld === this.#isHeld) return false;
    this.#isHeld = isHeld;
    this.#app.held?.(isHeld); // it should say no more for now, or may go on
    return true;
  }
}
