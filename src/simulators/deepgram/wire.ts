/** The messages of Deepgram listen v1, and the reasons that it closes with. */
import type { Close } from './close.ts';
import type { RecogniserResult } from '../recogniser/recogniser.ts';
import type { ListenQuery } from './query.ts';

const MODEL_UUID = '7e9a4c02-51d8-4c7b-9b0e-2f6d1c3a8e54';
const MODEL_INFO = { name: 'tenuto-local', version: '1', arch: 'local' };
/** This channel, of how many. */
const CHANNEL = [0, 1];

export const CLOSE_DONE = { code: 1000, reason: '' };
export const CLOSE_IDLE = {
  code: 1011,
  reason:
    'Deepgram did not receive audio data or a text message within the timeout window. See https://dpgr.am/net0001',
};
export const CLOSE_NOT_AUDIO = {
  code: 1008,
  reason: 'The payload cannot be decoded as audio (DATA-0000). See https://dpgr.am/data0000',
};
/** The documentation names no reason for this one: the code and the shape are those of a payload it cannot use. */
export const CLOSE_BAD_TEXT = {
  code: 1008,
  reason: 'The text message is not one of KeepAlive, Finalize, CloseStream (DATA-0000).',
};
/** The documentation states the limit, not what happens beyond it: a policy violation is the nearest code. */
export const closeTooFast = (ratio: number): Close => ({
  code: 1008,
  reason: `Audio was streamed faster than ${ratio} times real time.`,
});

export function resultsMessage(
  result: RecogniserResult,
  query: ListenQuery,
  requestId: string,
  fromFinalize: boolean,
): string {
  const seconds = (sample: number): number => float32Seconds(sample, query.sampleRateHz);
  const isFinal = result.kind === 'final';
  const words = result.words.map((word) => ({
    word: word.text,
    start: seconds(word.startSample),
    end: seconds(word.endSample),
    confidence: shortestFloat32(word.confidence),
    ...(query.sendsPunctuatedWords ? { punctuated_word: word.text } : {}),
  }));
  const sum = result.words.reduce((total, word) => total + word.confidence, 0);
  const confidence = words.length === 0 ? 0 : shortestFloat32(sum / words.length);
  return JSON.stringify({
    type: 'Results',
    channel_index: CHANNEL,
    duration: seconds(result.endSample - result.startSample),
    start: seconds(result.startSample),
    is_final: isFinal,
    ...(query.marksSpeechFinal ? { speech_final: isFinal && result.endsUtterance } : {}),
    channel: { alternatives: [{ transcript: result.text, confidence, words }] },
    metadata: { request_id: requestId, model_info: MODEL_INFO, model_uuid: MODEL_UUID },
    from_finalize: fromFinalize,
  });
}

export interface StreamSummary {
  readonly requestId: string;
  readonly created: string;
  readonly samples: number;
  readonly sampleRateHz: number;
  /** Of all audio, in hexadecimal. */
  readonly sha256: string;
}

export function metadataMessage(summary: StreamSummary): string {
  const hasAudio = summary.samples > 0;
  return JSON.stringify({
    type: 'Metadata',
    transaction_key: 'deprecated',
    request_id: summary.requestId,
    sha256: hasAudio ? summary.sha256 : 'incomplete',
    created: summary.created,
    duration: float32Seconds(summary.samples, summary.sampleRateHz),
    channels: 1,
    ...(hasAudio ? { models: [MODEL_UUID], model_info: { [MODEL_UUID]: MODEL_INFO } } : {}),
  });
}

export function speechStartedMessage(atSample: number, sampleRateHz: number): string {
  const timestamp = float32Seconds(atSample, sampleRateHz);
  return JSON.stringify({ type: 'SpeechStarted', channel: CHANNEL, timestamp });
}

/** `lastWordEndSample` is null where a `speech_final` has closed the utterance already: the wire then says -1. */
export function utteranceEndMessage(
  lastWordEndSample: number | null,
  sampleRateHz: number,
): string {
  const end = lastWordEndSample === null ? -1 : float32Seconds(lastWordEndSample, sampleRateHz);
  return JSON.stringify({ type: 'UtteranceEnd', channel: CHANNEL, last_word_end: end });
}

function float32Seconds(samples: number, sampleRateHz: number): number {
  return shortestFloat32(samples / sampleRateHz);
}

/** The number that prints as a 32-bit float does: 0.4 stays 0.4, and 0.1 + 0.3 becomes what 32 bits make of it. */
function shortestFloat32(value: number): number {
  const single = Math.fround(value);
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return Number(single.toPrecision(9));
}
