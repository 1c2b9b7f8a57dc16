/** A transcription that is asked for, read and checked as the service does it. */
import { FORMATS } from './formats.ts';
import { parseForm } from './multipart.ts';
import { refusalOf } from './refusals.ts';
import type { Flavour, OpenAiError } from './refusals.ts';
import { TenutoError } from '../../ports/errors.ts';
import type { HttpAnswer } from '../server/http-answer.ts';
import { readWav } from '../../audio/wav.ts';

export interface TranscriptionRequest {
  readonly pcm: Uint8Array;
  readonly sampleRateHz: number;
  readonly durationSeconds: number;
  readonly model: string;
  readonly format: string;
  readonly granularities: readonly string[];
  readonly language: string;
  readonly isStreamed: boolean;
}

export type Verdict = { readonly request: TranscriptionRequest } | { readonly refusal: HttpAnswer };

export const MODELS: readonly string[] = [
  'whisper-1',
  'gpt-4o-transcribe',
  'gpt-4o-mini-transcribe',
];

const RATE_HZ = 16_000;
/** Shorter files are refused (OpenAI: "Minimum audio length is 0.1 seconds"). */
const LEAST_SECONDS = 0.1;

export async function readRequest(
  flavour: Flavour,
  contentType: string | undefined,
  body: Buffer,
): Promise<Verdict> {
  const refuse = (error: OpenAiError, status = 400): Verdict => ({
    refusal: refusalOf(flavour, status, error),
  });
  const form = parseForm(contentType, body);
  if (form === null) {
    return refuse({ message: 'The request is not a whole multipart/form-data form.' });
  }
  const first = (name: string): string => form.fields.get(name)?.[0] ?? '';
  const model = first('model');
  const format = first('response_format') || 'json';
  const granularities = form.fields.get('timestamp_granularities') ?? [];
  const problem = flavour === 'openai' ? problemOf({ model, format, granularities }) : null;
  if (problem !== null) return refuse(problem, problem.code === 'model_not_found' ? 404 : 400);
  if (form.file === null) {
    return refuse({ message: "no 'file' field in the request", param: 'file' });
  }
  try {
    const isCpp = flavour === 'whisper.cpp';
    const wav = await readWav(form.file.bytes, form.file.name, {
      targetRateHz: isCpp ? 'native' : RATE_HZ,
    });
    const { sampleRateHz } = wav.format;
    if (isCpp && sampleRateHz !== RATE_HZ) {
      return refuse({ message: `the WAV file has to be 16 kHz, not ${sampleRateHz} Hz` });
    }
    const durationSeconds = wav.durationMs / 1_000;
    if (durationSeconds < LEAST_SECONDS) return refuse(TOO_SHORT);
    const language = first('language') || 'english';
    const isStreamed = first('stream') === 'true' && model.startsWith('gpt-');
    const asked = { model, format, granularities, language, isStreamed };
    return { request: { pcm: wav.pcm, sampleRateHz, durationSeconds, ...asked } };
  } catch (error) {
    if (!TenutoError.is(error)) throw error;
    return refuse({ message: `Invalid file format. ${error.message}`, param: 'file' });
  }
}

const TOO_SHORT: OpenAiError = {
  message: 'Audio file is too short. Minimum audio length is 0.1 seconds.',
  param: 'file',
  code: 'audio_too_short',
};

function problemOf({
  model,
  format,
  granularities,
}: Pick<TranscriptionRequest, 'model' | 'format' | 'granularities'>): OpenAiError | null {
  if (model === '') return { message: 'you must provide a model parameter', param: 'model' };
  if (!MODELS.includes(model)) {
    return {
      message: `The model \`${model}\` does not exist or you do not have access to it.`,
      code: 'model_not_found',
    };
  }
  const isKnown = model.startsWith('gpt-') ? format === 'json' : FORMATS.includes(format);
  if (!isKnown) {
    return {
      message: `response_format '${format}' is not compatible with model '${model}'.`,
      param: 'response_format',
      code: 'unsupported_value',
    };
  }
  if (granularities.length > 0 && format !== 'verbose_json') {
    return {
      message: 'timestamp_granularities needs response_format verbose_json.',
      param: 'timestamp_granularities',
    };
  }
  return null;
}
