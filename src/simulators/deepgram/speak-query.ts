/** The query of `/v1/speak`, over a WebSocket and over HTTP. */
import type { ParsedQuery, Rule } from './query.ts';
import { isSwitch, isText, problemIn, refuse } from './query.ts';

export interface SpeakQuery {
  readonly model: string;
  readonly sampleRateHz: number;
  /** Whether a header goes before the audio; never on a WebSocket. */
  readonly isWav: boolean;
}

const DEFAULT_MODEL = 'aura-asteria-en';
const DEFAULT_SAMPLE_RATE_HZ = 24_000;
const SAMPLE_RATES: readonly string[] = ['8000', '16000', '24000', '32000', '48000'];

const SHARED: Readonly<Record<string, Rule>> = {
  encoding: (value) => value === 'linear16',
  mip_opt_out: isSwitch,
  model: (value) => /^aura(-2)?-[a-z]+-[a-z]{2}$/.test(value),
  sample_rate: (value) => SAMPLE_RATES.includes(value),
  speed: (value) => Number(value) >= 0.7 && Number(value) <= 1.5,
};
const RULES: ReadonlyMap<string, Rule> = new Map(Object.entries(SHARED));
const HTTP_RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries<Rule>({
    ...SHARED,
    callback: isText,
    callback_method: isText,
    container: (value) => value === 'none' || value === 'wav',
    tag: isText,
  }),
);

const HINTS: Readonly<Record<string, string>> = {
  container: 'This server writes WAV files, or no container.',
  encoding: 'This server speaks linear16 only.',
  model: 'No such model.',
  sample_rate: `It is one of ${SAMPLE_RATES.join(', ')}.`,
};

export function parseSpeakQuery(
  parameters: URLSearchParams,
  { isHttp }: { readonly isHttp: boolean },
): ParsedQuery<SpeakQuery> {
  const problem = problemIn(parameters, isHttp ? HTTP_RULES : RULES, HINTS);
  if (problem !== null) return { ok: false, problem };
  // Over HTTP the real one makes MP3 unless it is told otherwise.
  if (isHttp && !parameters.has('encoding'))
    return refuse("missing 'encoding'.", HINTS['encoding']);
  return {
    ok: true,
    query: {
      model: parameters.get('model') ?? DEFAULT_MODEL,
      sampleRateHz: Number(parameters.get('sample_rate') ?? DEFAULT_SAMPLE_RATE_HZ),
      isWav: isHttp && parameters.get('container') !== 'none',
    },
  };
}
