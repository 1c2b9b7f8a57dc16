/** The query of `/v1/listen`: which names are known, which values they take, and what this server makes of them. */
import { MAX_SAMPLE_RATE_HZ, MIN_SAMPLE_RATE_HZ } from '../../audio/format.ts';

export interface ListenQuery {
  readonly sampleRateHz: number;
  readonly sendsInterims: boolean;
  /** False with `endpointing=false`: Results then have no `speech_final`. */
  readonly marksSpeechFinal: boolean;
  readonly sendsPunctuatedWords: boolean;
  readonly sendsVadEvents: boolean;
  readonly utteranceEndMs: number | null;
}

export type ParsedQuery<Query> =
  { readonly ok: true; readonly query: Query } | { readonly ok: false; readonly problem: string };

export type Rule = (value: string) => boolean;

export const isText: Rule = (value) => value !== '';
export const isSwitch: Rule = (value) => value === 'true' || value === 'false';
const isWhole: Rule = (value) => /^\d{1,9}$/.test(value);
const isSwitchOrWhole: Rule = (value) => isSwitch(value) || isWhole(value);
const isSwitchOrText: Rule = isText;
const isEnglish: Rule = (value) => /^(en(-[A-Za-z]{2,4})?|multi)$/.test(value);
export const isSampleRate: Rule = (value) =>
  isWhole(value) && Number(value) >= MIN_SAMPLE_RATE_HZ && Number(value) <= MAX_SAMPLE_RATE_HZ;

/** Known names. Those that the recogniser cannot serve are accepted and have no effect. */
const RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries<Rule>({
    alternatives: isWhole,
    callback: isText,
    callback_method: isText,
    channels: (value) => value === '1',
    detect_entities: isSwitch,
    diarize: isSwitch,
    diarize_version: isText,
    dictation: isSwitch,
    encoding: (value) => value === 'linear16',
    endpointing: isSwitchOrWhole,
    extra: isText,
    filler_words: isSwitch,
    interim_results: isSwitch,
    keyterm: isText,
    keywords: isText,
    language: isEnglish,
    mip_opt_out: isSwitch,
    model: isText,
    multichannel: isSwitch,
    no_delay: isSwitch,
    numerals: isSwitch,
    profanity_filter: isSwitch,
    punctuate: isSwitch,
    redact: isSwitchOrText,
    replace: isText,
    sample_rate: isSampleRate,
    search: isText,
    smart_format: isSwitch,
    tag: isText,
    tier: isText,
    utterance_end_ms: isWhole,
    vad_events: isSwitch,
    version: isText,
  }),
);

/** What a refusal adds where the value would be fine on the real service. */
const HINTS: Readonly<Record<string, string>> = {
  channels: 'This server takes one channel.',
  encoding: 'This server takes linear16 only.',
  language: 'No such model/language/tier combination found: this server speaks English.',
  sample_rate: `It takes ${MIN_SAMPLE_RATE_HZ} to ${MAX_SAMPLE_RATE_HZ}.`,
};

export function parseListenQuery(parameters: URLSearchParams): ParsedQuery<ListenQuery> {
  const problem = problemIn(parameters, RULES, HINTS);
  if (problem !== null) return { ok: false, problem };
  if (!parameters.has('encoding')) {
    return refuse("missing 'encoding'.", 'This server takes raw linear16 only, no containers.');
  }
  if (!parameters.has('sample_rate')) return refuse("missing 'sample_rate'.", HINTS['sample_rate']);
  return { ok: true, query: readQuery(parameters) };
}

/** The first name that is not known, or value that its rule refuses, in words; null where all is right. */
export function problemIn(
  parameters: URLSearchParams,
  rules: ReadonlyMap<string, Rule>,
  hints: Readonly<Record<string, string>> = {},
): string | null {
  for (const [name, value] of parameters) {
    const isRight = rules.get(name);
    if (isRight === undefined) return problemOf(`unknown query parameter '${name}'`);
    if (!isRight(value)) return problemOf(`bad value '${value}' for '${name}'.`, hints[name]);
  }
  return null;
}

function readQuery(parameters: URLSearchParams): ListenQuery {
  const isOn = (name: string): boolean => parameters.get(name) === 'true';
  const utteranceEnd = parameters.get('utterance_end_ms');
  return {
    sampleRateHz: Number(parameters.get('sample_rate')),
    sendsInterims: isOn('interim_results'),
    marksSpeechFinal: parameters.get('endpointing') !== 'false',
    sendsPunctuatedWords: isOn('punctuate') || isOn('smart_format') || isOn('dictation'),
    sendsVadEvents: isOn('vad_events'),
    utteranceEndMs: utteranceEnd === null ? null : Number(utteranceEnd),
  };
}

export function refuse(what: string, hint?: string): ParsedQuery<never> {
  return { ok: false, problem: problemOf(what, hint) };
}

function problemOf(what: string, hint = ''): string {
  return `Bad Request: ${what} ${hint}`.trimEnd();
}
