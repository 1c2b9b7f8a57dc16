/** What an application does in a conversation, and what it hears of it besides events. */
import type { ConversationItem } from '../ports/conversation.ts';

/** A piece of an answer's sound: PCM s16le mono. The bytes are the listener's to keep. */
export interface SpokenAudio {
  /** The item that it belongs to, for `heard`. */
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly sampleRateHz: number;
  readonly durationMs: number;
}

export interface SayOptions {
  /** Stops what is being said first. Default false: it is said after it. */
  readonly interrupt?: boolean;
}

export interface Conversation {
  /** Everything said so far, oldest first; bounded, the oldest turns go first. */
  readonly items: readonly ConversationItem[];
  /**
   * A typed message of the user's; kept, and given over, where nobody serves just now.
   * @returns its id.
   * @throws TenutoError OPTION_INVALID for an empty text, or where no candidate of the session answers; with
   * `reply: false` none has to.
   */
  send(text: string, options?: { readonly reply?: boolean }): string;
  /** The result of a tool call. False where no such call waits for one. */
  answerTool(callId: string, output: string): boolean;
  /** Asks for an answer now. False where nobody is there to give one. */
  reply(): boolean;
  /** The user's turn is over, where the service does not find out by itself. False where nobody was told. */
  endTurn(): boolean;
  /**
   * Has a text spoken, by services that speak what they are told; what is lost on the way is said again.
   * @returns its id, which `spoken` tells when all of it was said.
   * @throws TenutoError OPTION_INVALID for an empty text, or where no candidate of the session speaks what it is told.
   */
  say(text: string, options?: SayOptions): string;
  /** Stops the answer that sounds, and forgets what still waits to be said. */
  interrupt(): void;
  /** Tells how much of an item's sound was played so far: what was not heard was not said. */
  heard(id: string, ms: number): void;
  /** The sound of answers as it comes. Audio is no event: `events()` does not have it. */
  onAudio(listener: (audio: SpokenAudio) => void): () => void;
}
