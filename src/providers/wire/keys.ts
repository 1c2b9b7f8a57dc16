/**
 * Keys: asked for at the door, and looked at again where a function brings one. What they are is never told.
 *
 * A key travels in a header or an address. Space around it, such as the line's end of the file that it was read from, is
 * none of it.
 */
import { TenutoError } from '../../ports/errors.ts';
import { invalid } from '../../ports/option-errors.ts';

/**
 * @param service as a person calls it.
 * @param variable where its key usually is, in the environment.
 * @throws TenutoError OPTION_INVALID for what is neither a text of visible ASCII nor a function.
 */
export function checkKey(service: string, variable: string, apiKey: unknown): void {
  if (typeof apiKey === 'function' || isKey(apiKey)) return;
  throw invalid(
    `apiKey is ${apiKey === undefined ? 'missing' : wrongWith(apiKey)}: ${service} needs a key.`,
    `Give a key, such as process.env.${variable} where that is set, or a function that brings one.`,
  );
}

/** @throws TenutoError AUTH_REFUSED where a function brought no key: nothing is dialled without one. */
export function broughtKey(key: unknown): string {
  if (isKey(key)) return key.trim();
  throw new TenutoError({
    code: 'AUTH_REFUSED',
    message: `apiKey is a function, and what it brought is ${key === undefined ? 'nothing' : wrongWith(key)}.`,
    remediation: 'Let it bring a key, or throw where there is none.',
  });
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
