/** What the events of a resumable WebSocket tell, whatever the platform's own events are. */
import type { Amount } from './outbox.ts';

export interface CloseFacts {
  /** As in RFC 6455: 1005 for a close frame without a code, 1006 where there was no close frame. */
  readonly code: number;
  readonly reason: string;
  /** There was a close frame, or everything was handed over and acknowledged. */
  readonly wasClean: boolean;
  /** False: this is the end, and no event follows. True: another connection is made. */
  readonly willReconnect: boolean;
  /** For a person; also where there was no close frame, such as `http 404 Not Found` (where the platform tells it). */
  readonly cause: string;
}

export type LossReason =
  /** The connection to a plain server broke: what was sent last may not have arrived. */
  | 'linkLost'
  /** The gateway has no such session any more, and cannot say what it had of it. */
  | 'sessionLost'
  /** The gateway's store lost what it had acknowledged, and it is not held here any more. */
  | 'storeLoss'
  /** The gateway's application failed on it again and again: it arrived, is acknowledged, and leads to nothing. */
  | 'setAside'
  /** There was no room: the message was not taken. */
  | 'queueFull'
  /** The gateway cannot carry a message of this length: it was not taken. */
  | 'tooLarge'
  /** A Blob that could not be read. */
  | 'unreadable'
  /** Of another life: its spool had no room for them, or they were in it for too long. */
  | 'notKept'
  /** It was closed, or given up, before they were sent or acknowledged. */
  | 'closed';

export interface LossFacts extends Amount {
  readonly reason: LossReason;
  /** True: they did not arrive. False: they may or may not have, and are not sent again. */
  readonly isCertain: boolean;
  /** Of `setAside`: which one, in the order in which `send` took them, from 0. */
  readonly index?: number;
}

export interface ReconnectingFacts {
  /** Counted from 1. */
  readonly attempt: number;
  readonly delayMs: number;
  /** What was the matter, for a person. */
  readonly cause: string;
}
