/** The options of `whisper`, checked and with their defaults. */
import type { CutSettings } from './cutter.ts';
import { sessionNameOf } from './clip-key.ts';
import { fvad } from './fvad.ts';
import type { Remembered } from './remembered.ts';
import type { Credential } from '../contract.ts';
import { checkBaseUrl } from '../wire/base-url.ts';
import { filterSettingsOf } from '../wire/hallucination-filter.ts';
import type { FilterOptions, FilterSettings } from '../wire/hallucination-filter.ts';
import { checkKey } from '../wire/keys.ts';
import type { Clock } from '../../ports/clock.ts';
import { checkNumber, checkOptions, invalid } from '../../ports/option-errors.ts';
import type { Http } from '../../ports/http.ts';
import { systemRandom } from '../../ports/random.ts';
import type { Random } from '../../ports/random.ts';
import type { CreateVoiceActivityDetector } from '../../ports/voice-activity.ts';

export interface WhisperOptions {
  /** A key, or a function that is asked on every dial. whisper.cpp's server asks for none. */
  readonly apiKey?: Credential;
  /** With or without the `/v1` that OpenAI's own clients have at its end. Default `https://api.openai.com`; `wss:` is read as `https:`. */
  readonly baseUrl?: string;
  /** Which server it is: `openai` is whatever speaks OpenAI's transcription endpoint. Default `openai`. */
  readonly flavour?: 'openai' | 'whisper.cpp';
  /** Default `/v1/audio/transcriptions`, or `/inference`. */
  readonly path?: string;
  /**
   * A cheap GET that shows whether the service is there and takes the key, asked on every dial. Default `/health` of
   * whisper.cpp, and `/v1/models` of OpenAI's (platform.openai.com, API reference, "List models"), which not every
   * server has and not every key may ask: whoever answers there is there, unless it refuses the key (401), says to wait
   * (429) or fails (5xx). Null, or a `path` of one's own: nothing is asked.
   */
  readonly probePath?: string | null;
  /** Default `whisper-1`; whisper.cpp has loaded its model. */
  readonly model?: string;
  /** ISO 639-1, such as `en`. Default: the service finds out. */
  readonly language?: string;
  /** Words in the style of what is to be written. */
  readonly prompt?: string;
  /** 0 to 1. Default: the service's. */
  readonly temperature?: number;
  /** Default `verbose_json`; `json` for models named gpt-*, which know nothing else. */
  readonly responseFormat?: 'verbose_json' | 'json';
  /** Who finds speech. Default: `fvad()`. */
  readonly vad?: CreateVoiceActivityDetector;
  /** A pause this long ends an utterance. Default 500. */
  readonly minSilenceMs?: number;
  /** A longer utterance is cut where it is quietest. Default 25,000, at most 30,000: Whisper hears 30 s at a time. */
  readonly maxUtteranceMs?: number;
  /** Audio before the first sound that goes along. Default 200. */
  readonly preRollMs?: number;
  /** Less speech than this is not posted. Default 90. */
  readonly minSpeechMs?: number;
  /** What of the answers is not believed. */
  readonly filter?: FilterOptions;
  /** Posts at a time. Default 2; whisper.cpp works on one at a time. */
  readonly concurrency?: number;
  /** How long one post may take until its answer. Default 30,000; 120,000 for whisper.cpp, which may be slower than speech. */
  readonly timeoutMs?: number;
  /** Draws the part of the idempotency keys that is the session's. */
  readonly random?: Random;
  /** The name under which results and logs speak of it. Default `whisper`. */
  readonly name?: string;
}

/** What is asked on every dial. */
export interface Probe {
  readonly url: string;
  /** That it was refused says something only of the key, of haste or of a failure: nobody was told to ask this. */
  readonly isLenient: boolean;
}

export interface WhisperSettings {
  readonly url: string;
  readonly probe: Probe | null;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly vad: CreateVoiceActivityDetector;
  readonly cut: CutSettings;
  readonly filter: FilterSettings;
  readonly concurrency: number;
  readonly timeoutMs: number;
  /** What every idempotency key begins with. */
  readonly session: string;
}

export interface WhisperSocketOptions {
  readonly settings: WhisperSettings;
  readonly http: Http | undefined;
  readonly clock: Clock;
  readonly remembered: Remembered;
}

/** What Whisper hears; whisper.cpp takes nothing else (examples/server, "WAV 16 kHz unless --convert"). */
export const WHISPER_RATE_HZ = 16_000;

const OPENAI_URL = 'https://api.openai.com';

