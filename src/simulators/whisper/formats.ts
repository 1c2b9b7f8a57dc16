/** A transcription in the formats that OpenAI's endpoint and whisper.cpp's server write. */
import { deflateSync } from 'node:zlib';
import type { Segment } from './transcriber.ts';
import type { HttpAnswer } from '../server/http-answer.ts';

export interface Transcription {
  readonly segments: readonly Segment[];
  readonly durationSeconds: number;
  readonly language: string;
  /** Of what was made up: how sure the model is that nobody speaks. Default: it hears speech. */
  readonly noSpeechProb?: number;
  readonly avgLogprob?: number;
}

export interface FormatOptions {
  readonly flavour: 'openai' | 'whisper.cpp';
  readonly format: string;
  readonly granularities: readonly string[];
  /** Names in `usage`: whisper-1 is paid by the second. */
  readonly model: string;
}

export const FORMATS: readonly string[] = ['json', 'text', 'srt', 'verbose_json', 'vtt'];

const SPEECH_NO_SPEECH_PROB = 0.02;

export function bodyOf(heard: Transcription, options: FormatOptions): HttpAnswer {
  const plain = { 'content-type': 'text/plain; charset=utf-8' };
  switch (options.format) {
    case 'text':
      return { status: 200, headers: plain, body: `${textOf(heard)}\n` };
    case 'srt':
      return { status: 200, headers: plain, body: cuesOf(heard, ',').join('\n') };
    case 'vtt':
      return { status: 200, headers: plain, body: ['WEBVTT\n', ...cuesOf(heard, '.')].join('\n') };
    case 'verbose_json':
      return json(options.flavour === 'openai' ? verboseOf(heard, options) : cppVerboseOf(heard));
    default:
      return json(
        options.flavour === 'openai'
          ? { text: textOf(heard), usage: usageOf(heard, options.model) }
          : { text: textOf(heard) },
      );
  }
}

/** As models named gpt-* stream it (platform.openai.com, "Streaming transcriptions"). */
export function eventsOf(heard: Transcription, model: string): HttpAnswer {
  const text = textOf(heard);
  const deltas = heard.segments.map((segment, index) => ({
    type: 'transcript.text.delta',
    delta: index === 0 ? segment.text : ` ${segment.text}`,
  }));
  const done = { type: 'transcript.text.done', text, usage: usageOf(heard, model) };
  const body = [...deltas, done].map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, body };
}

export function textOf({ segments }: Transcription): string {
  return segments.map(({ text }) => text).join(' ');
}

function verboseOf(heard: Transcription, options: FormatOptions): unknown {
  const { granularities } = options;
  const hasWords = granularities.includes('word');
  const hasSegments = granularities.length === 0 || granularities.includes('segment');
  const words = heard.segments.flatMap((segment) => segment.words);
  return {
    task: 'transcribe',
    language: heard.language,
    duration: round(heard.durationSeconds),
    text: textOf(heard),
    ...(hasWords ? { words: words.map(wordOf) } : {}),
    ...(hasSegments
      ? { segments: heard.segments.map((one, id) => openAiSegment(heard, one, id)) }
      : {}),
    usage: usageOf(heard, options.model),
  };
}

function openAiSegment(heard: Transcription, segment: Segment, id: number): unknown {
  return {
    id,
    seek: 0,
    start: round(segment.startSeconds),
    end: round(segment.endSeconds),
    text: ` ${segment.text}`,
    tokens: [],
    temperature: 0,
    avg_logprob: avgLogprobOf(heard, segment),
    compression_ratio: compressionRatioOf(segment.text),
    no_speech_prob: heard.noSpeechProb ?? SPEECH_NO_SPEECH_PROB,
  };
}

function cppVerboseOf(heard: Transcription): unknown {
  return {
    task: 'transcribe',
    language: heard.language,
    duration: heard.durationSeconds,
    text: heard.segments.map(({ text }) => ` ${text}\n`).join(''),
    segments: heard.segments.map((segment, id) => ({
      id,
      text: ` ${segment.text}`,
      start: round(segment.startSeconds),
      end: round(segment.endSeconds),
      tokens: [],
      words: segment.words.map((word) => ({
        ...wordOf(word),
        word: ` ${word.text}`,
        t_dtw: -1,
        probability: word.confidence,
      })),
      temperature: 0,
      avg_logprob: avgLogprobOf(heard, segment),
      no_speech_prob: heard.noSpeechProb ?? SPEECH_NO_SPEECH_PROB,
    })),
    detected_language: heard.language,
  };
}

function wordOf({ text, startSeconds, endSeconds }: Segment['words'][number]) {
  return { word: text, start: round(startSeconds), end: round(endSeconds) };
}

function avgLogprobOf({ avgLogprob }: Transcription, { words }: Segment): number {
  if (avgLogprob !== undefined || words.length === 0) return avgLogprob ?? -0.2;
  const sum = words.reduce((all, { confidence }) => all + Math.log(Math.max(confidence, 0.05)), 0);
  return sum / words.length;
}

function compressionRatioOf(text: string): number {
  return text === '' ? 0 : Buffer.byteLength(text) / deflateSync(text).length;
}

function usageOf(heard: Transcription, model: string): unknown {
  const seconds = Math.ceil(heard.durationSeconds);
  if (!model.startsWith('gpt-')) return { type: 'duration', seconds };
  const output = textOf(heard).split(' ').length;
  return {
    type: 'tokens',
    input_tokens: seconds * 10,
    output_tokens: output,
    total_tokens: seconds * 10 + output,
  };
}

function cuesOf({ segments }: Transcription, point: string): readonly string[] {
  return segments.map(({ startSeconds, endSeconds, text }, index) => {
    const times = `${clock(startSeconds, point)} --> ${clock(endSeconds, point)}`;
    return point === ',' ? `${index + 1}\n${times}\n${text}\n` : `${times}\n${text}\n`;
  });
}

function clock(seconds: number, point: string): string {
  const ms = Math.round(seconds * 1_000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const [hours, minutes, rest] = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1_000) % 60];
  return `${two(hours)}:${two(minutes)}:${two(rest)}${point}${String(ms % 1_000).padStart(3, '0')}`;
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100; // the model's timestamps are hundredths at the finest
}

function json(value: unknown): HttpAnswer {
  return { status: 200, body: JSON.stringify(value) };
}
