/**
 * The frames of OpenAI Realtime (GA), as narrow as they are used here. Names are the service's own.
 *
 * What is sent is typed whole; of what comes in only the fields that are read, and none of them is believed:
 * `event-reader.ts` reads them as unknown. Source: the service's API reference, "Realtime client events" and "Realtime
 * server events".
 */
import type { Frame } from '../../ports/socket.ts';

/** PCM s16le mono, both ways: the service takes no lower rate. */
export const SAMPLE_RATE_HZ = 24_000;
export const SAMPLES_PER_MS = SAMPLE_RATE_HZ / 1_000;

export type Modality = 'audio' | 'text';

export interface PcmFormat {
  readonly type: 'audio/pcm';
  readonly rate: 24_000;
}

export type WireTurnDetection =
  | {
      readonly type: 'server_vad';
      readonly threshold?: number;
      readonly prefix_padding_ms?: number;
      readonly silence_duration_ms?: number;
      readonly idle_timeout_ms?: number;
      readonly create_response: boolean;
      readonly interrupt_response: boolean;
    }
  | {
      readonly type: 'semantic_vad';
      readonly eagerness?: 'low' | 'medium' | 'high' | 'auto';
      readonly create_response: boolean;
      readonly interrupt_response: boolean;
    };

export interface WireTool {
  readonly type: 'function';
  readonly name: string;
  readonly description?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export interface SessionConfig {
  readonly type: 'realtime';
  readonly instructions?: string;
  readonly output_modalities: readonly Modality[];
  readonly audio: {
    readonly input: {
      readonly format: PcmFormat;
      readonly turn_detection: WireTurnDetection | null;
      readonly transcription?: {
        readonly model: string;
        readonly language?: string;
        readonly prompt?: string;
      };
    };
    readonly output: { readonly format: PcmFormat; readonly voice?: string };
  };
  readonly tools?: readonly WireTool[];
}

/** An item that a client may create. An answer that was spoken can only be given back as text. */
export type CreatedItem =
  | {
      readonly id: string;
      readonly type: 'message';
      readonly role: 'system' | 'user';
      readonly content: readonly { readonly type: 'input_text'; readonly text: string }[];
    }
  | {
      readonly id: string;
      readonly type: 'message';
      readonly role: 'assistant';
      readonly content: readonly { readonly type: 'output_text'; readonly text: string }[];
    }
  | {
      readonly id: string;
      readonly type: 'function_call';
      readonly call_id: string;
      readonly name: string;
      readonly arguments: string;
    }
  | {
      readonly id: string;
      readonly type: 'function_call_output';
      readonly call_id: string;
      readonly output: string;
    };

export type ClientEvent =
  | {
      readonly type: 'session.update';
      readonly event_id: string;
      readonly session: SessionConfig;
    }
  /** Not named: it is never answered, and there are many of them. */
  | { readonly type: 'input_audio_buffer.append'; readonly audio: string }
  | { readonly type: 'input_audio_buffer.commit'; readonly event_id: string }
  | {
      readonly type: 'conversation.item.create';
      readonly event_id: string;
      /** `root`: before all others. Left out: after all others. */
      readonly previous_item_id?: string;
      readonly item: CreatedItem;
    }
  | {
      readonly type: 'conversation.item.truncate';
      readonly event_id: string;
      readonly item_id: string;
      readonly content_index: number;
      readonly audio_end_ms: number;
    }
  | {
      readonly type: 'conversation.item.delete';
      readonly event_id: string;
      readonly item_id: string;
    }
  | { readonly type: 'response.create'; readonly event_id: string }
  | { readonly type: 'response.cancel'; readonly event_id: string };

export interface WireError {
  readonly type: string;
  readonly code?: string | null;
  readonly message: string;
  readonly event_id?: string | null;
}

interface OfItem<Type extends string> {
  readonly type: Type;
  readonly item_id: string;
}

interface Delta<Type extends string> extends OfItem<Type> {
  readonly content_index: number;
  readonly delta: string;
}

interface ItemNote<Type extends string> {
  readonly type: Type;
  readonly item: { readonly type: string };
}

/** What is read of what comes in. Any other type of event is counted, and nothing else is done about it. */
export type ServerEvent =
  | { readonly type: 'session.created' | 'session.updated'; readonly session: object }
  | { readonly type: 'conversation.created' }
  | { readonly type: 'error'; readonly error: WireError }
  | (OfItem<'input_audio_buffer.speech_started'> & { readonly audio_start_ms: number })
  | (OfItem<'input_audio_buffer.speech_stopped'> & { readonly audio_end_ms: number })
  | OfItem<'input_audio_buffer.committed'>
  | (OfItem<'input_audio_buffer.timeout_triggered'> & {
      readonly audio_start_ms: number;
      readonly audio_end_ms: number;
    })
  | (OfItem<'conversation.item.input_audio_transcription.delta'> & { readonly delta?: string })
  | (OfItem<'conversation.item.input_audio_transcription.completed'> & {
      readonly transcript: string;
    })
  | (OfItem<'conversation.item.input_audio_transcription.failed'> & {
      readonly error: { readonly code?: string; readonly message?: string };
    })
  | ItemNote<'conversation.item.created'>
  | ItemNote<'conversation.item.added'>
  | ItemNote<'conversation.item.done'>
  | ItemNote<'response.output_item.added'>
  | ItemNote<'response.output_item.done'>
  | { readonly type: 'response.created' | 'response.done'; readonly response: object }
  | Delta<'response.output_audio.delta'>
  | Delta<'response.output_audio_transcript.delta'>
  | Delta<'response.output_text.delta'>
  | (OfItem<'response.function_call_arguments.done'> & {
      readonly call_id: string;
      readonly name: string;
      readonly arguments: string;
    })
  | {
      readonly type: 'rate_limits.updated';
      readonly rate_limits: readonly {
        readonly name?: string;
        readonly remaining?: number;
        readonly reset_seconds?: number;
      }[];
    };

/** Told for other uses of the service, or along with what is read already. */
export const KNOWN_AND_UNREAD: ReadonlySet<string> = new Set([
  'conversation.item.deleted',
  'conversation.item.input_audio_transcription.segment',
  'conversation.item.retrieved',
  'conversation.item.truncated',
  'input_audio_buffer.cleared',
  'input_audio_buffer.dtmf_event_received',
  'output_audio_buffer.cleared',
  'output_audio_buffer.started',
  'output_audio_buffer.stopped',
  'response.content_part.added',
  'response.content_part.done',
  'response.function_call_arguments.delta',
  'response.output_audio.done',
  'response.output_audio_transcript.done',
  'response.output_text.done',
]);

export function encode(event: ClientEvent): Frame {
  return JSON.stringify(event);
}
