/** What goes to the client: numbered, sent once it is in the log, and again on each attachment until the client has it. */
import type { AppEvent } from './app.ts';
import { DownLog, downFrame } from './down-log.ts';
import type { SessionLog } from './session-log.ts';
import type { SessionState } from './session-state.ts';
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
  /** All that there will be was committed and sent. */
  finished(): void;
  close(code: CloseCode): void;
}

export class DownStream {
  readonly #state: SessionState;
  readonly #log: SessionLog;
  readonly #kept = new DownLog();
  #client: Client | null = null;
  #isFinished = false;

  constructor(state: SessionState, log: SessionLog) {
    this.#state = state;
    this.#log = log;
  }

  get client(): Client | null {
    return this.#client;
  }

  /** The newest that this attachment was sent, or had before. */
  get sentThrough(): number {
    return this.#kept.sentThrough;
  }

  /** As much is kept for the client as may be. */
  get isFull(): boolean {
    return this.#kept.isFull;
  }

  /** @throws RangeError for what tenuto.v1 cannot carry: then nothing is said. */
  say(codec: DataFrame['codec'], payload: Uint8Array): void {
    const { now } = this.#state;
    const down = now.down + 1;
    const bytes = downFrame({ ...now, down }, codec, payload);
    now.down = down;
    this.#log.add({ isDown: true, bytes });
    this.#kept.keep(down, bytes);
    this.#log.flushSoon();
  }

  hint(json: AppEvent): void {
    const { epoch, down: ofSeq } = this.#state.now;
    this.#client?.hint(encodeFrame({ type: 'hint', channel: 0, epoch, ofSeq, json }));
  }

  /** Said on another gateway, and in the log. */
  recall(seq: number, bytes: Uint8Array): void {
    this.#kept.keep(seq, bytes);
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
    const wasFull = this.isFull;
    this.#kept.acknowledge(acked);
    this.#log.touch();
    if (wasFull) this.#client?.committed(); // there is room again
  }

  /** Nothing follows what is in the log. */
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
}
