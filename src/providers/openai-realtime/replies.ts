/** The service's answers on one socket: what they say, how they sound, asking for one, and cutting one off. */
import type { Order, ProviderEvent } from '../contract.ts';
import type { Frame } from '../../ports/socket.ts';
import { fromBase64 } from '../wire/base64.ts';
import { dropOldest } from '../../ports/capacity.ts';
import { fieldOf, numberAt, objectsAt, stringAt } from '../wire/json.ts';
import type { Calls, WireCall } from './calls.ts';
import { sendEvents } from './outbox.ts';
import type { Outbox } from './outbox.ts';
import { encode, SAMPLE_RATE_HZ, SAMPLES_PER_MS } from './wire.ts';

const BYTES_PER_SAMPLE = 2;
/** Older ones are said and done; a reply says one or two. */
const MAX_ITEMS = 64;

interface SaidItem {
  /** Where its sound is among its parts. */
  contentIndex: number;
  madeSamples: number;
  isDone: boolean;
  /** It was cut off: what still comes of it was not heard. */
  isCut: boolean;
}

export class Replies {
  readonly #outbox: Outbox;
  readonly #calls: Calls;
  readonly #items = new Map<string, SaidItem>();
  #activeId: string | null = null;
  /** The `response.create` that nothing came of yet, and the newest one of all. */
  #requested: string | null = null;
  #lastRequested: string | null = null;
  /** A reply is to be asked for once the one under way has ended. */
  #isWanted = false;
  /** A turn that we end is answered once it is committed: the commit. */
  #wantedAfter: string | null = null;
  #isCancelling = false;
  /** Until which sample of the microphone's the answer sounds, if it is played as it comes. */
  #soundsUntil = 0;

  constructor(outbox: Outbox, calls: Calls) {
    this.#outbox = outbox;
    this.#calls = calls;
  }

  started(id: string): readonly ProviderEvent[] {
    this.#activeId = id;
    this.#requested = null;
    this.#isCancelling = false;
    return [{ kind: 'replyStarted' }];
  }

