/** What the inner session tells, told to the client: finals that follow each other without a hole, and all else as it comes. */
import type { Feed } from './feed.ts';
import type { Levels } from './levels.ts';
import type { AppEvent, AppSession } from '../app.ts';
import { DATA_HEADER_BYTES } from '../../protocol/frames.ts';
import { MAX_FRAME_BYTES, MAX_POSITION } from '../../protocol/limits.ts';
import {
  MAX_SPEECH_DETAIL_CHARS,
  MAX_SPEECH_PROVIDER_CHARS,
  MAX_SPEECH_TEXT_CHARS,
  MAX_SPEECH_WORDS,
} from '../../protocol/speech-events.ts';
import type { SpeechEvent, SpeechFinal, SpeechWord } from '../../protocol/speech-events.ts';
import type { DropReason } from '../../providers/events.ts';
import { dropReasonOf } from '../../providers/wire/hallucination-filter.ts';
import type { FilterSettings } from '../../providers/wire/hallucination-filter.ts';
import type { SessionEvent, TranscriptEvent, TranscriptWord } from '../../session/events.ts';

export interface TellerOptions {
  readonly session: AppSession;
  readonly feed: Feed;
  readonly levels: Levels;
  /** Null: what services say is believed. */
  readonly filter: FilterSettings | null;
  /** Names of services that filter by themselves. */
  readonly filtering: ReadonlySet<string>;
  /** Finals cover the audio through here, in samples of the session. */
  readonly fin: number;
}

const encoder = new TextEncoder();

export class Teller {
  readonly #options: TellerOptions;
  #fin: number;
  /** The same in the inner session's stream. */
  #heardThrough = 0;

  constructor(options: TellerOptions) {
    this.#options = options;
    this.#fin = options.fin;
  }

  /** Finals cover the audio through here. */
  get fin(): number {
    return this.#fin;
  }

  note(event: SessionEvent): void {
    const { session, feed } = this.#options;
    switch (event.type) {
      case 'transcript':
        if (event.isFinal) this.#final(event);
        else this.#interim(event);
        return;
      case 'transcript.dropped': {
        const { reason, text, startMs, endMs } = event;
        this.#dropped(reason, text, feed.positionOf(startMs), feed.endOf(endMs));
        return;
      }
      case 'speechStarted':
      case 'utteranceEnded':
        session.hint({
          type: event.type,
          at: feed.positionOf(event.atMs),
        } satisfies SpeechEvent);
        return;
      case 'gap': {
        const detail = `${Math.round(event.durationMs)} ms were not heard (${event.reason})`;
        const [from, to] = [feed.positionOf(event.fromMs), feed.endOf(event.toMs)];
        session.send({ type: 'warning', code: 'gap', detail, from, to } satisfies SpeechEvent);
        return;
      }
      case 'warning':
        session.send({
          type: 'warning',
          code: event.error.code,
          detail: textIn(event.error.message, MAX_SPEECH_DETAIL_CHARS),
        } satisfies SpeechEvent);
        return;
      default:
    }
  }

  /** All that was fed is done with: finals cover it to its end. */
  finish(): void {
    const { session, feed } = this.#options;
    const { end: to } = feed;
    const from = this.#fin;
    if (from >= to) return;
    this.#fin = to;
    session.result({ ...withoutText(from, to), endsUtterance: false, provider: '' });
  }

  #final(event: TranscriptEvent): void {
    const { session, feed, levels } = this.#options;
    const from = this.#fin;
    const through = feed.positionOf(event.endMs);
    // One that covers nothing new would be taken for one that was told already.
    const least = event.text === '' ? from : Math.min(from + 1, MAX_POSITION);
    const to = Math.max(through, least);
    if (to === from) return;
    const reason = this.#reasonAgainst(event);
    this.#fin = to;
    this.#heardThrough = feed.sampleOf(event.endMs);
    if (reason === null) session.result({ ...this.#resultOf('final', event, from, to), from, to });
    else {
      this.#dropped(reason, event.text, from, to);
      session.result({
        ...withoutText(from, to),
        endsUtterance: false,
        provider: textIn(event.provider, MAX_SPEECH_PROVIDER_CHARS),
      });
    }
    levels.forget(this.#heardThrough);
  }

  #interim(event: TranscriptEvent): void {
    const from = this.#fin;
    const to = Math.max(from, this.#options.feed.positionOf(event.endMs));
    if (this.#reasonAgainst(event) !== null) return;
    this.#options.session.hint(this.#resultOf('interim', event, from, to));
  }

  #dropped(reason: DropReason, said: string, from: number, to: number): void {
    const text = textIn(said, MAX_SPEECH_TEXT_CHARS);
    const event = { type: 'dropped', reason, text, from, to } satisfies SpeechEvent;
    this.#options.session.send(event);
  }

  /** Why what was said from the last final on is not to be believed; null where nothing speaks against it. */
  #reasonAgainst({ text, provider, endMs }: TranscriptEvent): DropReason | null {
    const { filter, filtering, levels, feed } = this.#options;
    if (filter === null || text === '' || filtering.has(provider)) return null;
    const [from, to] = [this.#heardThrough, feed.sampleOf(endMs)];
    const { minLevelDbfs } = filter;
    if (minLevelDbfs !== null && levels.loudestDbfs(from, to) < minLevelDbfs) return 'tooQuiet';
    const voicedMs = levels.voicedMs(from, to);
    const unknown = { noSpeechProb: null, avgLogprob: null, compressionRatio: null };
    return dropReasonOf({ text, voicedMs, ...unknown }, filter);
  }

  /** As much of it as a frame holds. */
  #resultOf(type: 'final' | 'interim', event: TranscriptEvent, from: number, to: number): AppEvent {
    const { endsUtterance } = event;
    const provider = textIn(event.provider, MAX_SPEECH_PROVIDER_CHARS);
    const text = textIn(event.text, MAX_SPEECH_TEXT_CHARS);
    const words = event.words.slice(0, MAX_SPEECH_WORDS).map((word) => ({ ...this.#wordOf(word) }));
    const whole = { type, from, to, text, words, endsUtterance, provider } satisfies SpeechEvent;
    const room = MAX_FRAME_BYTES - DATA_HEADER_BYTES;
    const fits =
      words.length === event.words.length && encoder.encode(JSON.stringify(whole)).length <= room;
    return fits ? whole : { ...whole, words: [] };
  }

  #wordOf({ text, startMs, endMs, confidence }: TranscriptWord): SpeechWord {
    const { feed } = this.#options;
    const from = feed.positionOf(startMs);
    const to = Math.max(from, feed.endOf(endMs));
    const believed = confidence > 0 ? Math.min(1, confidence) : 0;
    return { text: textIn(text, MAX_SPEECH_TEXT_CHARS), from, to, confidence: believed };
  }
}

function withoutText(from: number, to: number) {
  return { type: 'final', from, to, text: '', words: [] } as const satisfies Partial<SpeechFinal>;
}

/** A surrogate without its other half is nothing that the protocol carries. */
function textIn(text: string, mostChars: number): string {
  return text.slice(0, mostChars).replace(LONE_SURROGATE, '\uFFFD');
}

const LONE_SURROGATE = /\p{Surrogate}/gu;
