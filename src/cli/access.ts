/** Where a service is and with which key it is asked: by option, or else by the environment. */
import type { ProviderName } from './providers.ts';
import { TenutoError } from '../ports/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A company with a key of its own. */
export interface Vendor {
  readonly name: string;
  readonly keyVariable: string;
  readonly urlVariable: string;
  /** Where its REST interface is. */
  readonly address: string;
}

export const VENDORS = {
  openai: {
    name: 'OpenAI',
    keyVariable: 'OPENAI_API_KEY',
    urlVariable: 'OPENAI_BASE_URL',
    address: 'https://api.openai.com/v1',
  },
  gemini: {
    name: 'Gemini',
    keyVariable: 'GEMINI_API_KEY',
    urlVariable: 'GEMINI_BASE_URL',
    address: 'https://generativelanguage.googleapis.com',
  },
  deepgram: {
    name: 'Deepgram',
    keyVariable: 'DEEPGRAM_API_KEY',
    urlVariable: 'DEEPGRAM_BASE_URL',
    address: 'https://api.deepgram.com',
  },
} as const satisfies Readonly<Record<string, Vendor>>;

/** A transcriber of one's own: it has an address, and a key only where it asks for one. */
export const WHISPER = { urlVariable: 'WHISPER_BASE_URL', keyVariable: 'WHISPER_API_KEY' } as const;

/** Null for what always runs on this machine. */
export function vendorOf(provider: ProviderName): Vendor | null {
  switch (provider) {
    case 'local':
    case 'backup':
      return null;
    case 'openai':
    case 'whisper':
      return VENDORS.openai;
    case 'gemini':
      return VENDORS.gemini;
    case 'deepgram':
    case 'flux':
      return VENDORS.deepgram;
  }
}

export interface GivenAccess {
  /** By `--api-key`. */
  readonly apiKey?: string;
  /** By `--url`. */
  readonly url?: string;
  readonly environment: Environment;
}

export interface Access {
  readonly apiKey?: string;
  readonly baseUrl?: string;
}

/** @throws TenutoError OPTION_INVALID where there is no key. */
export function accessOf(provider: ProviderName, given: GivenAccess): Access {
  const address = addressOf(provider, given);
  const apiKey = keyOf(provider, given, address.isOwnWhisper);
  if (apiKey === undefined && !address.isOwnWhisper) throw keyIsMissing(provider, given.url);
  return {
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(address.baseUrl === undefined ? {} : { baseUrl: address.baseUrl }),
  };
}

/** Which address is asked, before any key is looked for. */
export function addressOf(provider: ProviderName, { url, environment }: GivenAccess) {
  const own = url ?? (provider === 'whisper' ? read(environment, WHISPER.urlVariable) : undefined);
  if (own !== undefined) return { baseUrl: own, isOwnWhisper: provider === 'whisper' };
  const vendor = vendorOf(provider);
  const shared = vendor === null ? undefined : read(environment, vendor.urlVariable);
  return { baseUrl: shared, isOwnWhisper: false };
}

/** OpenAI's key goes to no server but the one that OPENAI_BASE_URL names. */
function keyOf(
  provider: ProviderName,
  { apiKey, environment }: GivenAccess,
  isOwnWhisper: boolean,
): string | undefined {
  if (apiKey !== undefined) return apiKey;
  const variable = isOwnWhisper ? WHISPER.keyVariable : vendorOf(provider)?.keyVariable;
  return variable === undefined ? undefined : read(environment, variable);
}

export function read(environment: Environment, variable: string): string | undefined {
  const value = environment[variable]?.trim();
  return value === '' ? undefined : value;
}

function keyIsMissing(provider: ProviderName, url: string | undefined): TenutoError {
  const vendor = vendorOf(provider);
  if (vendor === null) {
    return new TenutoError({
      code: 'OPTION_INVALID',
      message: `The service at ${url ?? provider} needs a key.`,
      remediation: 'Give it with --api-key.',
    });
  }
  const { name, keyVariable } = vendor;
  return new TenutoError({
    code: 'OPTION_INVALID',
    message: `${name} needs a key.`,
    remediation: `Set ${keyVariable} or give --api-key; or add --simulated, which needs none.`,
  });
}
