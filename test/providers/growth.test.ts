/** A service that never comes to an end is not remembered for ever: neither on one socket nor over many. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

import { openStream as openGemini, sendMs } from './gemini-support.ts';
import { openStream as openFlux, seconds, turn } from './deepgram-flux-support.ts';
import type { Provider, ProviderStream } from '../../src/providers/contract.ts';
import { deepgramFlux } from '../../src/providers/deepgram-flux/deepgram-flux.ts';
import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import { deepgramSpeak } from '../../src/providers/deepgram-speak/deepgram-speak.ts';
import { geminiLive } from '../../src/providers/gemini-live/gemini-live.ts';
import { openaiRealtime } from '../../src/providers/openai-realtime/openai-realtime.ts';
import { Remembered } from '../../src/providers/whisper/remembered.ts';
import { whisper } from '../../src/providers/whisper/whisper.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
const conversation = { items: [], owesReply: false };

/** Several megabytes are said on each socket, and over all of them; little of that may stay. */
const MOST_RETAINED_BYTES = 1_000_000;
const WARM_UP = 1_500;
const ROUNDS = 5_000;

/** Each in memory of its own, as what comes over a wire is. */
const text = (at: number): string => `${at}_${Buffer.alloc(500, 'x').toString('latin1')}`;

/** One round of what a service may say without end; each has something new in it. */
type Chatter = (stream: ProviderStream, at: number) => void;

const say = (stream: ProviderStream, ...messages: readonly object[]): void => {
  for (const message of messages) stream.decode(JSON.stringify(message));
};

const listen: Chatter = (stream, at) => {
  stream.encodeFlush();
  const words = [{ word: text(at), start: at, end: at + 1 }];
  const channel = { alternatives: [{ transcript: text(at), words }] };
  const results = { type: 'Results', start: at, duration: 1, channel, speech_final: true };
  say(stream, results, { ...results, is_final: true }, { type: text(at) });
  say(stream, { type: 'UtteranceEnd', last_word_end: at }, { type: 'Error', message: text(at) });
};

/** Turns that never end, and ends that were never asked for. */
const flux: Chatter = (stream, at) => {
  stream.encodeFlush();
  const place = { turn_index: at, audio_window_start: at, sequence_id: 3 * at };
  say(stream, turn('Update', at + 1, text(at), place));
  say(stream, turn('EndOfTurn', at + 1, text(at), { trigger: text(at) }), { type: text(at) });
};

/** Sound and confirmations that nobody asked for. */
const speak: Chatter = (stream, at) => {
  stream.encodeOrder?.({ kind: 'say', id: text(at), text: text(at) });
  stream.decode(new Uint8Array(501));
  say(stream, { type: 'Flushed', sequence_id: at }, { type: 'Flushed', sequence_id: at });
  stream.decode(new Uint8Array(501));
  say(stream, { type: 'Cleared' }, { type: 'Warning', code: text(at), description: text(at) });
};

/** Calls that nobody answers, handles, and turns without an end. */
const gemini: Chatter = (stream, at) => {
  sendMs(stream, 1);
  stream.encodeFlush();
  const call = { id: text(at), name: text(at), args: { text: text(at) } };
  const parts = [{ text: text(at) }, { functionCall: { ...call, id: `p${text(at)}` } }];
  say(stream, { toolCall: { functionCalls: [call] } });
  say(stream, { serverContent: { inputTranscription: { text: text(at) } } });
  say(stream, { serverContent: { outputTranscription: { text: text(at) }, modelTurn: { parts } } });
  say(stream, { sessionResumptionUpdate: { newHandle: text(at), resumable: true } });
  say(stream, { toolCallCancellation: { ids: [text(at)] } }, { [text(at)]: 1 });
};

