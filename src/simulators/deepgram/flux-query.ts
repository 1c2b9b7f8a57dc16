/** The query of `/v2/listen`, and what `Configure` may change of it. */
import { MAX_SAMPLE_RATE_HZ, MIN_SAMPLE_RATE_HZ } from '../../audio/format.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import { isObject } from '../../providers/wire/json.ts';
import type { ParsedQuery, Rule } from './query.ts';
import { isSampleRate, isSwitch, isText, problemIn, refuse } from './query.ts';

export interface FluxThresholds {
  readonly eot_threshold?: number;
  readonly eager_eot_threshold?: number;
  readonly eot_timeout_ms?: number;
}

export interface FluxQuery {
  readonly sampleRateHz: number;
  readonly isMultilingual: boolean;
  readonly thresholds: FluxThresholds;
  readonly keyterms: readonly string[];
  readonly languageHints: readonly string[];
}

const MODELS: readonly string[] = ['flux-general-en', 'flux-general-multi'];

/** API reference, "Turn-Based Audio (Flux)". */
const RANGES: Readonly<Record<keyof FluxThresholds, readonly [from: number, to: number]>> = {
  eot_threshold: [0.5, 1],
  eager_eot_threshold: [0.3, 0.9],
  eot_timeout_ms: [500, 60_000],
};

const isInRange =
  (name: keyof FluxThresholds): Rule =>
  (value) =>
    isThreshold(name, value.trim() === '' ? NaN : Number(value));

const RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries<Rule>({
    eager_eot_threshold: isInRange('eager_eot_threshold'),
    encoding: (value) => value === 'linear16',
    eot_threshold: isInRange('eot_threshold'),
    eot_timeout_ms: isInRange('eot_timeout_ms'),
    keyterm: isText,
    language_hint: isText,
    mip_opt_out: isSwitch,
    model: (value) => MODELS.includes(value),
    numerals: isSwitch,
    profanity_filter: isSwitch,
    redact: isText,
    sample_rate: isSampleRate,
    tag: isText,
  }),
);

const HINTS: Readonly<Record<string, string>> = {
  encoding: 'This server takes linear16 only.',
  model: `It is one of ${MODELS.join(', ')}.`,
  sample_rate: `It takes ${MIN_SAMPLE_RATE_HZ} to ${MAX_SAMPLE_RATE_HZ}.`,
};

export function parseFluxQuery(parameters: URLSearchParams): ParsedQuery<FluxQuery> {
  const problem = problemIn(parameters, RULES, HINTS);
  if (problem !== null) return { ok: false, problem };
  for (const name of ['model', 'encoding', 'sample_rate']) {
    if (!parameters.has(name)) return refuse(`missing '${name}'.`, HINTS[name]);
  }
  const isMultilingual = parameters.get('model') === 'flux-general-multi';
  const languageHints = parameters.getAll('language_hint');
  if (languageHints.length > 0 && !isMultilingual) {
    return refuse("'language_hint' is only for flux-general-multi.");
  }
  const thresholds: Partial<Record<keyof FluxThresholds, number>> = {};
  for (const name of Object.keys(RANGES) as (keyof FluxThresholds)[]) {
    const value = parameters.get(name);
    if (value !== null) thresholds[name] = Number(value);
  }
  const keyterms = parameters.getAll('keyterm');
  const sampleRateHz = Number(parameters.get('sample_rate'));
  return { ok: true, query: { sampleRateHz, isMultilingual, thresholds, keyterms, languageHints } };
}

/** What is configured after `Configure`; null where it asks for something that cannot be. */
export function reconfigured(query: FluxQuery, message: JsonObject): FluxQuery | null {
  const { thresholds = {}, keyterms = query.keyterms } = message;
  const { language_hints: languageHints = query.languageHints } = message;
  if (!isObject(thresholds)) return null;
  const isRight = Object.entries(thresholds).every(([name, value]) => isThreshold(name, value));
  const terms = typeof keyterms === 'string' ? [keyterms] : keyterms;
  if (!isRight || !isListOfTexts(terms) || !isListOfTexts(languageHints)) return null;
  if (languageHints.length > 0 && !query.isMultilingual) return null;

  return {
    ...query,
    thresholds: { ...query.thresholds, ...thresholds },
    keyterms: terms,
    languageHints,
  };
}

function isThreshold(name: string, value: unknown): boolean {
  if (!Object.hasOwn(RANGES, name) || typeof value !== 'number') return false;
  const [from, to] = RANGES[name as keyof FluxThresholds];
  return value >= from && value <= to;
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '');
}
