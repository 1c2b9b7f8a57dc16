/**
 * Deepgram live transcription, listen v1 (nova).
 *
 * What this file relies on:
 *  - the query carries the whole configuration; there is no handshake frame;
 *  - audio travels as binary frames, control as JSON text frames; an empty binary frame ends the connection;
 *  - 10 s without a frame end it as well (1011, NET-0001), and the first audio has to come within 10 s;
 *  - at most 1.25 times real time is taken;
 *  - nothing is resumed: a new socket is a new stream whose times start at 0, told as 32-bit floats;
 *  - finals tile the audio: one begins where the last one ended.
 *
 * Sources: developers.deepgram.com, "Audio Keep Alive", "Recovering From Connection Errors & Timeouts When Live
 * Streaming Audio", "Finalize", "Close Stream", API reference "Live Audio".
 */
import { ListenStream } from './stream.ts';
import type { Credential, Provider } from '../contract.ts';
import type { AudioFormat } from '../../ports/audio-format.ts';
import { checkOptions } from '../../ports/option-errors.ts';
import { checkBaseUrl } from '../wire/base-url.ts';
import { classifyDeepgramEnd, deepgramDial } from '../wire/deepgram.ts';
import type { QueryValue } from '../wire/deepgram.ts';
import { checkKey } from '../wire/keys.ts';
import { checkPcm } from '../wire/pcm.ts';
import { Secrets } from '../wire/secrets.ts';

export interface DeepgramListenOptions {
  /** A key, or a function that is asked on every dial and may bring a fresh one. */
  readonly apiKey: Credential;
  /** `token` for API keys, `bearer` for temporary tokens. Default `token`. */
  readonly scheme?: 'token' | 'bearer';
  /** Browsers cannot send headers: there the credential travels as a subprotocol. Default `header`. */
  readonly authVia?: 'header' | 'subprotocol';
  /** Default `wss://api.deepgram.com`; `https:` is read as `wss:`, `http:` as `ws:`. */
  readonly baseUrl?: string;
  /** Default `nova-3`. */
  readonly model?: string;
  readonly language?: string;
  /** Default true. */
  readonly interimResults?: boolean;
  readonly punctuate?: boolean;
  readonly smartFormat?: boolean;
  /** Milliseconds of silence that end an utterance, or false. Default: the service's. */
  readonly endpointingMs?: number | false;
  readonly utteranceEndMs?: number;
  readonly vadEvents?: boolean;
  readonly keyterms?: readonly string[];
  /** Further query parameters, as the service names them. */
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** How many times real time a backlog goes out. Default 1.2; the service refuses more than 1.25. */
  readonly replayRateRatio?: number;
  /** How long a dial may take. Default 10 s. */
  readonly dialTimeoutMs?: number;
  /** The name under which results and logs speak of it. Default `deepgram-listen`. */
  readonly name?: string;
}

const DEFAULT_BASE_URL = 'wss://api.deepgram.com';
const KEEP_ALIVE_INTERVAL_MS = 4_000; // two chances inside the service's 10 s
const FIRST_AUDIO_WITHIN_MS = 10_000;
const FLUSH_TIMEOUT_MS = 5_000; // answered after about 300 ms, or not at all where nothing is pending

const NAMES: Readonly<Record<keyof DeepgramListenOptions, true>> = {
  apiKey: true,
  scheme: true,
  authVia: true,
  baseUrl: true,
  model: true,
  language: true,
  interimResults: true,
  punctuate: true,
  smartFormat: true,
  endpointingMs: true,
  utteranceEndMs: true,
  vadEvents: true,
  keyterms: true,
  query: true,
  replayRateRatio: true,
  dialTimeoutMs: true,
  name: true,
};

/**
 * @throws TenutoError OPTION_INVALID for an option that is not known, a key that is missing or empty, or an address that
 * of no scheme that is known.
 */
export function deepgramListen(options: DeepgramListenOptions): Provider {
  checkOptions('deepgramListen', options, NAMES);
  checkKey('Deepgram', 'DEEPGRAM_API_KEY', options.apiKey);
  const name = options.name ?? 'deepgram-listen';
  const baseUrl = checkBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL, 'socket', DEFAULT_BASE_URL);
  const secrets = new Secrets(options.apiKey);

  return {
    name,
    component: 'stt',
    traits: {
      resume: 'none',
      replayRateRatio: options.replayRateRatio ?? 1.2,
      keepAliveIntervalMs: KEEP_ALIVE_INTERVAL_MS,
      firstAudioWithinMs: FIRST_AUDIO_WITHIN_MS,
      flushTimeoutMs: FLUSH_TIMEOUT_MS,
      answersPings: true,
      refreshesCredential: secrets.isRenewable,
    },
    checkFormat: (format) => checkPcm('Deepgram listen', format),
    dial: async (format, reason) =>
      deepgramDial(`${baseUrl}/v1/listen`, queryOf(options, format), await secrets.ask(reason), {
        scheme: options.scheme ?? 'token',
        authVia: options.authVia ?? 'header',
        timeoutMs: options.dialTimeoutMs ?? 10_000,
      }),
    openStream: (format) => new ListenStream(format.sampleRateHz, () => secrets.recent),
    classifyEnd: (end) => classifyDeepgramEnd(end, secrets.recent),
  };
}

/** What the options become; whatever else is in the query was given as the service names it. */
export type ListenQueryName =
  | 'model'
  | 'encoding'
  | 'sample_rate'
  | 'channels'
  | 'interim_results'
  | 'language'
  | 'punctuate'
  | 'smart_format'
  | 'endpointing'
  | 'utterance_end_ms'
  | 'vad_events'
  | 'keyterm';

function queryOf(options: DeepgramListenOptions, format: AudioFormat) {
  const { keyterm, ...others } = options.query ?? {};
  const named: Readonly<Record<Exclude<ListenQueryName, 'keyterm'>, QueryValue>> = {
    model: options.model ?? 'nova-3',
    encoding: 'linear16',
    sample_rate: format.sampleRateHz,
    channels: 1,
    interim_results: options.interimResults ?? true,
    language: options.language,
    punctuate: options.punctuate,
    smart_format: options.smartFormat,
    endpointing: options.endpointingMs,
    utterance_end_ms: options.utteranceEndMs,
    vad_events: options.vadEvents,
  };
  return {
    ...named,
    ...others,
    keyterm: [...(keyterm === undefined ? [] : [String(keyterm)]), ...(options.keyterms ?? [])],
  };
}
