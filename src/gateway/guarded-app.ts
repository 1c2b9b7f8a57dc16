/** An app as its session has it: what it throws is one session's trouble, and closing it takes no longer than it may. */
import type { App, AppAudio, AppGap, AppHandlers, AppSession, AppStart } from './app.ts';
import { loggableOf } from './app-error.ts';
import type { OnAppError } from './app-error.ts';
import { within } from './within.ts';
import type { TagOf } from './session-tag.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';

export interface GuardedAppHouse {
  readonly clock: Clock;
  readonly tagOf: TagOf;
  readonly logger: Logger;
  readonly onAppError: OnAppError | null;
}

/** What an app was handed and failed on. */
export interface AppItem {
  readonly seq: number;
  /** Of a message. */
  readonly bytes?: number;
  /** Of audio: samples of the session. */
  readonly from?: number;
  readonly to?: number;
  /** Its client knows that it is lost. */
  readonly isGap?: boolean;
}

/** The session. */
export interface GuardedAppEnd {
  readonly id: string;
  /**
   * It threw once it was open, or a promise of its was rejected: nothing is handed to it any more.
   *
   * @param item null where it was handed nothing.
   */
  onFault(item: AppItem | null): void;
}

/** Whoever holds a connection to a service has this long to say goodbye. */
const CLOSE_WITHIN_MS = 10_000;

const NO_HANDLERS =
  'open returned no handlers: an object with audio, gap, finish and close, and no promise of one.';

const encoder = new TextEncoder();

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
    this.#try(null, () => {
      const handlers: unknown = app.open(session, start);
      if (!isHandlers(handlers)) throw new TypeError(NO_HANDLERS);
      this.#handlers = handlers;
    });
    return this.#handlers !== null;
  }

  /** As `#try` does, without a closure for each chunk. */
  audio(audio: AppAudio): void {
    try {
      const answer: unknown = this.#heeding?.audio(audio);
      if (answer instanceof Promise) this.#await(answer, itemOfAudio(audio));
    } catch (error) {
      this.#fault(error, itemOfAudio(audio));
    }
  }

  gap(gap: AppGap): void {
    const { toSeq: seq, position: from, samples, cause } = gap;
    const item = { seq, from, to: from + samples, isGap: cause !== 'setAside' };
    this.#try(item, () => this.#heeding?.gap(gap));
  }

  event(seq: number, event: unknown): void {
    this.#try({ seq }, () => this.#heeding?.event?.(seq, event));
  }

  message(seq: number, data: string | Uint8Array): void {
    try {
      const answer: unknown = this.#heeding?.message?.(seq, data);
      if (answer instanceof Promise) this.#await(answer, itemOfMessage(seq, data));
    } catch (error) {
      this.#fault(error, itemOfMessage(seq, data));
    }
  }

  attached(isAttached: boolean): void {
    this.#try(null, () => this.#heeding?.attached?.(isAttached));
  }

  held(isHeld: boolean): void {
    this.#try(null, () => this.#heeding?.held?.(isHeld));
  }

  /** Never rejects. */
  async finish(): Promise<void> {
    try {
      await this.#heeding?.finish();
    } catch (error) {
      this.#fault(error, null);
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

  #try(item: AppItem | null, call: () => unknown): void {
    try {
      const answer = call();
      if (answer instanceof Promise) this.#await(answer, item);
    } catch (error) {
      this.#fault(error, item);
    }
  }

  /** An `async` handler: what it rejects would end the whole process. */
  #await(answer: Promise<unknown>, item: AppItem | null): void {
    answer.catch((error: unknown) => {
      this.#fault(error, item);
    });
  }

  #fault(error: unknown, item: AppItem | null): void {
    if (this.#isFaulty) return;
    this.#isFaulty = true;
    const { logger, onAppError, tagOf } = this.#house;
    const { id: sessionId } = this.#end;
    const seq = item?.seq ?? null;
    logger.error('An app failed.', { session: tagOf(sessionId), seq, ...loggableOf(error) });
    try {
      onAppError?.(error, { sessionId, seq });
    } catch {
      logger.error('The hook for errors of apps threw.', { session: tagOf(sessionId) });
    }
    if (this.#handlers !== null && this.#closing === null) this.#end.onFault(item);
  }
}

function itemOfAudio({ seq, position, bytes }: AppAudio): AppItem {
  return { seq, from: position, to: position + bytes.length / BYTES_PER_SAMPLE };
}

function itemOfMessage(seq: number, data: string | Uint8Array): AppItem {
  const { length } = typeof data === 'string' ? encoder.encode(data) : data;
  return { seq, bytes: length };
}

/** Those that write no types may return something else, and nobody would be told. */
function isHandlers(returned: unknown): returned is AppHandlers {
  const handlers = Object(returned) as Readonly<Record<string, unknown>>;
  return ['audio', 'gap', 'finish', 'close'].every((name) => typeof handlers[name] === 'function');
}
