/** A stream of Gemini Live with a conversation to remember. */
import type { ConversationRecord, ConversationItem } from '../../src/ports/conversation.ts';
import type { ProviderEvent, ProviderStream, StreamMemory } from '../../src/providers/contract.ts';
import { geminiLive } from '../../src/providers/gemini-live/gemini-live.ts';
import type { GeminiLiveOptions } from '../../src/providers/gemini-live/gemini-live.ts';

export const KEY = 'AIza-0123456789abcdef';

export function openStream(
  options: Partial<GeminiLiveOptions> = {},
  memory: {
    handle?: string | null;
    conversation?: ConversationRecord;
    news?: readonly ConversationItem[];
  } = {},
): ProviderStream {
  const { handle = null, conversation = conversationOf([]), news } = memory;
  const remembered: StreamMemory = {
    conversation: () => conversation,
    handle,
    ...(news === undefined ? {} : { news: () => news }),
  };
  return geminiLive({ apiKey: KEY, ...options }).openStream(
    { encoding: 'pcm_s16le', sampleRateHz: 16_000 },
    remembered,
  );
}

export function conversationOf(
  items: readonly ConversationItem[],
  owesReply = false,
): ConversationRecord {
  return { items, owesReply };
}

export function said(
  role: 'user' | 'assistant' | 'system',
  text: string,
  status: 'inProgress' | 'completed' | 'interrupted' = 'completed',
): ConversationItem {
  return {
    kind: 'message',
    id: `${role}:${text}`,
    role,
    text,
    status,
    fromMs: null,
    toMs: null,
    heardMs: null,
  };
}

/** Sends so much silence. */
export function sendMs(stream: ProviderStream, ms: number): void {
  stream.encodeAudio(new Uint8Array(ms * 32));
}

/** Decodes each of these as a frame of its own. */
export function decodeAll(stream: ProviderStream, ...frames: object[]): readonly ProviderEvent[] {
  return frames.flatMap((frame) => stream.decode(JSON.stringify(frame)));
}

export const heard = (text: string) => ({ serverContent: { inputTranscription: { text } } });
export const spoken = (text: string) => ({ serverContent: { outputTranscription: { text } } });
export const audio = (bytes = 4) => ({
  serverContent: {
    modelTurn: {
      parts: [
        {
          inlineData: {
            mimeType: 'audio/pcm;rate=24000',
            data: Buffer.alloc(bytes).toString('base64'),
          },
        },
      ],
    },
  },
});
export const generationComplete = { serverContent: { generationComplete: true } };
export const turnComplete = { serverContent: { turnComplete: true } };
export const interrupted = { serverContent: { interrupted: true } };

/** In short: what happened, and how it stands. */
export function kindsOf(events: readonly ProviderEvent[]): readonly string[] {
  return events.map((event) =>
    event.kind === 'item' || event.kind === 'replyEnded'
      ? `${event.kind} ${event.status}`
      : event.kind,
  );
}

export const callOf = (id?: string) => ({
  toolCall: { functionCalls: [{ name: 'get_weather', args: { city: 'London' }, id }] },
});
