/** Where the three parts of a voice agent are, and the keys that they take. */
import { read, VENDORS } from './access.ts';
import type { Environment, Vendor } from './access.ts';
import { localBaseUrl } from './stand-ins.ts';
import type { VoicePart } from './voice-parts.ts';
import { invalid } from '../ports/option-errors.ts';
import type { Credential } from '../providers/contract.ts';

/** Of one part. */
export interface Place {
  readonly apiKey: Credential;
  readonly baseUrl?: string;
}

export type Places = Readonly<Record<VoicePart, Place>>;

export const LOCAL_KEY = 'local';

/** @param portOf that of the part's stand-in. */
export function localPlaces(portOf: (part: VoicePart) => number): Places {
  // A function stands for a key that can be renewed, so that one refusal is survived.
  const apiKey = (): string => LOCAL_KEY;
  return {
    stt: { apiKey, baseUrl: localBaseUrl('deepgram', portOf('stt')) },
    llm: { apiKey, baseUrl: `http://127.0.0.1:${portOf('llm')}` },
    tts: { apiKey, baseUrl: localBaseUrl('deepgram', portOf('tts')) },
  };
}

/** @throws TenutoError OPTION_INVALID where a key is missing. */
export function cloudPlaces(environment: Environment): Places {
  const { deepgram, gemini } = VENDORS;
  const missing = [deepgram, gemini].filter(
    ({ keyVariable }) => read(environment, keyVariable) === undefined,
  );
  if (missing.length > 0) {
    const names = missing.map(({ keyVariable }) => keyVariable).join(' and ');
    throw invalid(
      `A voice agent hears and speaks by Deepgram and answers by Gemini: ${names} ${missing.length > 1 ? 'are' : 'is'} not set.`,
      `Set ${names}; or add --simulated, which needs none.`,
    );
  }
  const placeOf = ({ keyVariable, urlVariable }: Vendor): Place => {
    const baseUrl = read(environment, urlVariable);
    const apiKey = read(environment, keyVariable) ?? '';
    return baseUrl === undefined ? { apiKey } : { apiKey, baseUrl };
  };
  return { stt: placeOf(deepgram), llm: placeOf(gemini), tts: placeOf(deepgram) };
}
