/** What the reply chart is told, what it remembers, and what it orders. */
import type { Failure } from './failure.ts';

/** How a conversation stands at one moment. */
export interface ReplyMoment {
  /** Somebody waits for an answer, which was not asked for a second time. */
  readonly isOwed: boolean;
  /** Somebody has the word: the user is in the middle of a turn, or an answer is being given. */
  readonly isTaken: boolean;
}

export type ReplyEvent =
  /** An answer failed alone, or was refused: the link stands. */
  | {
      readonly type: 'reply.refused';
      readonly failure: Failure;
      /** The answer that is owed was asked for a second time before. */
      readonly wasAskedAgain: boolean;
    }
  /** An answer is being given. */
  | { readonly type: 'reply.started' }
  /** Nobody carries the conversation any more. */
  | { readonly type: 'link.lost' };

export interface ReplyContext {
  /** How long the last limit lasts, from the moment at which it was told. */
  readonly waitMs: number;
}

/** To whoever carries the conversation: answer. */
export interface ReplyOrder {
  readonly type: 'reply.ask';
}
