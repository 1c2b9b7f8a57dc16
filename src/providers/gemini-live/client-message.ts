/** What goes out, as types: tests hold them against the service's own client. Field names are the service's own. */
import type { TextTurn } from './restore.ts';
import type { Setup } from './setup.ts';

/** One frame has one of these members. */
export type ClientMessage =
  | { readonly setup: Setup }
  | { readonly realtimeInput: RealtimeInput }
  | { readonly clientContent: ClientContent }
  | { readonly toolResponse: { readonly functionResponses: readonly FunctionResponse[] } };

/** The fields are no alternatives: a turn that the application ends begins with its first audio. */
export interface RealtimeInput {
  readonly audio?: {
    /** Base64. */
    readonly data: string;
    readonly mimeType: `audio/pcm;rate=${number}`;
  };
  readonly audioStreamEnd?: true;
  readonly activityStart?: object;
  readonly activityEnd?: object;
}

export interface ClientContent {
  readonly turns?: readonly TextTurn[];
  readonly turnComplete: boolean;
}

export interface FunctionResponse {
  /** Absent where the call came without one. */
  readonly id?: string;
  readonly name: string;
  readonly response: { readonly output: string };
}

export function frameOf(message: ClientMessage): string {
  return JSON.stringify(message);
}
