/** What a composed voice asks of whoever thinks for it: one answer at a time, in pieces, over a connection of its own. */
import type { Failure } from '../../../machines/failure.ts';
import type { ConversationItem, Tool } from '../../ports/conversation.ts';
import type { Http } from '../../ports/http.ts';

export interface ReplyRequest {
  /** In order; the last turn is the one to be answered. */
  readonly conversation: readonly ConversationItem[];
  /** What the model is told to be; empty for nothing. */
  readonly instructions: string;
  readonly tools: readonly Tool[];
  /** Ids of calls that are taken besides those of the conversation, which may be the end of a longer one. */
  readonly takenCallIds?: readonly string[];
}

export interface LanguageModelCall {
  /** Unique in the conversation; the service's own where it gave one. */
  readonly callId: string;
  readonly name: string;
  /** JSON, as the model wrote it. */
  readonly arguments: string;
  /** What the service wants back with the call. */
  readonly signature?: string;
}

export interface ReplyResult {
  /** `incomplete`: cut off by a limit or a filter, which `finishReason` names. */
  readonly status: 'completed' | 'incomplete';
  /** As the service names it, such as `STOP` or `MAX_TOKENS`. */
  readonly finishReason: string;
  /** Null where the service did not say. */
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number } | null;
}

export interface ReplyHandlers {
  /** More text. */
  onText(delta: string): void;
  onToolCall(call: LanguageModelCall): void;
  /** Exactly one of the two, and nothing after it; neither after `cancel`. */
  onEnd(result: ReplyResult): void;
  onFailed(failure: Failure): void;
}

export interface LanguageModelReply {
  /** Lets go at once; nothing is called any more. */
  cancel(): void;
}

export interface LanguageModel {
  readonly name: string;
  /** Whether a refused credential can be renewed by asking again. Default false. */
  readonly refreshesCredential?: boolean;
  reply(request: ReplyRequest, handlers: ReplyHandlers): LanguageModelReply;
  /**
   * Whether the service takes such tools, before it is asked anything. Default: it does.
   *
   * @throws TenutoError OPTION_INVALID
   */
  checkTools?(tools: readonly Tool[]): void;
  /**
   * For a model that was made without a network: one that asks over the agent's own. Default: as it is.
   *
   * @param http undefined where the agent's transport has none.
   * @throws TenutoError OPTION_INVALID where it needs one, and there is none.
   */
  over?(http: Http | undefined): LanguageModel;
}
