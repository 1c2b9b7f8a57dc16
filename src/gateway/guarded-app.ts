/** An app as its session has it: what it throws is one session's trouble, and closing it takes no longer than it may. */
import type { App, AppAudio, AppGap, AppHandlers, AppSession, AppStart } from './app.ts';
import { within } from './within.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';

export interface GuardedAppHouse {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The session. */
export interface GuardedAppEnd {
  readonly id: string;
  /** It threw once it was open, or a promise of its was rejected: nothing is handed to it any more. */
  onFault(): void;
}

/** Whoever holds a connection to a service has this long to say goodbye. */
const CLOSE_WITHIN_MS = 10_000;

export class GuardedApp implements AppHandlers {
  readonly #house: GuardedAppHouse;
  readonly #end: GuardedAppEnd;
  #handlers: AppHandlers | null = null;
  #isFaulty = false;
  #closing: Promise<void> | null = null;

  constructor(house: GuardedAppHouse, end: GuardedAppEnd) {
    this.#house = house;
    this.#end = end;
  }

  /** False where it does not open. */
  open(app: App, session: AppSession, start: AppStart): boolean {
    this.#try(() => {
      this.#handlers = app.open(session, start);
    });
    return this.#handlers !== null;
  }

  /** As `#try` does, without a closure for each chunk. */
  audio(audio: AppAudio): void {
    try {
      this.#heeding?.audio(audio);
    } catch (error) {
      this.#fault(error);
    }
  }

  gap(gap: AppGap): void {
    this.#try(() => this.#heeding?.gap(gap));
  }

  event(seq: number, event: unknown): void {
    this.#try(() => this.#heeding?.event?.(seq, event));
  }

  message(seq: number, data: string | Uint8Array): void {
    this.#try(() => this.#heeding?.message?.(seq, data));
  }

  attached(isAttached: boolean): void {
    this.#try(() => this.#heeding?.attached?.(isAttached));
  }

  held(isHeld: boolean): void {
    this.#try(() => this.#heeding?.held?.(isHeld));
  }

  /** Never rejects. */
  async finish(): Promise<void> {
    try {
      await this.#heeding?.finish();
    } catch (error) {
      this.#fault(error);
    }
  }

  /** Never rejects, and takes 10 s at the most. */
  close(): Promise<void> {
    this.#closing ??= within(this.#house.clock, CLOSE_WITHIN_MS, this.#close());
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#handlers?.close();
    } catch {
      // It is over in any case.
    }
  }

  /** Null once it must not be handed anything. */
  get #heeding(): AppHandlers | null {
    return this.#isFaulty || this.#closing !== null ? null : this.#handlers;
  }

  #try(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#fault(error);
    }
  }

  #fault(error: unknown): void {
    if (this.#isFaulty) return;
    this.#isFaulty = true;
    const what = error instanceof Error ? error.name : typeof error; // its words may be the client's
    this.#house.logger.error('An app failed; its session is given up here.', {
      sessionId: this.#end.id,
      what,
    });
    if (this.#handlers !== null) this.#end.onFault();
  }
}
