/** `SpeechStarted` and `UtteranceEnd`, worked out from the recogniser's results. */
import type { RecogniserResult } from '../recogniser/recogniser.ts';
import type { ListenQuery } from './query.ts';
import { speechStartedMessage, utteranceEndMessage } from './wire.ts';

export class SpeechEvents {
  readonly #query: ListenQuery;
  readonly #send: (message: string) => void;
  /** Up to here nobody has spoken in the current segment. */
  #silentUntil = 0;
  #isSpeaking = false;
  /** End of the last word whose utterance has not been ended yet. */
  #lastWordEnd: number | null = null;
  #isClosedBySpeechFinal = false;

  constructor(query: ListenQuery, send: (message: string) => void) {
    this.#query = query;
    this.#send = send;
  }

  beforeResult(result: RecogniserResult): void {
    if (result.text !== '' && !this.#isSpeaking) {
      this.#isSpeaking = true;
      this.#announceSpeech(result);
    }
    if (result.text === '') this.#silentUntil = result.endSample;
  }

  afterResult(result: RecogniserResult): void {
    if (result.kind === 'final') {
      this.#isSpeaking = false;
      this.#silentUntil = result.endSample;
      const lastWord = result.words.at(-1);
      if (lastWord) {
        this.#lastWordEnd = lastWord.endSample;
        this.#isClosedBySpeechFinal = result.endsUtterance && this.#query.marksSpeechFinal;
      }
    }
    this.#considerUtteranceEnd(result.endSample);
  }

  #announceSpeech(result: RecogniserResult): void {
    if (!this.#query.sendsVadEvents) return;
    const startSample =
      result.words[0]?.startSample ?? Math.max(this.#silentUntil, result.startSample);
    this.#send(speechStartedMessage(startSample, this.#query.sampleRateHz));
  }

  #considerUtteranceEnd(heardUntil: number): void {
    const { utteranceEndMs, sampleRateHz } = this.#query;
    if (utteranceEndMs === null || this.#lastWordEnd === null || this.#isSpeaking) return;
    const silentMs = ((heardUntil - this.#lastWordEnd) * 1_000) / sampleRateHz;
    if (silentMs < utteranceEndMs) return;
    const end = this.#isClosedBySpeechFinal ? null : this.#lastWordEnd;
    this.#lastWordEnd = null;
    this.#send(utteranceEndMessage(end, sampleRateHz));
  }
}