  /** Null where no such reply is under way. */
  ended(id: string, status: string | null): readonly ProviderEvent[] | null {
    if (this.#activeId === null || (id !== '' && this.#activeId !== id)) return null;
    this.#activeId = null;
    this.#isCancelling = false;
    const frames = this.#isWanted ? this.request() : [];
    return [{ kind: 'replyEnded', status: endOf(status) }, ...sendEvents(frames)];
  }

  /** An item of an answer, new or done. */
  noted(item: unknown, isDone: boolean): readonly ProviderEvent[] {
    const ref = stringAt(item, 'id');
    if (ref === null) return [];
    const type = stringAt(item, 'type');
    if (type === 'function_call') return this.#calls.noted(ref, item, isDone, this.#activeId ?? '');
    if (type !== 'message') return [];

    const known = this.#items.get(ref);
    if (!isDone) return known === undefined ? this.#begun(ref) : [];
    const said = known ?? this.#add(ref);
    if (said.isDone) return [];
    said.isDone = true;
    const isWhole = stringAt(item, 'status') !== 'incomplete' && !said.isCut;
    return [
      {
        kind: 'item',
        ref,
        role: 'assistant',
        ...(isWhole ? { text: textOf(item) } : {}),
        status: isWhole ? 'completed' : 'interrupted',
      },
    ];
  }

  text(ref: string, delta: string): readonly ProviderEvent[] {
    const said = this.#items.get(ref);
    if (said?.isCut === true || said?.isDone === true || delta === '') return [];
    const events: ProviderEvent[] = [{ kind: 'replyText', ref, delta }];
    return said === undefined ? [...this.#begun(ref), ...events] : events;
  }

  /** @param sentSamples how far the microphone is: an answer sounds while the user is listened to. */
  audio(event: unknown, ref: string, delta: string, sentSamples: number): readonly ProviderEvent[] {
    const bytes = fromBase64(delta);
    if (bytes === null) return [{ kind: 'ignored', what: 'audio that is not base64' }];
    const begun = this.#items.has(ref) ? [] : this.#begun(ref);
    const said = this.#items.get(ref);
    const whole = bytes.subarray(0, bytes.length - (bytes.length % BYTES_PER_SAMPLE));
    if (said === undefined || said.isCut || whole.length === 0) return begun;

    const samples = whole.length / BYTES_PER_SAMPLE;
    said.contentIndex = numberAt(event, 'content_index') ?? said.contentIndex;
    said.madeSamples += samples;
    this.#soundsUntil = Math.max(this.#soundsUntil, sentSamples) + samples;
    return [...begun, { kind: 'audio', ref, bytes: whole, sampleRateHz: SAMPLE_RATE_HZ }];
  }

  called(ref: string, call: WireCall): readonly ProviderEvent[] {
    return this.#calls.made(ref, call, this.#activeId ?? '');
  }

  /** The user speaks. @param cancels the service then ends its answer by itself. */
  spokenInto(atSample: number, cancels: boolean): readonly ProviderEvent[] {
    const isAnswering = this.#activeId !== null || atSample < this.#soundsUntil;
    if (!cancels || !isAnswering) return [];
    if (this.#activeId !== null) this.#cut();
    this.#isCancelling = this.#activeId !== null;
    this.#soundsUntil = 0;
    return [{ kind: 'interrupted' }];
  }

  /** Asks for an answer: at once, or after the one under way, and never for two at a time. */
  request(): readonly Frame[] {
    if (this.#requested !== null) return [];
    this.#isWanted = this.#activeId !== null;
    if (this.#isWanted) return [];
    this.#requested = this.#outbox.nameEvent();
    this.#lastRequested = this.#requested;
    return [encode({ type: 'response.create', event_id: this.#requested })];
  }

  /** Asks for an answer once that commit is taken. */
  requestAfter(commitId: string): void {
    this.#wantedAfter = commitId;
  }

  /** @param commitId null where it was no commit of ours. */
  committed(commitId: string | null): readonly Frame[] {
    if (commitId === null || commitId !== this.#wantedAfter) return [];
    this.#wantedAfter = null;
    return this.request();
  }

  commitRefused(commitId: string | null): void {
    if (commitId === this.#wantedAfter) this.#wantedAfter = null;
  }

  /** What an error is about: a reply that was asked for, something else, or nothing that needs telling. */
  refused(eventId: string | null, code: string | null): 'reply' | 'other' | 'nothing' {
    if (code === 'response_cancel_not_active') return 'nothing'; // it had ended already
    const isOurs = eventId === null ? this.#requested !== null : eventId === this.#lastRequested;
    if (!isOurs) return 'other';
    this.#requested = null;
    if (code !== 'conversation_already_has_active_response') return 'reply';
    this.#isWanted = true; // the service began another one meanwhile: ours comes after it
    return 'nothing';
  }

  /** The model goes on by itself once all is there that it asked for in one reply. */
  toolAnswered(callId: string): readonly Frame[] {
    return this.#calls.answered(callId) ? this.request() : [];
  }

  interrupt({ ref, heardMs }: Extract<Order, { kind: 'interrupt' }>): readonly Frame[] {
    const frames: Frame[] = [];
    const isActive = this.#activeId !== null || this.#requested !== null;
    this.#isWanted = false;
    this.#soundsUntil = 0;
    if (isActive && !this.#isCancelling) {
      this.#isCancelling = true;
      frames.push(encode({ type: 'response.cancel', event_id: this.#outbox.nameEvent() }));
    }
    this.#cut();

    const said = ref === null ? undefined : this.#items.get(ref);
    if (ref === null || said === undefined) return frames;
    const madeMs = Math.floor(said.madeSamples / SAMPLES_PER_MS);
    const audioEndMs = Math.max(0, Math.floor(heardMs));
    if (audioEndMs >= madeMs) return frames; // beyond its end the service refuses
    frames.push(
      encode({
        type: 'conversation.item.truncate',
        event_id: this.#outbox.nameEvent(),
        item_id: ref,
        content_index: said.contentIndex,
        audio_end_ms: audioEndMs,
      }),
    );
    return frames;
  }

  #begun(ref: string): readonly ProviderEvent[] {
    this.#add(ref);
    return [{ kind: 'item', ref, role: 'assistant', status: 'inProgress' }];
  }

  #add(ref: string): SaidItem {
    const said = { contentIndex: 0, madeSamples: 0, isDone: false, isCut: false };
    this.#items.set(ref, said);
    dropOldest(this.#items, MAX_ITEMS);
    return said;
  }

  #cut(): void {
    for (const said of this.#items.values()) if (!said.isDone) said.isCut = true;
  }
}

/** Of a spoken or written message, all its parts. */
export function textOf(item: unknown): string {
  return objectsAt(item, 'content')
    .map((part) => stringAt(part, 'transcript') ?? stringAt(part, 'text') ?? '')
    .join('');
}

/** Whether a message was spoken by the user: such items are turns, and told as such. */
export function isSpokenByUser(item: unknown): boolean {
  return objectsAt(item, 'content').some((part) => fieldOf(part, 'type') === 'input_audio');
}

function endOf(status: string | null): 'completed' | 'interrupted' | 'failed' | 'incomplete' {
  if (status === 'cancelled') return 'interrupted';
  return status === 'failed' || status === 'incomplete' ? status : 'completed';
}
