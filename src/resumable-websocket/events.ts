/** The events of a resumable WebSocket, beyond the platform's own `Event` and `MessageEvent`. */
import type { CloseFacts, LossFacts, LossReason, ReconnectingFacts } from './events.types.ts';
import type { Amount } from './outbox.ts';
import type { ConnectionStatus } from '../../machines/connection.types.ts';
import type { TenutoError } from '../ports/errors.ts';

export type * from './events.types.ts';

type CloseEventInit = Omit<CloseFacts, 'willReconnect' | 'cause'>;

/** Where the platform has none: Node before 23. */
class OwnCloseEvent extends Event implements CloseEventInit {
  readonly #facts: CloseEventInit;

  constructor(type: string, facts: CloseEventInit) {
    super(type);
    this.#facts = facts;
  }

  get code(): number {
    return this.#facts.code;
  }

  get reason(): string {
    return this.#facts.reason;
  }

  get wasClean(): boolean {
    return this.#facts.wasClean;
  }

  get [Symbol.toStringTag](): string {
    return 'CloseEvent';
  }
}

/** So that `event instanceof CloseEvent` holds, as libraries expect of a WebSocket. */
const PlatformCloseEvent: new (type: string, facts: CloseEventInit) => Event & CloseEventInit =
  (globalThis as unknown as { CloseEvent?: typeof OwnCloseEvent }).CloseEvent ?? OwnCloseEvent;

/** As the standard has it; beyond it `willReconnect` says what comes after it, and `cause` why. */
export class ResumableCloseEvent extends PlatformCloseEvent implements CloseFacts {
  readonly willReconnect: boolean;
  readonly cause: string;

  constructor({ code, reason, wasClean, willReconnect, cause }: CloseFacts) {
    super('close', { code, reason, wasClean });
    this.willReconnect = willReconnect;
    this.cause = cause;
  }
}

/** What went wrong is in `error`. */
export class ResumableErrorEvent extends Event {
  readonly error: TenutoError;
  readonly message: string;

  constructor(error: TenutoError) {
    super('error');
    this.error = error;
    this.message = error.message;
  }
}

/** Something is not as it should be, and is no end: a new bearer did not come, or a gateway names a foreign address. */
export class ResumableWarningEvent extends Event {
  readonly error: TenutoError;

  constructor(error: TenutoError) {
    super('warning');
    this.error = error;
  }
}

/** Messages of the application's that will not be sent, or that may not have arrived. None is lost without such an event. */
export class LossEvent extends Event implements Amount {
  readonly reason: LossReason;
  readonly messages: number;
  readonly bytes: number;
  readonly isCertain: boolean;
  /** The other end may have sent something as well that did not arrive: a plain connection broke, or a session is gone. */
  readonly mayMissIncoming: boolean;

  /** Of `setAside`: which one, in the order in which `send` took them, from 0. Null where there are others, or several. */
  readonly index: number | null;

  constructor({ reason, messages, bytes, isCertain, index }: LossFacts) {
    super('loss');
    this.reason = reason;
    this.messages = messages;
    this.bytes = bytes;
    this.isCertain = isCertain;
    this.index = index ?? null;
    this.mayMissIncoming = reason === 'linkLost' || reason === 'sessionLost';
  }
}

/** The connection is down, and will be dialled again. */
export class ReconnectingEvent extends Event implements ReconnectingFacts {
  readonly attempt: number;
  readonly delayMs: number;
  readonly cause: string;

  constructor({ attempt, delayMs, cause }: ReconnectingFacts) {
    super('reconnecting');
    this.attempt = attempt;
    this.delayMs = delayMs;
    this.cause = cause;
  }
}

/** The connection is up again. */
export class ReconnectedEvent extends Event {
  /** The session is the same: nothing was lost. Of a plain server, false. */
  readonly isResumed: boolean;

  constructor(isResumed: boolean) {
    super('reconnected');
    this.isResumed = isResumed;
  }
}

/** What the connection is about has changed. */
export class StatusChangeEvent extends Event {
  readonly current: ConnectionStatus;
  readonly previous: ConnectionStatus;

  constructor(current: ConnectionStatus, previous: ConnectionStatus) {
    super('statuschange');
    this.current = current;
    this.previous = previous;
  }
}

export interface ResumableEventMap {
  open: Event;
  message: MessageEvent;
  error: ResumableErrorEvent;
  close: ResumableCloseEvent;
  warning: ResumableWarningEvent;
  loss: LossEvent;
  reconnecting: ReconnectingEvent;
  reconnected: ReconnectedEvent;
  statuschange: StatusChangeEvent;
}
