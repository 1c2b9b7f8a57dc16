/** Keeps what a dial carries for the service alone out of what is told about its failure. */
import type { DialRequest } from '../ports/socket.ts';

/** Shorter values are words of the trade, such as `token` or `Bearer`; no key is as short. */
const SHORTEST_SECRET = 8;
const SECRET_NAME = /key|token|secret|auth|sign?|pass|ticket|credential|jwt/i;
const HIDDEN = '[hidden]';

/**
 * The text without what the request has in its headers, its subprotocols, its password, and those parts of its query
 * that are named like a secret. Platforms and services like to say back what they were given.
 */
export function withoutSecrets(text: string, request: DialRequest): string {
  let shown = text;
  for (const secret of secretsOf(request)) shown = shown.replaceAll(secret, HIDDEN);
  return shown;
}

/** The longest first: one may stand inside another. */
function secretsOf({ url, protocols = [], headers = {} }: DialRequest): readonly string[] {
  const values = [
    ...protocols,
    ...Object.values(headers).flatMap((value) => [value, ...value.split(/[\s,;=]+/)]),
    ...secretsOfAddress(url),
  ];
  return [...new Set(values)]
    .filter(({ length }) => length >= SHORTEST_SECRET)
    .sort((one, other) => other.length - one.length);
}

/** As they stand in the address, and as what they mean. */
function secretsOfAddress(url: string): readonly string[] {
  if (!URL.canParse(url)) return [url];
  const { username, password, search } = new URL(url);
  const named = search
    .slice(1)
    .split('&')
    .map((pair) => pair.split('='))
    .filter(([name = '']) => SECRET_NAME.test(name))
    .map(([, ...value]) => value.join('='));
  return [username, password, ...named].flatMap((raw) => [raw, decoded(raw)]);
}

function decoded(raw: string): string {
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '));
  } catch {
    return raw;
  }
}
