/**
 * Keys: asked for at the door, and looked at again where a function brings one. What they are is never told.
 *
 * A key travels in a header or an address. Space around it, such as the line's end of the file that it was read from, is
 * none of it. In a page, whose every visitor can read it, no key of an account is taken.
 */
import { TenutoError } from '../../ports/errors.ts';
import { invalid } from '../../ports/option-errors.ts';

/**
 * @param service as a person calls it.
 * @param variable where its key usually is, in the environment.
 * @throws TenutoError OPTION_INVALID for what is neither a text of visible ASCII nor a function, and in a page for a key of an
 *   account.
 */
export function checkKey(service: string, variable: string, apiKey: unknown): void {
  if (typeof apiKey === 'function') return;
  if (isKey(apiKey) && isExposed(apiKey)) throw invalid(EXPOSED, INSTEAD);
  if (isKey(apiKey)) return;
  throw invalid(
    `apiKey is ${apiKey === undefined ? 'missing' : wrongWith(apiKey)}: ${service} needs a key.`,
    `Give a key, such as process.env.${variable} where that is set, or a function that brings one.`,
  );
}

/** @throws TenutoError AUTH_REFUSED where a function brought no key, or in a page one of an account: nothing is dialled. */
export function broughtKey(key: unknown): string {
  if (isKey(key) && isExposed(key)) {
    throw new TenutoError({ code: 'AUTH_REFUSED', message: EXPOSED, remediation: INSTEAD });
  }
  if (isKey(key)) return key.trim();
  throw new TenutoError({
    code: 'AUTH_REFUSED',
    message: `apiKey is a function, and what it brought is ${key === undefined ? 'nothing' : wrongWith(key)}.`,
    remediation: 'Let it bring a key, or throw where there is none.',
  });
}

const EXPOSED = 'apiKey is the key of an account, and every visitor of this page could take it.';
const INSTEAD =
  'Have your server issue a token that is good for minutes, and give a function that asks for it; or stream through a gateway.';

/** OpenAI's begin so, and Google's so; Deepgram's are 40 hex digits. Tokens for a page are `ek_…`, `auth_tokens/…`, JWTs. */
const OF_AN_ACCOUNT = /^(sk-|AIza|[0-9a-f]{40}$)/;

/** Where there is a `window`, what the program holds is in the hands of whoever looks at it. */
function isExposed(key: string): boolean {
  const { window } = globalThis as { readonly window?: unknown };
  return typeof window === 'object' && window !== null && OF_AN_ACCOUNT.test(key.trim());
}

/** What may stand in a header's value and is no space: RFC 9110, section 5.5. */
const VISIBLE = /^[\x21-\x7e]+$/;

function isKey(key: unknown): key is string {
  return typeof key === 'string' && VISIBLE.test(key.trim());
}

function wrongWith(key: unknown): string {
  const isText = typeof key === 'string' && key.trim() !== '';
  return isText
    ? 'a text with a space, a line break or an unusual character in it'
    : 'empty, or not a text';
}
