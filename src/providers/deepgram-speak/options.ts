/** What speech can be asked for, checked at the door. */
import type { Credential } from '../contract.ts';
import { checkKey } from '../wire/keys.ts';
import { checkMs } from '../wire/options.ts';
import { checkOptions, invalid } from '../../ports/option-errors.ts';
import { checkBaseUrl } from '../wire/base-url.ts';

export interface DeepgramSpeakHttpOptions {
  /** A key, or a function that is asked on every dial and may bring a fresh one. */
  readonly apiKey: Credential;
  /** `token` for API keys, `bearer` for temporary tokens. Default `token`. */
  readonly scheme?: 'token' | 'bearer';
  /** Default `wss://api.deepgram.com`, over HTTP `https://api.deepgram.com`; the scheme of one is read as that of the other. */
  readonly baseUrl?: string;
  /** The voice. Default `aura-2-thalia-en`. */
  readonly model?: string;
  /** Of what is spoken: 8,000, 16,000, 24,000, 32,000 or 48,000 Hz. Default 24,000. */
  readonly sampleRateHz?: number;
  /** Further query parameters, as the service names them; they win over the options above. */
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** How long a dial may take, and over HTTP an answer's beginning. Default 10 s. */
  readonly dialTimeoutMs?: number;
  /** The name under which results and logs speak of it. Default `deepgram-speak`, `deepgram-speak-http`. */
  readonly name?: string;
}

export interface DeepgramSpeakOptions extends DeepgramSpeakHttpOptions {
  /** Browsers cannot send headers: there the credential travels as a subprotocol. Default `header`. */
  readonly authVia?: 'header' | 'subprotocol';
}

const KNOWN_OVER_HTTP: Readonly<Record<keyof DeepgramSpeakHttpOptions, true>> = {
  apiKey: true,
  scheme: true,
  baseUrl: true,
  model: true,
  sampleRateHz: true,
  query: true,
  dialTimeoutMs: true,
  name: true,
};

const KNOWN: Readonly<Record<keyof DeepgramSpeakOptions, true>> = {
  ...KNOWN_OVER_HTTP,
  authVia: true,
};

/** Of linear16: Deepgram, "Text-to-Speech media output settings". */
const SAMPLE_RATES_HZ: readonly number[] = [8_000, 16_000, 24_000, 32_000, 48_000];

export const DEFAULT_SAMPLE_RATE_HZ = 24_000;
export const DEFAULT_MODEL = 'aura-2-thalia-en';
export const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * @returns the address without its last slashes.
 * @throws TenutoError OPTION_INVALID
 */
export function checkSpeakOptions(options: DeepgramSpeakOptions): string {
  checkOptions('deepgramSpeak', options, KNOWN);
  checkShared(options);
  const usual = 'wss://api.deepgram.com';
  return checkBaseUrl(options.baseUrl ?? usual, 'socket', usual);
}

/**
 * @returns the address without its last slashes.
 * @throws TenutoError OPTION_INVALID
 */
export function checkSpeakHttpOptions(options: DeepgramSpeakHttpOptions): string {
  checkOptions('deepgramSpeakHttp', options, KNOWN_OVER_HTTP);
  checkShared(options);
  const usual = 'https://api.deepgram.com';
  return checkBaseUrl(options.baseUrl ?? usual, 'http', usual);
}

function checkShared({ apiKey, dialTimeoutMs, sampleRateHz }: DeepgramSpeakHttpOptions): void {
  checkKey('Deepgram', 'DEEPGRAM_API_KEY', apiKey);
  checkMs('dialTimeoutMs', dialTimeoutMs);
  if (sampleRateHz === undefined || SAMPLE_RATES_HZ.includes(sampleRateHz)) return;
  throw invalid(`sampleRateHz is ${sampleRateHz}.`, `Take one of ${SAMPLE_RATES_HZ.join(', ')}.`);
}
