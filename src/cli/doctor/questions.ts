/**
 * What each service is asked: a list that costs nothing and that only a valid key gets.
 *
 * Sources: the API references of OpenAI ("List models"), Gemini ("models.list") and Deepgram ("Get Projects").
 */
import { read, VENDORS, WHISPER } from '../access.ts';
import type { Environment } from '../access.ts';
import { objectIn, stringAt } from '../../providers/wire/json.ts';
import { googleFailureOf } from '../../providers/wire/google-errors.ts';

export interface Question {
  /** Of the service. */
  readonly name: string;
  readonly address: string;
  readonly keyVariable: string;
  /** Without slashes at its ends. */
  readonly path: string;
  /** Null where no key is set. */
  readonly headers: Readonly<Record<string, string>> | null;
  /** Whether the key is known there, and only not allowed this list. */
  readonly isLimited?: (answer: Answer) => boolean;
}

export interface Answer {
  readonly status: number;
  /** As the header has it. */
  readonly date: string | null;
  /** Of a refusal, as far as it matters. */
  readonly body?: string;
}

export function questionsIn(environment: Environment): readonly Question[] {
  const { openai, gemini, deepgram } = VENDORS;
  const whisper = read(environment, WHISPER.urlVariable);
  const own = { ...WHISPER, name: 'Whisper', address: withoutVersion(whisper ?? '') };
  return [
    questionOf(openai, environment, 'models', bearer),
    questionOf(gemini, environment, 'v1beta/models', (key) => ({ 'x-goog-api-key': key })),
    {
      ...questionOf(deepgram, environment, 'v1/projects', (key) => ({
        authorization: `Token ${key}`,
      })),
      isLimited: isLimitedAtDeepgram,
    },
    ...(whisper === undefined
      ? []
      : [{ ...questionOf(own, environment, 'v1/models', bearer), address: own.address }]),
  ];
}

/** Null: the answer says nothing of the key. */
export function verdictOn(
  { isLimited }: Question,
  answer: Answer,
): 'accepted' | 'limited' | 'refused' | null {
  const { status, body } = answer;
  if (status >= 200 && status < 300) return 'accepted';
  if (isLimited?.(answer) === true) return 'limited';
  // Google refuses a key with 400 as well.
  return googleFailureOf({ status, body }).kind === 'auth' ? 'refused' : null;
}

/** A key can be made for hearing and speaking alone: Deepgram, "Roles" and "API error codes". */
function isLimitedAtDeepgram({ status, body = '' }: Answer): boolean {
  if (status === 403) return true;
  const code = stringAt(objectIn(body), 'err_code') ?? '';
  return status === 401 && /^insufficient[ _]permissions$/i.test(code);
}

interface Asked {
  readonly name: string;
  readonly address: string;
  readonly keyVariable: string;
  readonly urlVariable: string;
}

function questionOf(
  { name, address, keyVariable, urlVariable }: Asked,
  environment: Environment,
  path: string,
  headersOf: (key: string) => Readonly<Record<string, string>>,
): Question {
  const key = read(environment, keyVariable);
  return {
    name,
    address: read(environment, urlVariable) ?? address,
    keyVariable,
    path,
    headers: key === undefined ? null : headersOf(key),
  };
}

function bearer(key: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${key}` };
}

/** It may be given with or without the version that OpenAI's own clients have at its end. */
function withoutVersion(address: string): string {
  return address.replace(/\/+$/, '').replace(/\/v1$/, '');
}
