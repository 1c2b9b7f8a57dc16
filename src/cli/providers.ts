/** Which providers a session is to have: what `--provider` takes. */
import { TenutoError } from '../ports/errors.ts';

export type ProviderName =
  'local' | 'backup' | 'deepgram' | 'flux' | 'openai' | 'gemini' | 'whisper';

export const PROVIDERS: readonly { readonly name: ProviderName; readonly what: string }[] = [
  { name: 'local', what: 'a recogniser on this machine' },
  { name: 'backup', what: 'another of that kind' },
  { name: 'deepgram', what: "Deepgram's live transcription" },
  { name: 'flux', what: 'Deepgram Flux' },
  { name: 'openai', what: 'OpenAI Realtime' },
  { name: 'gemini', what: 'Gemini Live' },
  { name: 'whisper', what: "Whisper over HTTP, OpenAI's or your own" },
];

/** As help tells them. */
export const PROVIDERS_HELP = PROVIDERS.map(({ name, what }) => `${name} (${what})`).join(', ');

/** A voice agent: three services at once, and no candidate among others. */
export const VOICE = 'voice';

export type ProviderList = readonly [ProviderName, ...ProviderName[]];

export function isVoice(text: string): boolean {
  return text.trim() === VOICE;
}

/**
 * Reads `local,backup`, in order of preference.
 *
 * @param alone what could have been named instead of them.
 * @throws TenutoError PROVIDER_UNKNOWN or OPTION_INVALID.
 */
export function parseProviders(text: string, alone: readonly string[] = []): ProviderList {
  const [first, ...others] = text.split(',').map((name) => knownProvider(name.trim(), alone));
  if (first === undefined) throw unknown(text, alone);
  const names: ProviderList = [first, ...others];
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return names;

  throw new TenutoError({
    code: 'OPTION_INVALID',
    message: `The provider "${twice}" is named twice.`,
    remediation: 'Name each one once, in order of preference, such as --provider local,backup.',
  });
}

function knownProvider(name: string, alone: readonly string[]): ProviderName {
  const known = PROVIDERS.find((provider) => provider.name === name);
  if (alone.includes(name)) {
    throw new TenutoError({
      code: 'OPTION_INVALID',
      message: 'A voice agent is no provider among others: it has three of its own.',
      remediation: 'Give --provider voice alone.',
    });
  }
  if (known === undefined) throw unknown(name, alone);
  return known.name;
}

function unknown(name: string, alone: readonly string[]): TenutoError {
  return new TenutoError({
    code: 'PROVIDER_UNKNOWN',
    message: name === '' ? 'A provider has no name.' : `There is no provider "${name}".`,
    remediation: `Take one of: ${[...PROVIDERS.map((provider) => provider.name), ...alone].join(', ')}.`,
  });
}
