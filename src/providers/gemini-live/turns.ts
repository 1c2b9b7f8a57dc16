/** Who has the word on one socket: what the user says, what the model answers, and what it calls. */
import { Answering } from './answering.ts';
import * as decode from './decode.ts';
import { contentFlagAt, partObjectAt, partTextAt, reasonAt } from './names.ts';
import { Hearing } from './hearing.ts';
import { ToolCalls } from './tool-calls.ts';
import type { ProviderEvent } from '../contract.ts';
import type { JsonObject } from '../wire/json.ts';

export interface TurnsOptions {
  readonly sampleRateHz: number;
  /** Whether the service writes down what it hears. */
  readonly isWritten: boolean;
  /** Whether it was asked to answer in text. */
  readonly speaksText: boolean;
}

/** Reasons with which a turn is done and nothing was answered. */
const FAILED_TURN = /^(MALFORMED|RESPONSE_REJECTED|PROHIBITED|BLOCKLIST|INPUT_|GENERATED_)/;

export class Turns {
  readonly hearing: Hearing;
  readonly calls = new ToolCalls();
  readonly #answering: Answering;
  readonly #speaksText: boolean;
  /** The answer that comes next is to something written. */
  #isAsked = false;
  /** It said that it goes, and nothing since: it may say nothing any more until it is gone. */
  #mayBeMute = false;

  constructor(options: TurnsOptions) {
    this.hearing = new Hearing(options);
    this.#answering = new Answering(options.sampleRateHz);
    this.#speaksText = options.speaksText;
  }

  /** The model was asked in writing: by a message, a result, or what was given back. */
  asked(): void {
    this.#isAsked = true;
    this.#answering.endTail();
  }

  /** The service cannot be told to stop. What still comes of this answer is not passed on. */
  mute(): void {
    this.#answering.mute();
  }

  endAnnounced(): void {
    this.#mayBeMute = true;
  }

  /** That a service said nothing to speech tells nothing where it may be mute: the link that follows is sent it again. */
  settleSilence(throughSample: number, isQuiet: boolean): readonly ProviderEvent[] {
    return this.#mayBeMute && !isQuiet ? [] : this.hearing.settleSilence(throughSample);
  }

  /** What one frame holds, in the order in which it happened. */
  take(
    content: JsonObject | null,
    calls: readonly (decode.FunctionCall | null)[],
  ): readonly ProviderEvent[] {
    if (content !== null || calls.length > 0) this.#mayBeMute = false;
    const isInterrupted = contentFlagAt(content, 'interrupted') === true;
    return [
      ...(isInterrupted ? [] : this.#heard(content)),
      ...this.#said(content),
      ...calls.flatMap((call) => this.#called(call)),
      ...(isInterrupted ? [...this.#interrupted(), ...this.#heard(content)] : []),
      ...this.#ends(content),
    ];
  }

  #called(call: decode.FunctionCall | null): readonly ProviderEvent[] {
    if (call === null) return [{ kind: 'ignored', what: 'a tool call without a name' }];
    const told = this.calls.told(call);
    return told.length === 0 ? [] : [...this.#begins(), ...this.#answering.pause(), ...told];
  }

  #heard(content: JsonObject | null): readonly ProviderEvent[] {
    const text = decode.transcriptionIn(content, 'inputTranscription');
    const interim = decode.transcriptionIn(content, 'interimInputTranscription');
    if (text !== '') this.#answering.endTail();
    return [...this.hearing.piece(text, false), ...this.hearing.piece(interim, true)];
  }

  #said(content: JsonObject | null): readonly ProviderEvent[] {
    const events: ProviderEvent[] = [];
    for (const { kind, part } of decode.piecesOf(content)) {
      if (kind === 'functionCall') {
        events.push(...this.#called(decode.callIn(partObjectAt(part, 'functionCall'), part)));
      } else if (kind === 'audio') events.push(...this.#audio(part));
      else if (this.#speaksText) {
        events.push(...this.#begins(), ...this.#answering.text(partTextAt(part, 'text') ?? ''));
      }
    }
    const text = decode.transcriptionIn(content, 'outputTranscription');
    if (text === '') return events;
    // What is written down may come after the reply's end, and is no new one.
    const isTail = this.#answering.isTail(this.hearing.sentSamples);
    return [...events, ...(isTail ? [] : this.#begins()), ...this.#answering.text(text)];
  }

  #audio(part: JsonObject): readonly ProviderEvent[] {
    const audio = decode.audioIn(part);
    if (audio === null) return [{ kind: 'ignored', what: 'a part of another type than PCM' }];
    return [...this.#begins(), ...this.#answering.audio(audio.bytes, audio.sampleRateHz)];
  }

  /** The model has the word: what the user said until now is a turn. */
  #begins(): readonly ProviderEvent[] {
    if (this.#answering.isReplying) return [];
    const heard = this.hearing.answerBegan(this.#isAsked);
    this.#isAsked = false;
    return [...heard, ...this.#answering.begin()];
  }

  #interrupted(): readonly ProviderEvent[] {
    this.hearing.interrupted();
    return [{ kind: 'interrupted' }, ...this.#answering.end('interrupted', null)];
  }

  /** One of the two is enough, and either may be missing. */
  #ends(content: JsonObject | null): readonly ProviderEvent[] {
    const events: ProviderEvent[] = [];
    if (contentFlagAt(content, 'generationComplete') === true) {
      events.push(...this.#answering.end('completed', this.hearing.sentSamples));
      this.hearing.answerEnded();
    }
    if (contentFlagAt(content, 'turnComplete') === true) {
      const reason = reasonAt(content, 'turnCompleteReason') ?? '';
      const status = FAILED_TURN.test(reason) ? 'failed' : 'completed';
      events.push(...this.#answering.end(status, null), ...this.hearing.turnCompleted());
    }
    return events;
  }
}
