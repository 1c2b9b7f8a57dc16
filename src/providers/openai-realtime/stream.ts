/** One socket's worth of OpenAI Realtime: coming to terms, giving the conversation back, then turns and replies. */
import type { Order, ProviderEvent, ProviderStream, StreamMemory } from '../contract.ts';
import type { ConversationRecord } from '../../ports/conversation.ts';
import { NO_CONVERSATION } from '../../ports/conversation.ts';
import type { Frame } from '../../ports/socket.ts';
import { toBase64 } from '../wire/base64.ts';
import { detailOf } from '../wire/detail.ts';
import {
  fieldOf,
  numberAt,
  objectAt,
  objectIn,
  objectsAt,
  stringAt,
  typeNameOf,
} from '../wire/json.ts';
import type { JsonObject } from '../wire/json.ts';
import { failureOfError, failureOfReply } from './failures.ts';
import { Handshake } from './handshake.ts';
import type { HandshakeOptions } from './handshake.ts';
import { createdItemOf, pendingCallsOf } from './items.ts';
import { isSpokenByUser, Replies, textOf } from './replies.ts';
import { Restoration } from './restore.ts';
import type { RestoreMemory } from './restore.ts';
import { turnRulesOf } from './session-config.ts';
import type { TurnRules } from './session-config.ts';
import { Turns } from './turns.ts';
import { encode, KNOWN_AND_UNREAD } from './wire.ts';
import type { CreatedItem } from './wire.ts';

/** What the streams of one provider have in common. */
export interface StreamContext extends HandshakeOptions {
  readonly restoreMemory: RestoreMemory;
}

const BYTES_PER_SAMPLE = 2;
/** Items that were created here; the oldest are long acknowledged. */
const MAX_OWN_ITEMS = 1_000;

export class RealtimeStream implements ProviderStream {
  readonly #secrets: () => readonly string[];
  readonly #conversation: () => ConversationRecord;
  readonly #handshake: Handshake;
  readonly #restoration: Restoration;
  readonly #turns: Turns;
  readonly #replies: Replies;
  readonly #ownItems = new Set<string>();
  #rules: TurnRules;
  #events = 0;
  /** A turn that we end is answered once it is committed. */
  #repliesToCommit: string | null = null;
  /** When the service's tokens are full again, while there are none. */
  #tokensResetMs: number | null = null;

