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

export type ParsedQuery =
  | { readonly ok: true; readonly query: ListenQuery }
  | { readonly ok: false; readonly problem: string };

type Rule = (value: string) => boolean;

const isText: Rule = (value) => value !== '';
const isSwitch: Rule = (value) => value === 'true' || value === 'false';
const isWhole: Rule = (value) => /^\d{1,9}$/.test(value);
const isSwitchOrWhole: Rule = (value) => isSwitch(value) || isWhole(value);
const isSwitchOrText: Rule = isText;
const isEnglish: Rule = (value) => /^(en(-[A-Za-z]{2,4})?|multi)$/.test(value);
const isSampleRate: Rule = (value) =>
  isWhole(value) && Number(value) >= MIN_SAMPLE_RATE_HZ && Number(value) <= MAX_SAMPLE_RATE_HZ;

/** Known names. Those that the recogniser cannot serve are accepted and have no effect. */
const RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries({
    alternatives: isWhole,
    callback: isText,
    callback_method: isText,
    channels: (value: string) => value === '1',
    detect_entities: isSwitch,
    diarize: isSwitch,
    diarize_version: isText,
    dictation: isSwitch,
    encoding: (value: string) => value === 'linear16',
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

export function parseListenQuery(parameters: URLSearchParams): ParsedQuery {
  for (const [name, value] of parameters) {
    const isRight = RULES.get(name);
    if (isRight === undefined) return refuse(`unknown query parameter '${name}'`);
    if (!isRight(value)) return refuse(`bad value '${value}' for '${name}'.`, HINTS[name]);
  }
  if (!parameters.has('encoding')) {
    return refuse("missing 'encoding'.", 'This server takes raw linear16 only, no containers.');
  }
  if (!parameters.has('sample_rate')) return refuse("missing 'sample_rate'.", HINTS['sample_rate']);
  return { ok: true, query: readQuery(parameters) };
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

function refuse(what: string, hint = ''): ParsedQuery {
  return { ok: false, problem: `Bad Request: ${what} ${hint}`.trimEnd() };
}
