/**
 * One session on the gateway that owns it: what came in and what went out, what of it is in the log, and the client, while
 * it is there. What is acknowledged is in the log; what is sent was in the log before.
 */
import type { App } from './app.ts';
import { AppVoice } from './app-voice.ts';
import type { SessionCard } from './card.ts';
import { DownStream } from './down-stream.ts';
import type { Client } from './down-stream.ts';
import { GuardedApp } from './guarded-app.ts';
import { Lease } from './lease.ts';
import type { Standing } from './records.ts';
import { SessionEnd } from './session-end.ts';
import { SessionLog, keepEveryMs } from './session-log.ts';
import type { LogLoss } from './session-log.ts';
import { SessionState } from './session-state.ts';
import { SessionTally } from './session-tally.ts';
import type { GatewaySessionOptions } from './session.types.ts';
import type { Recalled } from './takeover.ts';
import { UpStream } from './up-stream.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import type { CloseCode } from '../protocol/close-codes.ts';
import { MAX_SESSION_MS } from '../protocol/limits.ts';
import type { DataFrame, GapFrame, HelloFrame } from '../protocol/types.ts';

/** For what an app that has failed had said before. */
const LEAVE_WITHIN_MS = 2_000;

export class GatewaySession {
  readonly id: string;
  readonly #options: GatewaySessionOptions;
  readonly #state: SessionState;
  readonly #tally: SessionTally;
  readonly #log: SessionLog;
  readonly #app: GuardedApp;
  readonly #up: UpStream;
  readonly #down: DownStream;
  readonly #voice: AppVoice;
  readonly #lease: Lease;
  readonly #end: SessionEnd;
  /** Waits for the fence. */
  #onFenced: (() => void) | null = null;

