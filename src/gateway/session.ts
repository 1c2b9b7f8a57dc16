/**
 * One session on the gateway that owns it: what came in and what went out, what of it is in the log, and the client, while
 * it is there. What is acknowledged is in the log; what is sent was in the log before.
 */
import type { App, AppEvent, AppHandlers, AppResult, AppSession } from './app.ts';
import { encodeCard } from './card.ts';
import type { SessionCard } from './card.ts';
import type { Counters } from './counters.ts';
import { DownLog, downFrame } from './down-log.ts';
import { Lease } from './lease.ts';
import type { LoggedFrame, Standing } from './records.ts';
import { SessionLog } from './session-log.ts';
import type { LogLoss, Snapshot } from './session-log.ts';
import { UpStream } from './up-stream.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import type { LogStore } from '../ports/log-store.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import type { CloseCode } from '../protocol/close-codes.ts';
import { DATA_HEADER_BYTES, decodeFrame, encodeFrame } from '../protocol/frames.ts';
import { writeJson } from '../protocol/json.ts';
import { MAX_FRAME_BYTES } from '../protocol/limits.ts';
import type { DataFrame, GapFrame, HelloFrame } from '../protocol/types.ts';

/** The client's end: one socket, from the welcome on. */
export interface Client {
  send(frame: Uint8Array): void;
  /** Droppable: not sent where much waits already. */
  hint(frame: Uint8Array): void;
  /** Something was committed: an acknowledgement is due. */
  committed(): void;
  close(code: CloseCode): void;
}

/** `ended`: for good. `expired`: so, for nobody came back. `left`: this gateway stops. */
export type Departure = LogLoss | 'ended' | 'expired' | 'left';

export interface GatewaySessionOptions {
  readonly id: string;
  readonly writer: string;
  readonly card: SessionCard;
  /** As the fence that made us its owner has it, and where that stands. */
  readonly standing: Standing;
  readonly tail: number;
  readonly isTakenOver: boolean;
  readonly store: LogStore;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly app: App;
  /** Nothing of it is left here: it ended, or another gateway has it. */
  readonly onGone: (session: GatewaySession, why: Departure) => void;
  /** How long the session outlives its client. */
  readonly graceMs: number;
  /** What may wait here for the app to handle it; then credit stops. Default: no end. */
  readonly maxUnhandledBytes?: number;
  readonly counters?: Counters;
}

const encoder = new TextEncoder();

export class GatewaySession implements AppSession {
  readonly id: string;
  readonly #options: GatewaySessionOptions;
  readonly #log: SessionLog;
  readonly #downLog = new DownLog();
  readonly #app: AppHandlers;
  readonly #up: UpStream;
  readonly #lease: Lease;
  #card: SessionCard;
  #cardBytes: Uint8Array;
  #standing: { -readonly [K in keyof Standing]: Standing[K] };
  #committed: Standing;
  #client: Client | null = null;
  /** How many chunks came in, how many of them the newest record has, and how many were counted as committed. */
  readonly #chunks = { taken: 0, written: 0, counted: 0 };
  /** Waits for the fence; null: the log is another's. */
  #onFenced: ((standing: Standing | null) => void) | null = null;
  #isFlushing = false;
  #isOver = false;
  /** Asked on one attachment, and again on the next. */
  #finishing: Promise<void> | null = null;

