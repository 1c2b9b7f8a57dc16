/** What a dialogue is made of: who hears, who thinks, who speaks. */
import type { Answer } from './answer.ts';
import type { Question } from './asking.ts';
import type { Clock } from '../ports/clock.ts';
import type { Tool } from '../ports/conversation.ts';
import type { Logger } from '../ports/logger.ts';
import type { SessionEvent, SessionEventOf } from '../session/events.ts';

/** Who speaks. */
export interface Voice {
  /** @returns the voice's name for the text; null while nobody speaks, and none is expected to soon. */
  say(text: string): string | null;
  /** Nothing of what was given to it is to be said any more. */
  stop(): void;
}

/** Who listens. */
export interface Ear {
  readonly isSpeaking: boolean;
  /** False where there is no turn to end. */
  endTurn(): boolean;
}

export interface DialogueOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instructions: string;
  readonly tools: readonly Tool[];
  readonly historyMessages: number;
  readonly voice: Voice;
  readonly ear: Ear;
  readonly thinker: { ask(question: Question): void; cancel(): void };
  readonly tell: (event: SessionEvent) => void;
}

/** An answer that is thought, and said as far as it is thought. */
export interface RunningReply {
  readonly answer: Answer;
  /** Null until the first sentence. */
  itemId: string | null;
}

export type ReplyStatus = SessionEventOf<'reply.ended'>['status'];
