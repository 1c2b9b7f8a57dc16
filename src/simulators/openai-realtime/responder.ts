/** Makes an answer and tells it in the order, and with the names, that recordings of the service show. */
import { toBase64 } from '../../providers/wire/base64.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import { objectsAt, stringAt } from '../../providers/wire/json.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Thought } from '../persona/mind.ts';
import { speak } from '../persona/voice.ts';
import { formatOf } from './audio-format.ts';
import type { WireFormat } from './audio-format.ts';
import type { ReplyFailure } from './faults.ts';
import type { Complaint, Fields } from './frames.ts';
import { complaint, newId } from './frames.ts';
import type { Item, Items } from './items.ts';
import { responseObject } from './response-object.ts';
import type { ReplyStatus } from './response-object.ts';

const CHUNK_MS = 200;
/** How long after its end a reply is followed by what is left of the tokens. */
const LIMITS_DELAY_MS = 43;
const TOKEN_LIMIT = 15_000_000;

export interface ResponderOptions {
  readonly clock: Clock;
  readonly items: Items;
  readonly conversationId: string;
  /** Answers are made so many times faster than they sound. */
  readonly speedRatio: number;
  readonly session: () => JsonObject;
  readonly say: (type: string, fields: Fields) => void;
  /** Resolves once everything that was said has been understood. */
  readonly think: (tools: readonly string[]) => Promise<Thought>;
  /** What the next reply fails with. */
  readonly failure: () => ReplyFailure | null;
}

interface Reply {
  readonly id: string;
  readonly asked: JsonObject;
  readonly modality: 'audio' | 'text';
  output: Item[];
  /** The item that is being made; told as incomplete where the reply is cancelled. */
  open: {
    readonly item: Item;
    readonly close: (status: 'completed' | 'incomplete') => void;
  } | null;
}

export class Responder {
  readonly #options: ResponderOptions;
  #active: Reply | null = null;
  #hasSpoken = false;
  #timer: unknown = null;
  readonly #limitTimers = new Set<unknown>();
  #isClosed = false;

  constructor(options: ResponderOptions) {
    this.#options = options;
  }

  get hasSpoken(): boolean {
    return this.#hasSpoken;
  }