const openai: Chatter = (stream, at) => {
  stream.encodeFlush();
  const ref = `item_${text(at)}`;
  const heard = { type: 'conversation.item.input_audio_transcription.delta', item_id: ref };
  const item = { id: `c_${text(at)}`, type: 'function_call', name: text(at) };
  const called = { item_id: item.id, call_id: `call_${text(at)}`, arguments: text(at) };
  say(stream, { type: 'input_audio_buffer.speech_started', item_id: ref, audio_start_ms: at });
  say(stream, { type: 'input_audio_buffer.committed', item_id: ref });
  say(stream, { ...heard, delta: text(at) });
  say(stream, { type: 'response.created', response: { id: text(at) } });
  say(stream, { type: 'response.output_text.delta', item_id: `a_${text(at)}`, delta: text(at) });
  say(stream, { type: 'response.output_item.added', item });
  say(stream, { type: 'response.function_call_arguments.done', ...called });
  say(stream, { type: 'error', error: { message: text(at), event_id: text(at) } });
};

const clips: Chatter = (stream, at) => {
  const range = { lead: at, from: at, to: at + 1, flush: true, voicedMs: 1, pause: true };
  const words = [{ word: text(at), start: 0, end: 1 }];
  const body = JSON.stringify({ text: text(at), segments: [{ text: text(at), words }] });
  say(stream, { type: 'answer', ...range, body }, { type: 'refused', ...range, status: 400, body });
};

const STREAMS: readonly (readonly [name: string, open: () => ProviderStream, Chatter])[] = [
  ['deepgram listen', () => deepgramListen({ apiKey: 'key' }).openStream(FORMAT), listen],
  ['deepgram flux', () => openedFlux(), flux],
  ['deepgram speak', () => deepgramSpeak({ apiKey: 'key' }).openStream(FORMAT), speak],
  ['gemini live', () => openGemini({ resumption: true }), gemini],
  ['openai realtime', () => openaiRealtime({ apiKey: 'key' }).openStream(FORMAT), openai],
  ['whisper', () => whisper().openStream(FORMAT), clips],
];

function openedFlux(): ProviderStream {
  const stream = openFlux({ forcesEndOfTurn: true });
  stream.encodeAudio(seconds(60));
  return stream;
}

describe('a socket on which a service never comes to an end', () => {
  it.each(STREAMS)('of %s remembers little of it', (_name, open, chatter) => {
    const stream = open();
    for (let at = 0; at < WARM_UP; at += 1) chatter(stream, at);
    const before = retainedBytes();

    for (let at = WARM_UP; at < WARM_UP + ROUNDS; at += 1) chatter(stream, at);

    expect(retainedBytes() - before).toBeLessThan(MOST_RETAINED_BYTES);
    stream.encodeKeepAlive(); // it is still there
  });
});

/** A key that is new each time, as a function may bring it. */
const KEYS = { at: 0 };
const apiKey = (): string => text((KEYS.at += 1));

const PROVIDERS: readonly Provider[] = [
  deepgramListen({ apiKey }),
  deepgramFlux({ apiKey }),
  deepgramSpeak({ apiKey }),
  geminiLive({ apiKey }),
  openaiRealtime({ apiKey }),
  whisper({ apiKey }),
];

describe('a provider whose sockets never stay', () => {
  it.each(PROVIDERS.map((provider) => [provider.name, provider] as const))(
    '%s remembers little of them',
    async (_name, provider) => {
      await reconnect(provider, 0, 300);
      const before = retainedBytes();

      await reconnect(provider, 300, 3_000);

      expect(retainedBytes() - before).toBeLessThan(MOST_RETAINED_BYTES);
    },
  );

  it('keeps few answers of Whisper that were not told', () => {
    const remembered = new Remembered();

    for (let at = 0; at < 1_000; at += 1) remembered.put(`key_${at}`, text(at));

    const kept = Array.from({ length: 1_000 }, (_, at) => remembered.get(`key_${at}`));
    expect(kept.filter((answer) => answer !== null).length).toBeLessThan(20);
    expect(kept.at(-1)).toBe(text(999));
  });
});

/** Each socket is refused its handle, twice over, and ends with something new in the reason. */
async function reconnect(provider: Provider, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 1) {
    await provider.dial(FORMAT, 'reconnect');
    const memory = { conversation: () => conversation, handle: text(at) };
    for (const reason of [text(at), 'Invalid session handle']) {
      const stream = provider.openStream(FORMAT, memory);
      stream.encodeHello?.();
      stream.classifyEnd?.({ kind: 'closed', code: 1_011, reason });
      provider.classifyEnd({ kind: 'closed', code: 1_011, reason });
    }
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function retainedBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
