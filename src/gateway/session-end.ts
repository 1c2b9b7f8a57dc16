/**
 * How a session ends here: with everything said, at the app's word, for good, left for another gateway, or lost to one. Once:
 * nothing is taken and nothing is said any more, what is to be written is, and then nothing of it is left.
 */
import type { AppVoice } from './app-voice.ts';
import type { DownStream } from './down-stream.ts';
import type { GuardedApp } from './guarded-app.ts';
import type { LogLoss, SessionLog } from './session-log.ts';
import type { Departure } from './session.types.ts';
import { within } from './within.ts';
import type { Clock } from '../ports/clock.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import type { CloseCode } from '../protocol/close-codes.ts';

export interface SessionEndOptions {
  readonly clock: Clock;
  readonly log: SessionLog;
  readonly app: GuardedApp;
  readonly voice: AppVoice;
  readonly down: DownStream;
  /** It is over: who waits for it need not any more. */
  readonly onOver: () => void;
  /** The log may be another's. */
  readonly onGone: (why: Departure) => void;
}

/** What is still to be written is; resolves to null, or to why it is not ours to write. */
type Written = () => Promise<LogLoss | null>;

export class SessionEnd {
  readonly #options: SessionEndOptions;
  #isOver = false;
  #gone: Promise<void> | null = null;
  /** Asked on one attachment, and again on the next. */
  #finishing: Promise<void> | null = null;
  #isByApp = false;

  constructor(options: SessionEndOptions) {
    this.#options = options;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Null until it is over; resolves when whoever asks for the session finds it elsewhere, or ended. */
  get gone(): Promise<void> | null {
    return this.#gone;
  }

  /** The client has said that nothing follows, or the app. */
  get isNear(): boolean {
    return this.#finishing !== null;
  }

  /** The app has ended it: what still comes in leads to nothing. */
  get isByApp(): boolean {
    return this.#isByApp;
  }

  /** Nothing follows. Resolves when all of it was handled, and what came of it is in the log and was sent. */
  finish(): Promise<void> {
    return (this.#finishing ??= this.#finish());
  }

  /** The app has said all: that still arrives. */
  byApp(): void {
    this.#isByApp = true;
    this.#finishing ??= this.#tellFinished();
  }

  /** For good: the log says so. Resolves when nothing of it is left here. */
  retire(code: CloseCode, why: 'ended' | 'expired' = 'ended'): Promise<void> {
    return this.#depart(why, code, () => this.#options.log.end());
  }

  /** @param withinMs how long the store may take for what came in and was said; 0: nothing more is written. */
  leave(withinMs: number, code: CloseCode): Promise<void> {
    const { clock, log } = this.#options;
    return this.#depart('left', code, async () => {
      if (withinMs > 0) await within(clock, withinMs, log.settled());
      return null;
    });
  }

  lost(loss: LogLoss): void {
    void this.#depart(loss, CLOSE.fenced, () => Promise.resolve(null));
  }

  async #finish(): Promise<void> {
    const { log, app, voice } = this.#options;
    await log.settled();
    await app.finish();
    voice.shut();
    await this.#tellFinished();
  }

  async #tellFinished(): Promise<void> {
    await this.#options.log.settled();
    if (!this.isOver) this.#options.down.finished();
  }

  async #depart(why: Departure, code: CloseCode, written: Written): Promise<void> {
    if (!this.#isOver) this.#gone = this.#departed(why, code, written);
    await this.#gone;
    await this.#options.app.close();
  }

  async #departed(why: Departure, code: CloseCode, written: Written): Promise<void> {
    const { log, voice, down, onOver, onGone } = this.#options;
    this.#isOver = true;
    voice.shut();
    down.client?.close(code);
    onOver();
    const loss = await written(); // who only believed to own the log has ended nothing
    log.release();
    onGone(loss ?? why);
  }
}
