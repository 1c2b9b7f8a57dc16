/** Makes the item that an answer is, and tells it in the order, and with the names, that recordings of the service show. */
import { toBase64 } from '../../providers/wire/base64.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import type { Thought } from '../persona/mind.ts';
import { speak } from '../persona/voice.ts';
import { formatOf } from './audio-format.ts';
import type { WireFormat } from './audio-format.ts';
import type { Fields } from './frames.ts';
import type { Item, Items } from './items.ts';
import type { Line } from './line.ts';

const CHUNK_MS = 200;

export interface Reply {
  readonly id: string;
  readonly asked: JsonObject;
  readonly modality: 'audio' | 'text';
  output: Item[];
  /** Ends the item that is being made; told as incomplete where the reply is cancelled. */
  close: Close | null;
}

type Close = (status: 'completed' | 'incomplete') => void;

export interface WriterOptions {
  readonly line: Line;
  readonly items: Items;
  /** Answers are made so many times faster than they sound. */
  readonly speedRatio: number;
  readonly session: () => JsonObject;
}

/** Each step says how long it takes until the next one. */
export type Steps = Generator<number>;

export class AnswerWriter {
  readonly #options: WriterOptions;
  #hasSpoken = false;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  get hasSpoken(): boolean {
    return this.#hasSpoken;
  }

  *said(reply: Reply, text: string): Steps {
    const { line, items, speedRatio, session } = this.#options;
    const isSpoken = reply.modality === 'audio';
    const item = this.#open(reply, { type: 'message', role: 'assistant', content: [] });
    const where = { response_id: reply.id, item_id: item.id, output_index: 0, content_index: 0 };
    const part = (said: string): Fields =>
      isSpoken ? { type: 'audio', transcript: said } : { type: 'text', text: said };
    let said = '';
    let spokenMs = 0;
    line.say('response.content_part.added', { ...where, part: part('') });
    this.#closeBy(reply, (status) => {
      if (isSpoken) {
        items.spoke(item.id, Math.floor(spokenMs));
        line.say('response.output_audio.done', where);
        line.say('response.output_audio_transcript.done', { ...where, transcript: said });
      } else line.say('response.output_text.done', { ...where, text: said });
      line.say('response.content_part.done', { ...where, part: part(said) });
      const content = isSpoken
        ? { type: 'output_audio', transcript: said }
        : { type: 'output_text', text: said };
      return { ...item, status, content: [content] };
    });

    const format = formatOf(session(), 'output');
    const bytesPerMs = (format.sampleRateHz * format.bytesPerSample) / 1_000;
    const chunkBytes = CHUNK_MS * bytesPerMs;
    const audio = isSpoken ? spoken(text, format) : new Uint8Array(0);
    const words = text.match(/\s*\S+/g) ?? [];
    const chunks = Math.max(Math.ceil(audio.length / chunkBytes), isSpoken ? 0 : words.length);
    const kind = isSpoken ? 'response.output_audio_transcript.delta' : 'response.output_text.delta';
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      const dueWords = Math.ceil((words.length * (chunk + 1)) / chunks);
      const saidWords = Math.ceil((words.length * chunk) / chunks);
      for (const word of words.slice(saidWords, dueWords)) {
        said += word;
        line.say(kind, { ...where, delta: word, obfuscation: line.newId('', 12).slice(1) });
      }
      const piece = audio.subarray(chunk * chunkBytes, (chunk + 1) * chunkBytes);
      if (isSpoken) {
        this.#hasSpoken = true;
        spokenMs += piece.length / bytesPerMs;
        line.say('response.output_audio.delta', { ...where, delta: toBase64(piece) });
      }
      yield CHUNK_MS / speedRatio;
    }
    reply.close?.('completed');
  }

  *called(reply: Reply, { name, arguments: args }: NonNullable<Thought['toolCall']>): Steps {
    const { line } = this.#options;
    const callId = line.newId('call', 16);
    const item = this.#open(reply, { type: 'function_call', name, call_id: callId, arguments: '' });
    const where = { response_id: reply.id, item_id: item.id, output_index: 0, call_id: callId };
    let told = '';
    this.#closeBy(reply, (status) => {
      if (status === 'completed') {
        line.say('response.function_call_arguments.done', { ...where, name, arguments: told });
      }
      return { ...item, status, arguments: told };
    });
    for (const delta of args.match(/.{1,8}/gs) ?? []) {
      told += delta;
      line.say('response.function_call_arguments.delta', { ...where, delta });
      yield 1;
    }
    reply.close?.('completed');
  }

  #open(reply: Reply, fields: Fields): Item {
    const { line, items } = this.#options;
    const item = { id: line.newId('item'), status: 'in_progress', ...fields } as Item;
    line.say('response.output_item.added', { response_id: reply.id, output_index: 0, item });
    const { previousId } = items.append(item);
    line.say('conversation.item.added', { previous_item_id: previousId, item });
    return item;
  }

  /** @param finish tells the end of what is in the item, and makes it whole. */
  #closeBy(reply: Reply, finish: (status: 'completed' | 'incomplete') => Item): void {
    const { line, items } = this.#options;
    reply.close = (status) => {
      const item = finish(status);
      reply.close = null;
      reply.output = [...reply.output, item];
      const { previousId } = items.replace(item);
      line.say('conversation.item.done', { previous_item_id: previousId, item });
      line.say('response.output_item.done', { response_id: reply.id, output_index: 0, item });
    };
  }
}

function spoken(text: string, format: WireFormat): Uint8Array {
  const pcm = speak(text, format.sampleRateHz);
  return format.encode(new Int16Array(pcm.buffer, pcm.byteOffset, pcm.byteLength / 2));
}
