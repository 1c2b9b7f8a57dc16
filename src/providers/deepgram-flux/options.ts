/** What Flux can be asked for, checked at the door. */
import type { Credential } from '../contract.ts';
import { checkKey } from '../wire/keys.ts';
import { checkMs } from '../wire/options.ts';
import { checkOptions, invalid } from '../../ports/option-errors.ts';
import { checkBaseUrl } from '../wire/base-url.ts';

export interface DeepgramFluxOptions {
  /** A key, or a function that is asked on every dial and may bring a fresh one. */
  readonly apiKey: Credential;
  /** `token` for API keys, `bearer` for temporary tokens. Default `token`. */
  readonly scheme?: 'token' | 'bearer';
  /** Browsers cannot send headers: there the credential travels as a subprotocol. Default `header`. */
  readonly authVia?: 'header' | 'subprotocol';
  /** Default `wss://api.deepgram.com`; `https:` is read as `wss:`, `http:` as `ws:`. */
  readonly baseUrl?: string;
  /** `flux-general-en` or `flux-general-multi`. Default `flux-general-en`. */
  readonly model?: string;
  /** How sure it must be that a turn is over, 0.5 to 1. Default: the service's. */
  readonly eotThreshold?: number;
  /** How sure it must be to say early that a turn may be over, 0.3 to 0.9. Default: it never says so. */
  readonly eagerEotThreshold?: number;
  /** A turn ends after this much silence, sure or not: 500 to 60,000. Default: the service's. */
  readonly eotTimeoutMs?: number;
  readonly keyterms?: readonly string[];
  /** Languages to expect, for `flux-general-multi`. */
  readonly languageHints?: readonly string[];
  /**
   * The account may end turns (`ForceEndTurn`): a flush and `endTurn` then end the one that runs. Default false, since a
   * service that does not know the message closes on it.
   */
  readonly forcesEndOfTurn?: boolean;
  /** Further query parameters, as the service names them; they win over the options above. */
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** How many times real time a backlog goes out. Default 1.2. */
  readonly replayRateRatio?: number;
  /** How long a dial may take. Default 10 s. */
  readonly dialTimeoutMs?: number;
  /** The name under which results and logs speak of it. Default `deepgram-flux`. */
  readonly name?: string;
}

const KNOWN: Readonly<Record<keyof DeepgramFluxOptions, true>> = {
  apiKey: true,
  scheme: true,
  authVia: true,
  baseUrl: true,
  model: true,
  eotThreshold: true,
  eagerEotThreshold: true,
  eotTimeoutMs: true,
  keyterms: true,
  languageHints: true,
  forcesEndOfTurn: true,
  query: true,
  replayRateRatio: true,
  dialTimeoutMs: true,
  name: true,
};

export const DEFAULT_MODEL = 'flux-general-en';
const MULTILINGUAL_MODEL = 'flux-general-multi';
const DEFAULT_BASE_URL = 'wss://api.deepgram.com';

/**
 * @returns the address without its last slashes.
 * @throws TenutoError OPTION_INVALID
 */
export function checkFluxOptions(options: DeepgramFluxOptions): string {
  checkOptions('deepgramFlux', options, KNOWN);
  checkKey('Deepgram', 'DEEPGRAM_API_KEY', options.apiKey);
  checkMs('dialTimeoutMs', options.dialTimeoutMs);
  checkRange('eotThreshold', options.eotThreshold, 0.5, 1);
  checkRange('eagerEotThreshold', options.eagerEotThreshold, 0.3, 0.9);
  checkRange('eotTimeoutMs', options.eotTimeoutMs, 500, 60_000);
  checkRange('replayRateRatio', options.replayRateRatio, 1, Infinity);
  const { languageHints = [], model = DEFAULT_MODEL } = options;
  if (languageHints.length > 0 && model !== MULTILINGUAL_MODEL) {
    throw invalid(
      `languageHints are not taken by ${model}.`,
      `Leave them out, or take the model ${MULTILINGUAL_MODEL}.`,
    );
  }

  return checkBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL, 'socket', DEFAULT_BASE_URL);
}

/** Ranges: Deepgram API reference, "Turn-Based Audio (Flux)". */
function checkRange(name: string, value: number | undefined, from: number, to: number): void {
  if (value === undefined || (value >= from && value <= to)) return;
  const upTo = to === Infinity ? 'or more' : `to ${to}`;
  throw invalid(`${name} is ${value}.`, `Give a number of ${from} ${upTo}.`);
}