  constructor(options: GatewaySessionOptions) {
    const { id, clock, standing, card, tail } = options;
    this.id = id;
    this.#options = options;
    this.#state = new SessionState(standing, card);
    this.#lease = new Lease(options.graceMs, clock);
    this.#tally = new SessionTally(options.counters, card.audio.sampleRateHz);
    const callbacks = {
      snapshot: () => {
        this.#tally.written();
        return this.#state.snapshot();
      },
      onCommitted: (committed: Standing) => this.#onCommitted(committed),
      onLost: (loss: LogLoss) => this.#end.lost(loss),
    };
    this.#log = new SessionLog({ ...options, sessionId: id, ...callbacks }, tail);
    this.#app = new GuardedApp(options, () => {
      void this.leave(LEAVE_WITHIN_MS, CLOSE.storeUnavailable);
    });
    const { sampleRateHz } = card.audio;
    this.#up = new UpStream(this.#app, sampleRateHz, standing.fin, options.maxUnhandledBytes);
    this.#down = new DownStream(this.#state, this.#log);
    this.#voice = new AppVoice(id, {
      state: this.#state,
      log: this.#log,
      up: this.#up,
      down: this.#down,
      onEnd: () => this.#end.byApp(),
    });
    this.#end = new SessionEnd({
      clock,
      log: this.#log,
      app: this.#app,
      voice: this.#voice,
      down: this.#down,
      onOver: () => this.#onFenced?.(),
      onGone: (why) => {
        const isEnded = why === 'ended' || why === 'expired';
        this.#lease.step(isEnded ? 'session.ended' : 'owner.fenced');
        options.onGone(this, why);
      },
    });
  }

  get card(): SessionCard {
    return this.#state.card;
  }

  get standing(): Standing {
    return this.#state.now;
  }

  /** Through here the client's frames are in the log. */
  get committed(): number {
    return this.#state.committed.up;
  }

  get lastSent(): number {
    return this.#down.sentThrough;
  }

  get isAttached(): boolean {
    return this.#down.client !== null;
  }

  /** Nothing is taken any more: it has ended, or goes on elsewhere. */
  get isOver(): boolean {
    return this.#end.isOver;
  }

  /** Its app has ended it: what still comes in leads to nothing, and is not taken. */
  get isEnding(): boolean {
    return this.#end.isByApp;
  }

  /** Absolute, and never less than it was. */
  get maxSeq(): number {
    return this.#up.maxSeq(this.committed, this.#state.now.fin);
  }

  /**
   * Opens the app, and hands it what the log holds of a session that another gateway owned: what no app has handled. What
   * the client may not have is kept for it. False where the app does not open: then nothing of it is left here.
   */
  open(app: App, recalled: Recalled, isTakenOver: boolean): boolean {
    const { audio } = this.card;
    const { fin } = this.#state.now;
    if (this.isOver) return false;
    if (!this.#app.open(app, this.#voice, { audio, fin, isTakenOver })) {
      void this.leave(0, CLOSE.storeUnavailable);
      return false;
    }
    for (const { seq, bytes } of recalled.down) this.#down.recall(seq, bytes);
    for (const frame of recalled.up) this.#up.take(frame);
    this.#up.committed(this.committed);
    return !this.isOver;
  }

  /**
   * A client takes the session up, again or for the first time. Resolves when the fence is in the log, and nothing that any
   * attachment before it does can have an effect; null where the session is not here any more.
   */
  async fence(card: SessionCard, hello: HelloFrame, epoch: number): Promise<this | null> {
    if (!this.isOver) {
      this.#down.client?.close(hello.inst === this.card.inst ? CLOSE.fenced : CLOSE.superseded);
      this.#state.card = card;
      this.#state.now.epoch = epoch;
      this.#down.tookThrough(hello.rcv);
      const fenced = new Promise<void>((resolve) => (this.#onFenced = resolve));
      this.#log.touch();
      this.#log.flush();
      await fenced;
    }
    await this.#end.gone;
    return this.isOver ? null : this;
  }

  /** A frame of the newest epoch came: its welcome arrived, so the token before that one is dead (PROTOCOL.md, P12.5). */
  tokenArrived(): void {
    const { formerToken } = this.card;
    if (formerToken === null) return;
    this.#state.card = { ...this.card, formerToken: null, spentToken: formerToken };
    this.#log.touch();
  }

  attach(client: Client, received: number): void {
    this.#lease.step('client.attached');
    this.#app.attached(true);
    this.#down.attach(client, received);
  }

  /** The socket is gone; the session stays. */
  detach(client: Client): void {
    if (!this.#down.detach(client)) return;
    this.#lease.step('client.detached');
    this.#app.attached(false);
  }

  /** The grace is over, and nobody came back; or it has lasted for a day. */
  get isExpired(): boolean {
    const ageMs = this.#options.wallClock() - this.card.startedAtMs;
    return this.#lease.step('time.passed') === 'expired' || ageMs >= MAX_SESSION_MS;
  }

  /** The frame's bytes are only valid during the call. False where nothing of this number may come. */
  take(bytes: Uint8Array, frame: DataFrame | GapFrame): boolean {
    const from = frame.type === 'data' ? frame.seq : frame.fromSeq;
    const to = frame.type === 'data' ? frame.seq : frame.toSeq;
    const { up } = this.#state.now;
    if (to <= up) this.#tally.duplicate();
    if (to <= up || this.isEnding || this.isOver) return true; // it is here already, or has come too late
    if (from > up + 1 || this.#end.isNear) return false;
    this.#tally.took(frame);
    this.#state.now.up = to;
    this.#log.add({ isDown: false, bytes: bytes.slice() });
    this.#up.take(frame);
    this.#log.flushSoon();
    return true;
  }

  /** The client has the frames through `seq`. */
  tookThrough(seq: number): void {
    this.#down.tookThrough(seq);
  }

  /** Nothing follows. Resolves when all of it was handled, and what came of it is in the log and was sent. */
  finish(): Promise<void> {
    return this.#end.finish();
  }

  /** Over for good: the log says so. */
  retire(code: CloseCode = CLOSE.done): Promise<void> {
    return this.#end.retire(code, this.isExpired ? 'expired' : 'ended');
  }

  /** Ended for its subject, or on their behalf: nobody takes it up again. */
  logOut(): Promise<void> {
    this.#state.card = { ...this.card, isLoggedOut: true };
    return this.retire(CLOSE.unknownSession);
  }

  /**
   * It stays in the log, to be taken over. What is not in the log after that time was never acknowledged: the client has it.
   */
  leave(withinMs: number, code: CloseCode = CLOSE.draining): Promise<void> {
    return this.#end.leave(withinMs, code);
  }

  /** Looked at now and then: a session that lives is never taken for dead, by its store or by another gateway. */
  keep(): void {
    this.#log.refresh(keepEveryMs(this.#options.graceMs));
  }

  #onCommitted(standing: Standing): void {
    this.#state.committed = standing;
    this.#tally.committed();
    if (standing.epoch === this.standing.epoch) this.#onFenced?.();
    this.#up.committed(standing.up);
    this.#down.committed();
  }
}
