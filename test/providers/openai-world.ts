/** A stream of the OpenAI Realtime adapter, fed by hand. */
import { openaiRealtime } from '../../src/providers/openai-realtime/openai-realtime.ts';
import type { OpenAiRealtimeOptions } from '../../src/providers/openai-realtime/openai-realtime.ts';
import type { Provider, ProviderEvent, ProviderStream } from '../../src/providers/contract.ts';
import { NO_CONVERSATION } from '../../src/ports/conversation.ts';
import type {
  ConversationRecord,
  ConversationItem,
  MessageItem,
} from '../../src/ports/conversation.ts';
import type { Frame } from '../../src/ports/socket.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 24_000 } as const;
export const NOW_MS = 1_785_214_055_000;
const SAMPLES_PER_MS = 24;

export type Wire = Readonly<Record<string, any>>; // eslint-disable-line @typescript-eslint/no-explicit-any

export function providerOf(options: Partial<OpenAiRealtimeOptions> = {}): Provider {
  return openaiRealtime({ apiKey: 'sk-secret-key', wallClock: () => NOW_MS, ...options });
}

export class World {
  readonly provider: Provider;
  readonly stream: ProviderStream;

  constructor(
    options: Partial<OpenAiRealtimeOptions> | Provider = {},
    conversation?: ConversationRecord,
  ) {
    this.provider = 'openStream' in options ? options : providerOf(options);
    const memory = { conversation: () => conversation ?? NO_CONVERSATION, handle: null };
    this.stream = this.provider.openStream(FORMAT, memory);
  }

  /** The service says this. */
  tell(type: string, fields: object = {}): readonly ProviderEvent[] {
    return this.stream.decode(JSON.stringify({ type, event_id: 'event_x', ...fields }));
  }

  /** Greeted, asked, and taken as it was asked. @param effective what the service makes of it. */
  configure(effective: (session: Wire) => object = (session) => session): readonly ProviderEvent[] {
    const [asked] = sentBy(this.tell('session.created', { session: { expires_at: 0 } }));
    return this.tell('session.updated', { session: effective(asked?.['session'] as Wire) });
  }

  sendAudio(ms: number): void {
    this.stream.encodeAudio(new Uint8Array(ms * SAMPLES_PER_MS * 2));
  }

  /** A turn that the service hears from one place of the audio to another. */
  hear(ref: string, fromMs: number, toMs: number): readonly ProviderEvent[] {
    return [
      ...this.tell('input_audio_buffer.speech_started', { item_id: ref, audio_start_ms: fromMs }),
      ...this.tell('input_audio_buffer.speech_stopped', { item_id: ref, audio_end_ms: toMs }),
      ...this.tell('input_audio_buffer.committed', { item_id: ref, previous_item_id: null }),
    ];
  }

  transcribe(ref: string, transcript: string): readonly ProviderEvent[] {
    const type = 'conversation.item.input_audio_transcription.completed';
    return this.tell(type, { item_id: ref, content_index: 0, transcript });
  }

  reply(id = 'resp_1'): readonly ProviderEvent[] {
    return this.tell('response.created', { response: { id, status: 'in_progress' } });
  }

  endReply(status = 'completed', details: object | null = null, id = 'resp_1') {
    const response = { id, status, status_details: details };
    return this.tell('response.done', { response });
  }

  complain(error: object): readonly ProviderEvent[] {
    return this.tell('error', { error: { type: 'invalid_request_error', message: '', ...error } });
  }
}

export const samples = (ms: number): number => ms * SAMPLES_PER_MS;

export function wire(frames: readonly Frame[] | null): readonly Wire[] {
  return (frames ?? []).map((frame) => JSON.parse(frame as string) as Wire);
}

export function sentBy(events: readonly ProviderEvent[]): readonly Wire[] {
  return events.flatMap((event) => (event.kind === 'send' ? wire(event.frames) : []));
}

export function kindsOf(events: readonly ProviderEvent[]): readonly string[] {
  return events.map(({ kind }) => kind);
}

export function said(id: string, role: MessageItem['role'], text: string): MessageItem {
  const times = { fromMs: null, toMs: null, heardMs: null };
  return { kind: 'message', id, role, text, status: 'completed', ...times };
}

export function called(id: string, status: 'pending' | 'answered' | 'cancelled'): ConversationItem {
  const callId = `call_of_${id}`;
  return { kind: 'toolCall', id, callId, name: 'get_weather', arguments: '{}', status };
}