const NAMES: Readonly<Record<keyof WhisperOptions, true>> = {
  apiKey: true,
  baseUrl: true,
  flavour: true,
  path: true,
  probePath: true,
  model: true,
  language: true,
  prompt: true,
  temperature: true,
  responseFormat: true,
  vad: true,
  minSilenceMs: true,
  maxUtteranceMs: true,
  preRollMs: true,
  minSpeechMs: true,
  filter: true,
  concurrency: true,
  timeoutMs: true,
  random: true,
  name: true,
};

const FLAVOURS: readonly string[] = ['openai', 'whisper.cpp'];

/** What a number may be, both ends included. */
const RANGES: readonly (readonly [name: keyof WhisperOptions, least: number, most: number])[] = [
  ['temperature', 0, 1],
  ['minSilenceMs', 100, 5_000],
  ['maxUtteranceMs', 1_000, 30_000],
  ['preRollMs', 0, 2_000],
  ['minSpeechMs', 0, 2_000],
  ['concurrency', 1, 16],
  ['timeoutMs', 100, 600_000],
];

/** @throws TenutoError OPTION_INVALID */
export function settingsOf(options: WhisperOptions): WhisperSettings {
  checkWishes(options);
  const isCpp = options.flavour === 'whisper.cpp';
  const given = checkBaseUrl(options.baseUrl ?? OPENAI_URL, 'http', OPENAI_URL);
  const hasOwnPath = isCpp || options.path !== undefined;
  const baseUrl = hasOwnPath ? given : given.replace(/\/v1$/, '');
  const random = options.random ?? systemRandom;

  return {
    url: baseUrl + (options.path ?? (isCpp ? '/inference' : '/v1/audio/transcriptions')),
    probe: probeOf(options, baseUrl, isCpp),
    fields: fieldsOf(options, isCpp),
    vad: options.vad ?? fvad(),
    cut: {
      sampleRateHz: WHISPER_RATE_HZ,
      minSilenceMs: options.minSilenceMs ?? 500,
      maxUtteranceMs: options.maxUtteranceMs ?? 25_000,
      preRollMs: options.preRollMs ?? 200,
      minSpeechMs: options.minSpeechMs ?? 90,
    },
    filter: filterSettingsOf(options.filter),
    concurrency: options.concurrency ?? (isCpp ? 1 : 2),
    timeoutMs: options.timeoutMs ?? (isCpp ? 120_000 : 30_000),
    session: sessionNameOf(() => random.unit()),
  };
}

function probeOf(
  { path, probePath }: WhisperOptions,
  baseUrl: string,
  isCpp: boolean,
): Probe | null {
  if (probePath === null) return null;
  if (probePath !== undefined) return { url: baseUrl + probePath, isLenient: false };
  if (isCpp) return { url: `${baseUrl}/health`, isLenient: false };
  return path === undefined ? { url: `${baseUrl}/v1/models`, isLenient: true } : null;
}

/** What a clip is posted with; tests hold the names against the types of OpenAI's own client. */
export type RequestField =
  'model' | 'response_format' | 'language' | 'prompt' | 'temperature' | 'timestamp_granularities[]';

function fieldsOf(options: WhisperOptions, isCpp: boolean): WhisperSettings['fields'] {
  const model = options.model ?? (isCpp ? undefined : 'whisper-1');
  const format =
    options.responseFormat ?? (model?.startsWith('gpt-') === true ? 'json' : 'verbose_json');
  const fields: [RequestField, string | undefined][] = [
    ['model', model],
    ['response_format', format],
    ['language', options.language],
    ['prompt', options.prompt],
    ['temperature', options.temperature?.toString()],
  ];
  if (!isCpp && format === 'verbose_json') {
    fields.push(['timestamp_granularities[]', 'word'], ['timestamp_granularities[]', 'segment']);
  }
  return fields.filter((field): field is [RequestField, string] => field[1] !== undefined);
}

function checkWishes(options: WhisperOptions): void {
  checkOptions('whisper', options, NAMES);
  for (const [name, least, most] of RANGES) {
    const value = options[name];
    if (value === undefined) continue;
    const isFine = typeof value === 'number' && value >= least && value <= most;
    checkNumber(name, value, isFine, `from ${least} to ${most}`);
  }
  if (options.apiKey !== undefined) checkKey('Whisper', 'OPENAI_API_KEY', options.apiKey);
  const { flavour = 'openai', concurrency = 1 } = options;
  if (!FLAVOURS.includes(flavour)) {
    throw invalid(`whisper knows no flavour "${flavour}".`, 'Use openai or whisper.cpp.');
  }
  checkNumber('concurrency', concurrency, Number.isInteger(concurrency), 'that is whole');
  for (const name of ['path', 'probePath'] as const) {
    const path = options[name];
    if (path?.startsWith('/') === false) {
      throw invalid(`whisper's ${name} is no path.`, 'Begin it with a slash.');
    }
  }
}