  constructor(context: StreamContext, memory?: StreamMemory) {
    this.#secrets = context.secrets;
    this.#conversation = memory?.conversation ?? (() => NO_CONVERSATION);
    this.#handshake = new Handshake(context);
    this.#rules = turnRulesOf(context.config);
    this.#turns = new Turns(this.#rules);
    const nameEvent = (): string => this.#nameEvent();
    const calls = this.#conversation().items.filter((item) => item.kind === 'toolCall');
    this.#replies = new Replies(
      nameEvent,
      calls.map(({ callId }) => callId),
    );
    this.#restoration = new Restoration({
      memory: context.restoreMemory,
      nameEvent,
      create: (item, previous) => this.#create(item, previous),
      requestReply: () => this.#replies.request(),
    });
  }

  encodeAudio(bytes: Uint8Array): Frame {
    this.#turns.sent(Math.floor(bytes.length / BYTES_PER_SAMPLE));
    return encode({ type: 'input_audio_buffer.append', audio: toBase64(bytes) });
  }

  encodeKeepAlive(): null {
    return null;
  }

  encodeFlush(): Frame {
    return this.#commit(true)[0];
  }

  encodeGoodbye(): null {
    return null;
  }

  encodeRestore(): readonly Frame[] | null {
    const conversation = this.#conversation();
    this.#replies.carry(pendingCallsOf(conversation));
    return this.#restoration.begin(conversation);
  }

  encodeOrder(order: Order): readonly Frame[] | null {
    switch (order.kind) {
      case 'say':
        return null;
      case 'message':
      case 'toolResult': {
        const item = createdItemOf(order.item);
        const frames = item === null ? [] : [this.#create(item)[0]];
        if (order.kind === 'message') return frames;
        return [...frames, ...this.#replies.toolAnswered(order.item.callId)];
      }
      case 'reply':
        return this.#replies.request();
      case 'endTurn': {
        const [frame, eventId] = this.#commit(false);
        if (!this.#rules.detects) return [frame, ...this.#replies.request()];
        this.#repliesToCommit = eventId; // the service may have ended the turn by now, and answer it
        return [frame];
      }
      case 'interrupt':
        return this.#replies.interrupt(order);
    }
  }

  settleSilence(throughSample: number): readonly ProviderEvent[] {
    return this.#turns.settleSilence(throughSample);
  }

  decode(frame: Frame): readonly ProviderEvent[] {
    const event = objectIn(frame);
    const type = stringAt(event, 'type');
    if (event === null || type === null) return [{ kind: 'ignored', what: typeNameOf(event) }];
    const itemId = stringAt(event, 'item_id') ?? '';
    if (type.startsWith('session.')) return this.#decodeSession(type, event);
    if (type.startsWith('input_audio_buffer.')) return this.#decodeTurn(type, itemId, event);
    if (type.startsWith('conversation.')) return this.#decodeConversation(type, itemId, event);
    if (type.startsWith('response.')) return this.#decodeResponse(type, itemId, event);
    if (type === 'error') return this.#decodeError(fieldOf(event, 'error'));
    if (type === 'rate_limits.updated') return this.#decodeLimits(event);
    return ignored(type);
  }

  #decodeSession(type: string, event: JsonObject): readonly ProviderEvent[] {
    const session = objectAt(event, 'session');
    if (type === 'session.created') return this.#handshake.created(session, this.#nameEvent());
    if (type !== 'session.updated') return ignored(type);
    const events = this.#handshake.updated(session);
    if (events === null) return [];
    this.#rules = turnRulesOf(session);
    this.#turns.rules = this.#rules;
    return events;
  }

  #decodeTurn(type: string, ref: string, event: JsonObject): readonly ProviderEvent[] {
    if (KNOWN_AND_UNREAD.has(type)) return [];
    if (ref === '') return ignored(type);
    switch (type) {
      case 'input_audio_buffer.speech_started':
        return this.#speechStarted(ref, numberAt(event, 'audio_start_ms'));
      case 'input_audio_buffer.speech_stopped':
        this.#turns.speechStopped(ref, numberAt(event, 'audio_end_ms'));
        return [];
      case 'input_audio_buffer.timeout_triggered': {
        const events = this.#speechStarted(ref, numberAt(event, 'audio_start_ms'));
        this.#turns.speechStopped(ref, numberAt(event, 'audio_end_ms'));
        return events;
      }
      case 'input_audio_buffer.committed':
        return this.#committed(ref);
      default:
        return ignored(type);
    }
  }

  #speechStarted(ref: string, atMs: number | null): readonly ProviderEvent[] {
    const events = this.#turns.speechStarted(ref, atMs);
    const [started] = events.filter((event) => event.kind === 'speechStarted');
    if (started === undefined) return events;
    return [...events, ...this.#replies.spokenInto(started.atSample, this.#rules.interrupts)];
  }

  #committed(ref: string): readonly ProviderEvent[] {
    const { events, eventId } = this.#turns.committed(ref);
    if (eventId === null || eventId !== this.#repliesToCommit) return events;
    this.#repliesToCommit = null;
    const frames = this.#replies.request();
    return frames.length === 0 ? events : [...events, { kind: 'send', frames }];
  }

  #decodeConversation(type: string, ref: string, event: JsonObject): readonly ProviderEvent[] {
    switch (type) {
      case 'conversation.created':
        return this.#handshake.greeted(this.#nameEvent());
      case 'conversation.item.input_audio_transcription.delta':
        return this.#turns.transcribing(ref, stringAt(event, 'delta') ?? '');
      case 'conversation.item.input_audio_transcription.completed':
        return this.#turns.transcribed(ref, stringAt(event, 'transcript') ?? '');
      case 'conversation.item.input_audio_transcription.failed': {
        const failure = failureOfReply(fieldOf(event, 'error'), null, this.#secrets());
        return [
          ...this.#turns.transcribed(ref, null),
          { kind: 'failed', failure: { ...failure, kind: 'perRequest' } },
        ];
      }
      case 'conversation.item.created':
      case 'conversation.item.added':
        return this.#noted(fieldOf(event, 'item'), false);
      case 'conversation.item.done':
        return this.#noted(fieldOf(event, 'item'), true);
      default:
        return KNOWN_AND_UNREAD.has(type) ? [] : ignored(type);
    }
  }

  #noted(item: unknown, isDone: boolean): readonly ProviderEvent[] {
    const ref = stringAt(item, 'id');
    if (ref === null) return ignored('item without a name');
    const restored = this.#restoration.taken(ref);
    if (restored !== null || this.#ownItems.has(ref)) return restored ?? [];
    if (stringAt(item, 'type') !== 'message') return this.#replies.noted(item, isDone);
    const role = stringAt(item, 'role');
    if (role === 'assistant') return this.#replies.noted(item, isDone);
    if ((role !== 'user' && role !== 'system') || isSpokenByUser(item) || !isDone) return [];
    const text = textOf(item); // another client of the same session wrote it
    return text === '' ? [] : [{ kind: 'item', ref, role, text, status: 'completed' }];
  }

  #decodeResponse(type: string, ref: string, event: JsonObject): readonly ProviderEvent[] {
    switch (type) {
      case 'response.created':
        this.#turns.replyStarted();
        return this.#replies.started(stringAt(objectAt(event, 'response'), 'id') ?? '');
      case 'response.done':
        return this.#replyEnded(objectAt(event, 'response'));
      case 'response.output_item.added':
        return this.#replies.noted(fieldOf(event, 'item'), false);
      case 'response.output_item.done':
        return this.#replies.noted(fieldOf(event, 'item'), true);
      case 'response.output_audio.delta':
      case 'response.output_audio_transcript.delta':
      case 'response.output_text.delta': {
        const delta = stringAt(event, 'delta');
        if (ref === '' || delta === null) return ignored(`${type} without a text`);
        if (type !== 'response.output_audio.delta') return this.#replies.text(ref, delta);
        return this.#replies.audio(event, ref, delta, this.#turns.sentSamples);
      }
      case 'response.function_call_arguments.done': {
        const name = stringAt(event, 'name');
        const args = stringAt(event, 'arguments') ?? '';
        return this.#replies.called(ref, stringAt(event, 'call_id'), name, args);
      }
      default:
        return KNOWN_AND_UNREAD.has(type) ? [] : ignored(type);
    }
  }

  #replyEnded(response: JsonObject | null): readonly ProviderEvent[] {
    const status = stringAt(response, 'status');
    const ended = this.#replies.ended(stringAt(response, 'id') ?? '', status);
    if (ended === null) return ignored('response.done of no reply');
    const isAnswer = status !== 'failed' && status !== 'cancelled';
    const events = [...this.#turns.replyEnded(isAnswer), ...ended];
    if (status !== 'failed') return events;
    const error = fieldOf(objectAt(response, 'status_details'), 'error');
    const failure = failureOfReply(error, this.#tokensResetMs, this.#secrets());
    return [...events, { kind: 'failed', failure }];
  }

  #decodeError(error: unknown): readonly ProviderEvent[] {
    const failure = failureOfError(error, this.#secrets());
    const eventId = stringAt(error, 'event_id');
    const code = stringAt(error, 'code');
    if (failure.kind !== 'perRequest') return [{ kind: 'failed', failure }];
    if (this.#handshake.isAbout(eventId)) {
      return [{ kind: 'failed', failure: { ...failure, kind: 'config' } }];
    }
    const restored = eventId === null ? null : this.#restoration.refused(eventId);
    if (restored !== null) return [{ kind: 'failed', failure }, ...restored];
    if (code === 'input_audio_buffer_commit_empty') {
      if (eventId === this.#repliesToCommit) this.#repliesToCommit = null;
      const refused = this.#turns.commitRefused(eventId);
      if (refused !== null) return refused;
    }
    return this.#replies.refused(eventId, code) ? [] : [{ kind: 'failed', failure }];
  }

  /** The only limit that the service names in practice is that of tokens a minute. */
  #decodeLimits(event: JsonObject): readonly ProviderEvent[] {
    for (const limit of objectsAt(event, 'rate_limits')) {
      const resetS = numberAt(limit, 'reset_seconds');
      if (resetS === null || stringAt(limit, 'name') === 'requests') continue;
      const isEmpty = (numberAt(limit, 'remaining') ?? 1) <= 0;
      this.#tokensResetMs = isEmpty ? Math.max(0, Math.round(resetS * 1_000)) : null;
    }
    return [];
  }

  #create(item: CreatedItem, previous?: string): readonly [frame: Frame, eventId: string] {
    const eventId = this.#nameEvent();
    this.#ownItems.add(item.id);
    const [oldest] = this.#ownItems;
    if (this.#ownItems.size > MAX_OWN_ITEMS && oldest !== undefined) this.#ownItems.delete(oldest);
    const frame = encode({
      type: 'conversation.item.create',
      event_id: eventId,
      ...(previous === undefined ? {} : { previous_item_id: previous }),
      item,
    });
    return [frame, eventId];
  }

  #commit(isFlush: boolean): readonly [frame: Frame, eventId: string] {
    const eventId = this.#nameEvent();
    this.#turns.commitAsked(eventId, isFlush);
    return [encode({ type: 'input_audio_buffer.commit', event_id: eventId }), eventId];
  }

  #nameEvent(): string {
    this.#events += 1;
    return `tenuto_${this.#events}`;
  }
}

function ignored(what: string): readonly ProviderEvent[] {
  return [{ kind: 'ignored', what: detailOf(what).slice(0, 80) }];
}
