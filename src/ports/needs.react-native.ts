/**
 * What tenuto needs of its host, looked for before anything else runs: an application learns at its first start what it
 * has to bring along, and not in the middle of a call.
 */
import { TenutoError } from './errors.ts';

/** The globals that are looked at. */
export interface HostGlobals {
  readonly URL?: unknown;
  readonly TextDecoder?: unknown;
  readonly TextEncoder?: unknown;
  readonly AbortController?: unknown;
  readonly EventTarget?: unknown;
  readonly Event?: unknown;
  readonly crypto?: unknown;
}

interface Need {
  readonly what: string;
  readonly isMet: (host: HostGlobals) => boolean;
  readonly remedy: string;
}

const RECENT = 'React Native 0.85 or later';

const NEEDS: readonly Need[] = [
  {
    what: 'a whole URL class', // React Native's own reads no ws: addresses, and refuses nothing
    isMet: ({ URL }) => readsAddresses(URL),
    remedy: "import 'react-native-url-polyfill/auto'",
  },
  {
    what: 'crypto.getRandomValues', // without it the keys of sessions could be guessed
    isMet: ({ crypto }) => isFunction((crypto as Partial<Crypto> | undefined)?.getRandomValues),
    remedy: "import 'react-native-get-random-values'",
  },
  {
    what: 'a TextDecoder that refuses what is no UTF-8',
    isMet: ({ TextDecoder }) => refusesBadText(TextDecoder),
    remedy: RECENT,
  },
  ...(['TextEncoder', 'AbortController', 'EventTarget', 'Event'] as const).map((name) => ({
    what: name,
    isMet: (host: HostGlobals) => isFunction(host[name]),
    remedy: RECENT,
  })),
];

interface Crypto {
  readonly getRandomValues: unknown;
}

/** @throws TenutoError PLATFORM_INCOMPLETE, with all that is missing and what brings it. */
export function checkHost(host = globalThis as HostGlobals): void {
  const missing = NEEDS.filter(({ isMet }) => !isMet(host));
  if (missing.length === 0) return;
  const remedies = [...new Set(missing.map(({ remedy }) => remedy))];
  throw new TenutoError({
    code: 'PLATFORM_INCOMPLETE',
    message: `This platform lacks ${missing.map(({ what }) => what).join(', ')}.`,
    remediation: `Before tenuto/react-native is imported: ${remedies.join('; ')}.`,
  });
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function readsAddresses(given: unknown): boolean {
  try {
    const Url = given as typeof URL;
    const { host, origin } = new Url('wss://a.example:8443/p?x=1');
    return host === 'a.example:8443' && origin === 'wss://a.example:8443' && !Url.canParse('no');
  } catch {
    return false;
  }
}

function refusesBadText(given: unknown): boolean {
  let decoder: TextDecoder;
  try {
    decoder = new (given as typeof TextDecoder)('utf-8', { fatal: true, ignoreBOM: true });
    if (decoder.decode(new Uint8Array([0x68, 0x69])) !== 'hi') return false;
  } catch {
    return false;
  }
  try {
    decoder.decode(new Uint8Array([0xff]));
    return false;
  } catch {
    return true;
  }
}