  constructor(options: GatewaySessionOptions) {
    this.id = options.id;
    this.#options = options;
    this.#card = options.card;
    this.#cardBytes = encodeCard(options.card);
    this.#standing = { ...options.standing };
    this.#committed = options.standing;
    this.#lease = new Lease(options.graceMs, options.clock);
    const { store, clock, wallClock, writer, tail } = options;
    this.#log = new SessionLog(
      {
        store,
        sessionId: options.id,
        writer,
        clock,
        wallClock,
        snapshot: () => this.#snapshot(),
        onCommitted: (standing) => {
          this.#onCommitted(standing);
        },
        onLost: (loss) => {
          this.#lost(loss);
        },
      },
      tail,
    );
    const { audio } = options.card;
    const { fin } = options.standing;
    this.#app = options.app.open(this, { audio, fin, isTakenOver: options.isTakenOver });
    this.#up = new UpStream(this.#app, audio.sampleRateHz, fin, options.maxUnhandledBytes);
  }

  get card(): SessionCard {
    return this.#card;
  }

  get standing(): Standing {
    return this.#standing;
  }

  get epoch(): number {
    return this.#standing.epoch;
  }

  /** Through here the client's frames are in the log. */
  get committed(): number {
    return this.#committed.up;
  }

  get received(): number {
    return this.#standing.up;
  }

  /** The newest frame to the client. */
  get lastSeq(): number {
    return this.#standing.down;
  }

  get lastSent(): number {
    return this.#downLog.sentThrough;
  }

  get downAcked(): number {
    return this.#standing.downAcked;
  }

  get isAttached(): boolean {
    return this.#client !== null;
  }

  /** Absolute, and never less than it was. */
  get maxSeq(): number {
    return this.#up.maxSeq(this.#committed.up, this.#standing.fin);
  }

  /**
   * A client takes the session up, again or for the first time. Resolves when the fence is in the log, and nothing that any
   * attachment before it does can have an effect; null where the session was lost over it.
   */
  async fence(card: SessionCard, hello: HelloFrame, epoch: number): Promise<Standing | null> {
    if (hello.inst === this.#card.inst) this.#leave(CLOSE.fenced);
    else this.#leave(CLOSE.superseded);
    this.#card = card;
    this.#cardBytes = encodeCard(card);
    this.#standing.epoch = epoch;
    this.#tookThrough(hello.rcv);
    const fenced = new Promise<Standing | null>((resolve) => (this.#onFenced = resolve));
    this.#log.touch();
    this.#log.flush();
    return fenced;
  }

  /** What the log holds of a session that another gateway owned: the app did not handle it, the client may not have it. */
  recall(frames: readonly LoggedFrame[]): void {
    const { done, downAcked } = this.#standing;
    for (const { isDown, bytes } of frames) {
      const frame = decodeFrame(bytes);
      if (frame.type !== 'data' && frame.type !== 'gap') continue;
      const seq = frame.type === 'data' ? frame.seq : frame.toSeq;
      if (isDown && seq > downAcked) this.#downLog.keep(seq, bytes.slice());
      if (!isDown && seq > done) this.#up.take(frame);
    }
    this.#up.committed(this.#committed.up);
  }

  /** A frame of the newest epoch came: its welcome arrived, so the token before that one is dead (PROTOCOL.md, P12.5). */
  tokenArrived(): void {
    const { formerToken } = this.#card;
    if (formerToken === null) return;
    this.#card = { ...this.#card, formerToken: null, spentToken: formerToken };
    this.#cardBytes = encodeCard(this.#card);
    this.#log.touch();
  }

  /** Ended for its subject, or on their behalf: nobody takes it up again. */
  async logOut(): Promise<void> {
    this.#card = { ...this.#card, isLoggedOut: true };
    this.#cardBytes = encodeCard(this.#card);
    await this.retire(CLOSE.unknownSession);
  }

  attach(client: Client, received: number): void {
    this.#client = client;
    this.#lease.step('client.attached');
    this.#downLog.rewind(received);
    this.#app.attached?.(true);
    this.#sendCommitted();
  }

  /** The socket is gone; the session stays. */
  detach(client: Client): void {
    if (this.#client !== client) return;
    this.#client = null;
    this.#lease.step('client.detached');
    this.#app.attached?.(false);
  }

  /** The grace is over, and nobody came back. */
  get isExpired(): boolean {
    return this.#lease.step('time.passed') === 'expired';
  }

  /** This gateway stops: the session stays in the log, to be taken over. */
  async leave(): Promise<void> {
    this.#leave(CLOSE.draining);
    await this.#log.settled();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#log.release();
    await this.#app.close();
    this.#options.onGone(this, 'left');
  }

  /** The frame's bytes are only valid during the call. False where it is one of a later number than the next. */
  take(bytes: Uint8Array, frame: DataFrame | GapFrame): boolean {
    const from = frame.type === 'data' ? frame.seq : frame.fromSeq;
    const to = frame.type === 'data' ? frame.seq : frame.toSeq;
    const { counters } = this.#options;
    if (to <= this.#standing.up) {
      if (counters !== undefined) counters.duplicates += 1;
      return true; // sent again: it is here
    }
    if (from > this.#standing.up + 1) return false;
    if (frame.type === 'data') this.#chunks.taken += 1;
    else this.#noteGap(frame);
    this.#standing.up = to;
    this.#log.add({ isDown: false, bytes: bytes.slice() });
    this.#up.take(frame);
    this.#flushSoon();
    return true;
  }

  /** The client has the frames through `seq`. */
  tookThrough(seq: number): void {
    if (this.#tookThrough(seq)) this.#log.touch();
  }

  /** Nothing follows. Resolves when all of it was handled, and what came of it is in the log. */
  finish(): Promise<void> {
    return (this.#finishing ??= this.#finish());
  }

  async #finish(): Promise<void> {
    await this.#log.settled();
    await this.#app.finish();
    await this.#log.settled();
  }

  /** What the app says. */
  end(): void {
    void this.retire();
  }

  /** Over for good: the log says so. */
  async retire(code: CloseCode = CLOSE.done): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const why = this.isExpired ? 'expired' : 'ended';
    this.#leave(code);
    this.#lease.step('session.ended');
    await this.#app.close();
    const loss = await this.#log.end(); // who only believed to own the log has ended nothing
    this.#options.onGone(this, loss ?? why);
  }

  send(event: AppEvent): void {
    this.#down('json', writeJson(event, MAX_FRAME_BYTES - DATA_HEADER_BYTES));
  }

  result(result: AppResult): void {
    if (this.#isOver) return;
    this.#standing.fin = Math.max(this.#standing.fin, result.to);
    this.handled(this.#up.finished(this.#standing.fin));
    this.send(result);
  }

  message(data: string | Uint8Array): void {
    if (typeof data === 'string') this.#down('text', encoder.encode(data));
    else this.#down('binary', data);
  }

  hint(event: AppEvent): void {
    const { epoch, down } = this.#standing;
    this.#client?.hint(encodeFrame({ type: 'hint', channel: 0, epoch, ofSeq: down, json: event }));
  }

  handled(seq: number): void {
    const done = Math.min(seq, this.#standing.up);
    if (done <= this.#standing.done) return;
    this.#standing.done = done;
    this.#up.handled(done);
    this.#log.touch();
  }

  #down(codec: DataFrame['codec'], payload: Uint8Array): void {
    if (this.#isOver) return;
    const standing = this.#standing;
    standing.down += 1;
    const frame = downFrame(standing, codec, payload);
    this.#log.add({ isDown: true, bytes: frame });
    this.#downLog.keep(standing.down, frame);
    this.#flushSoon();
  }

  /** Everything that comes in at once goes into one record. */
  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      this.#log.flush();
    });
  }

  #snapshot(): Snapshot {
    this.#chunks.written = this.#chunks.taken;
    return { standing: { ...this.#standing }, card: this.#cardBytes };
  }

  #onCommitted(standing: Standing): void {
    this.#committed = standing;
    const { written, counted } = this.#chunks;
    this.#chunks.counted = written; // one record is on its way at a time
    if (this.#options.counters !== undefined) {
      this.#options.counters.chunksCommitted += written - counted;
    }
    if (standing.epoch === this.#standing.epoch) this.#onFenced?.(standing);
    this.#up.committed(standing.up);
    this.#sendCommitted();
    this.#client?.committed();
  }

  #sendCommitted(): void {
    const client = this.#client;
    if (client === null) return;
    const { epoch } = this.#standing;
    this.#downLog.sendThrough(this.#committed.down, epoch, (frame) => {
      client.send(frame);
    });
  }

  #tookThrough(seq: number): boolean {
    const acked = Math.min(seq, this.#committed.down);
    if (acked <= this.#standing.downAcked) return false;
    this.#standing.downAcked = acked;
    this.#downLog.acknowledge(acked);
    return true;
  }

  #noteGap({ samplesLost }: GapFrame): void {
    const { counters } = this.#options;
    if (counters === undefined) return;
    counters.gaps += 1;
    counters.gapMs += (samplesLost * 1_000) / this.#card.audio.sampleRateHz;
  }

  #lost(loss: LogLoss): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#leave(CLOSE.fenced);
    this.#lease.step('owner.fenced');
    this.#onFenced?.(null);
    void this.#app.close();
    this.#options.onGone(this, loss);
  }

  #leave(code: CloseCode): void {
    this.#client?.close(code); // which detaches it
  }
}
