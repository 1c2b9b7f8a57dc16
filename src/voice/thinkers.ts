/** Who may answer: language models, and under which breakers they are known. */
import type { LanguageModel } from '../providers/gemini-llm/language-model.ts';
import type { Http } from '../ports/http.ts';
import { checkOptions, invalid } from '../ports/option-errors.ts';
import { candidateKey } from '../session/admission/candidate-key.ts';

/** A language model with what is known of its endpoint, as the candidates of a session have it. */
export interface LanguageModelCandidate {
  readonly model: LanguageModel;
  /** Where its endpoint is, such as `eu`. Default ''. */
  readonly region?: string;
  /**
   * Names the account that its limits count for: models and sessions with the same name, region and key share one
   * breaker. Never the secret itself. Default `default`.
   */
  readonly key?: string;
}

export interface Thinker {
  readonly model: LanguageModel;
  /** As events tell it. */
  readonly name: string;
  /** Under which breakers know it. */
  readonly key: string;
}

export type Thinkers = readonly [Thinker, ...Thinker[]];

const OPTION_NAMES: Readonly<Record<keyof LanguageModelCandidate, true>> = {
  model: true,
  region: true,
  key: true,
};

/**
 * @param http is lent to models that were made without a network.
 * @throws TenutoError OPTION_INVALID.
 */
export function thinkersOf(given: unknown, http?: Http): Thinkers {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const [first, ...others] = list.map((one) => thinkerOf(one, http));
  if (first === undefined) throw noModel();
  return [first, ...others];
}

/** Who writes JavaScript may give anything. */
function thinkerOf(given: unknown, http: Http | undefined): Thinker {
  const isOptions = 'model' in Object(given);
  const candidate = (isOptions ? given : { model: given }) as LanguageModelCandidate;
  const { model, region = '', key = 'default' } = candidate;
  if (typeof (model as Partial<LanguageModel> | null)?.reply !== 'function') throw noModel();
  if (isOptions) checkOptions('language model', candidate, OPTION_NAMES);

  return {
    model: model.over?.(http) ?? model,
    name: region === '' ? model.name : `${model.name} (${region})`,
    key: candidateKey({ provider: model.name, region, keyId: key }),
  };
}

function noModel() {
  return invalid(
    'A voice agent takes at least one language model.',
    'Give one, such as thinking: geminiLlm({ apiKey }).',
  );
}