  create(asked: JsonObject): Complaint | null {
    if (this.#active !== null) {
      const message = `Conversation already has an active response in progress: ${this.#active.id}. Wait until the response is finished before creating a new one.`;
      return complaint('conversation_already_has_active_response', message);
    }
    const { session, say, failure } = this.#options;
    const modalities = asked['output_modalities'] ?? session()['output_modalities'];
    const isText = Array.isArray(modalities) && modalities[0] === 'text';
    const reply: Reply = {
      id: newId('resp'),
      asked,
      modality: isText ? 'text' : 'audio',
      output: [],
      open: null,
    };
    this.#active = reply;
    say('response.created', { response: this.#responseOf(reply, 'in_progress', null) });
    const failed = failure();
    if (failed !== null) this.#end(reply, 'failed', { type: 'failed', error: failed });
    else void this.#answer(reply);
    return null;
  }

  cancel(reason: 'turn_detected' | 'client_cancelled'): boolean {
    const reply = this.#active;
    if (reply === null) return false;
    this.#stopTimer();
    reply.open?.close('incomplete');
    this.#end(reply, 'cancelled', { type: 'cancelled', reason });
    return true;
  }

  close(): void {
    this.#isClosed = true;
    this.#active = null;
    this.#stopTimer();
    for (const timer of this.#limitTimers) this.#options.clock.clearTimeout(timer);
  }

  async #answer(reply: Reply): Promise<void> {
    const tools = objectsAt({ ...this.#options.session(), ...reply.asked }, 'tools');
    const names = tools.map((tool) => stringAt(tool, 'name') ?? '').filter((name) => name !== '');
    const thought = await this.#options.think(names);
    if (this.#active !== reply) return;
    const steps =
      thought.toolCall === null
        ? this.#say(reply, thought.text)
        : this.#call(reply, thought.toolCall);
    this.#run(reply, steps);
  }

  /** A step says how long it takes until the next one. */
  #run(reply: Reply, steps: Iterator<number>): void {
    const step = steps.next();
    if (this.#active !== reply) return;
    if (step.done === true) {
      this.#end(reply, 'completed', null);
      return;
    }
    this.#timer = this.#options.clock.setTimeout(() => this.#run(reply, steps), step.value);
  }

  *#say(reply: Reply, text: string): Generator<number> {
    const { say, items, speedRatio, session } = this.#options;
    const isSpoken = reply.modality === 'audio';
    const item = this.#open(reply, { type: 'message', role: 'assistant', content: [] });
    const where = { response_id: reply.id, item_id: item.id, output_index: 0, content_index: 0 };
    const part = (said: string): Fields =>
      isSpoken ? { type: 'audio', transcript: said } : { type: 'text', text: said };
    let said = '';
    let spokenMs = 0;
    say('response.content_part.added', { ...where, part: part('') });
    this.#close(reply, item, (status) => {
      if (isSpoken) {
        items.spoke(item.id, Math.floor(spokenMs));
        say('response.output_audio.done', where);
        say('response.output_audio_transcript.done', { ...where, transcript: said });
      } else say('response.output_text.done', { ...where, text: said });
      say('response.content_part.done', { ...where, part: part(said) });
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
        say(kind, { ...where, delta: word, obfuscation: newId('', 12).slice(1) });
      }
      const piece = audio.subarray(chunk * chunkBytes, (chunk + 1) * chunkBytes);
      if (isSpoken) {
        this.#hasSpoken = true;
        spokenMs += piece.length / bytesPerMs;
        say('response.output_audio.delta', { ...where, delta: toBase64(piece) });
      }
      yield CHUNK_MS / speedRatio;
    }
    reply.open?.close('completed');
  }

  *#call(
    reply: Reply,
    { name, arguments: args }: { name: string; arguments: string },
  ): Generator<number> {
    const { say } = this.#options;
    const callId = newId('call', 16);
    const item = this.#open(reply, { type: 'function_call', name, call_id: callId, arguments: '' });
    const where = { response_id: reply.id, item_id: item.id, output_index: 0, call_id: callId };
    let told = '';
    this.#close(reply, item, (status) => {
      if (status === 'completed') {
        say('response.function_call_arguments.done', { ...where, name, arguments: told });
      }
      return { ...item, status, arguments: told };
    });
    for (const delta of args.match(/.{1,8}/gs) ?? []) {
      told += delta;
      say('response.function_call_arguments.delta', { ...where, delta });
      yield 1;
    }
    reply.open?.close('completed');
  }

  #open(reply: Reply, fields: Fields): Item {
    const { say, items } = this.#options;
    const item = { id: newId('item'), status: 'in_progress', ...fields } as Item;
    say('response.output_item.added', { response_id: reply.id, output_index: 0, item });
    const { previousId } = items.append(item);
    say('conversation.item.added', { previous_item_id: previousId, item });
    return item;
  }

  #close(reply: Reply, item: Item, finish: (status: 'completed' | 'incomplete') => Item): void {
    const { say, items } = this.#options;
    const close = (status: 'completed' | 'incomplete'): void => {
      const done = finish(status);
      reply.open = null;
      reply.output = [...reply.output, done];
      const { previousId } = items.replace(done);
      say('conversation.item.done', { previous_item_id: previousId, item: done });
      say('response.output_item.done', { response_id: reply.id, output_index: 0, item: done });
    };
    reply.open = { item, close };
  }

  #end(reply: Reply, status: 'completed' | 'cancelled' | 'failed', details: Fields | null): void {
    const { say, clock } = this.#options;
    this.#active = null;
    say('response.done', { response: this.#responseOf(reply, status, details) });
    const timer = clock.setTimeout(() => {
      this.#limitTimers.delete(timer);
      if (this.#isClosed) return;
      const limit = {
        name: 'tokens',
        limit: TOKEN_LIMIT,
        remaining: TOKEN_LIMIT - 629,
        reset_seconds: 0.002,
      };
      say('rate_limits.updated', { rate_limits: [limit] });
    }, LIMITS_DELAY_MS);
    this.#limitTimers.add(timer);
  }

  #responseOf(reply: Reply, status: ReplyStatus, details: Fields | null): Fields {
    const { session, conversationId } = this.#options;
    const { id, modality, output, asked } = reply;
    const metadata = asked['metadata'] ?? null;
    return responseObject(session(), {
      id,
      conversationId,
      modality,
      output,
      metadata,
      status,
      details,
    });
  }

  #stopTimer(): void {
    this.#options.clock.clearTimeout(this.#timer);
  }
}

function spoken(text: string, format: WireFormat): Uint8Array {
  const pcm = speak(text, format.sampleRateHz);
  return format.encode(new Int16Array(pcm.buffer, pcm.byteOffset, pcm.byteLength / 2));
}
