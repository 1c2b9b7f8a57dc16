/** A response as `response.created` and `response.done` tell it. */
import { objectAt } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import type { Fields } from './frames.ts';
import type { Item } from './items.ts';

export type ReplyStatus = 'in_progress' | 'completed' | 'cancelled' | 'failed';

export interface ResponseParts {
  readonly id: string;
  readonly conversationId: string;
  readonly modality: 'audio' | 'text';
  readonly output: readonly Item[];
  /** As the client gave it. */
  readonly metadata: unknown;
  readonly status: ReplyStatus;
  readonly details: Fields | null;
}

/** What each item is said to have cost, and the conversation before it. */
const ITEM_TOKENS = 12;
const INPUT_TOKENS = 40;

export function responseObject(session: JsonObject, parts: ResponseParts): Fields {
  const { id, conversationId, modality, output, metadata, status, details } = parts;
  const speech = objectAt(objectAt(session, 'audio'), 'output');
  return {
    object: 'realtime.response',
    id,
    status,
    status_details: details,
    output,
    conversation_id: conversationId,
    output_modalities: [modality],
    max_output_tokens: 'inf',
    audio: { output: { format: speech?.['format'], voice: speech?.['voice'] } },
    usage: status === 'in_progress' ? null : usageOf(output.length * ITEM_TOKENS),
    metadata,
  };
}

function usageOf(outputTokens: number): Fields {
  return {
    total_tokens: INPUT_TOKENS + outputTokens,
    input_tokens: INPUT_TOKENS,
    output_tokens: outputTokens,
    input_token_details: {
      text_tokens: INPUT_TOKENS,
      audio_tokens: 0,
      image_tokens: 0,
      cached_tokens: 0,
    },
    output_token_details: { text_tokens: outputTokens, audio_tokens: 0 },
  };
}
