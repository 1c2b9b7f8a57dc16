/** What the service says on one socket, and whom it concerns: the handshake, what is given back, a turn or a reply. */
import type { ProviderEvent } from '../contract.ts';
import type { Frame } from '../../ports/socket.ts';
import { nameOf } from '../wire/detail.ts';
import { fieldOf, numberAt, objectAt, objectIn, stringAt, typeNameOf } from '../wire/json.ts';
import type { JsonObject } from '../wire/json.ts';
import { failureOfError, failureOfReply, tokensResetMsOf } from './failures.ts';
import type { Handshake } from './handshake.ts';
import { sendEvents } from './outbox.ts';
import type { Outbox } from './outbox.ts';
import { isSpokenByUser, textOf } from './replies.ts';
import type { Replies } from './replies.ts';
import type { Restoration } from './restore.ts';
import { turnRulesOf } from './session-config.ts';
import type { Turns } from './turns.ts';
import { KNOWN_AND_UNREAD } from './wire.ts';

export interface Readers {
  readonly handshake: Handshake;
  readonly restoration: Restoration;
  readonly turns: Turns;
  readonly replies: Replies;
  readonly outbox: Outbox;
  /** Credentials, which must not be repeated. */
  readonly secrets: () => readonly string[];
}

export class EventReader {
  readonly #secrets: () => readonly string[];
  readonly #outbox: Outbox;
  readonly #handshake: Handshake;
  readonly #restoration: Restoration;
  readonly #turns: Turns;
  readonly #replies: Replies;
  /** When the service's tokens are full again, while there are none. */
  #tokensResetMs: number | null = null;

  constructor({ secrets, outbox, handshake, restoration, turns, replies }: Readers) {
    this.#secrets = secrets;
    this.#outbox = outbox;
    this.#handshake = handshake;
    this.#restoration = restoration;
    this.#turns = turns;
    this.#replies = replies;
  }

  read(frame: Frame): readonly ProviderEvent[] {
    const event = objectIn(frame);
    const type = stringAt(event, 'type');
    if (event === null || type === null) return ignored(typeNameOf(event));
    const itemId = stringAt(event, 'item_id') ?? '';
    if (type.startsWith('session.')) return this.#session(type, event);
    if (type.startsWith('input_audio_buffer.')) return this.#turn(type, itemId, event);
    if (type.startsWith('conversation.')) return this.#conversation(type, itemId, event);
    if (type.startsWith('response.')) return this.#response(type, itemId, event);
    if (type === 'error') return this.#error(fieldOf(event, 'error'));
    if (type !== 'rate_limits.updated') return this.#unknown(type);
    this.#tokensResetMs = tokensResetMsOf(event, this.#tokensResetMs);
    return [];
  }

  #session(type: string, event: JsonObject): readonly ProviderEvent[] {
    const session = objectAt(event, 'session');
    if (type === 'session.created') {
      return this.#handshake.created(session, this.#outbox.nameEvent());
    }
    if (type !== 'session.updated') return this.#unknown(type);
    const events = this.#handshake.updated(session);
    if (events === null) return [];
    this.#turns.rules = turnRulesOf(session);
    return events;
  }

  #turn(type: string, ref: string, event: JsonObject): readonly ProviderEvent[] {
    if (KNOWN_AND_UNREAD.has(type)) return [];
    if (ref === '') return this.#unknown(type);
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
        return this.#unknown(type);
    }
  }

  #speechStarted(ref: string, atMs: number | null): readonly ProviderEvent[] {
    const events = this.#turns.speechStarted(ref, atMs);
    const [started] = events.filter((event) => event.kind === 'speechStarted');
    if (started === undefined) return events;
    return [...events, ...this.#replies.spokenInto(started.atSample, this.#turns.rules.interrupts)];
  }

  #committed(ref: string): readonly ProviderEvent[] {
    const { events, eventId } = this.#turns.committed(ref);
    return [...events, ...sendEvents(this.#replies.committed(eventId))];
  }

  #conversation(type: string, ref: string, event: JsonObject): readonly ProviderEvent[] {
    switch (type) {
      case 'conversation.created':
        return this.#handshake.greeted(this.#outbox.nameEvent());
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
        return KNOWN_AND_UNREAD.has(type) ? [] : this.#unknown(type);
    }
  }

  #noted(item: unknown, isDone: boolean): readonly ProviderEvent[] {
    const ref = stringAt(item, 'id');
    if (ref === null) return ignored('item without a name');
    const restored = this.#restoration.taken(ref);
    if (restored !== null || this.#outbox.isOwn(ref)) return restored ?? [];
    if (stringAt(item, 'type') !== 'message') return this.#replies.noted(item, isDone);
    const role = stringAt(item, 'role');
    if (role === 'assistant') return this.#replies.noted(item, isDone);
    if ((role !== 'user' && role !== 'system') || isSpokenByUser(item) || !isDone) return [];
    const text = textOf(item); // another client of the same session wrote it
    return text === '' ? [] : [{ kind: 'item', ref, role, text, status: 'completed' }];
  }

  #response(type: string, ref: string, event: JsonObject): readonly ProviderEvent[] {
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
        const args = stringAt(event, 'arguments') ?? '';
        const call = { callId: stringAt(event, 'call_id'), name: stringAt(event, 'name'), args };
        return this.#replies.called(ref, call);
      }
      default:
        return KNOWN_AND_UNREAD.has(type) ? [] : this.#unknown(type);
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
    return [...events, { kind: 'failed', failure, isOfReply: true }];
  }

  #error(error: unknown): readonly ProviderEvent[] {
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
      this.#replies.commitRefused(eventId);
      const refused = this.#turns.commitRefused(eventId);
      if (refused !== null) return refused;
    }
    const about = this.#replies.refused(eventId, code);
    if (about === 'nothing') return [];
    // A limit that names no event of ours met what the service does by itself: answer a turn.
    const isOfReply = about === 'reply' || (eventId === null && failure.retryAfterMs !== undefined);
    return [{ kind: 'failed', failure, ...(isOfReply ? { isOfReply } : {}) }];
  }

  #unknown(type: string): readonly ProviderEvent[] {
    return ignored(nameOf(type, this.#secrets()));
  }
}

function ignored(what: string): readonly ProviderEvent[] {
  return [{ kind: 'ignored', what }];
}
