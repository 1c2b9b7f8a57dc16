/** Keys: asked for at the door, and looked at again where a function brings one. What they are is never told. */
import { TenutoError } from '../../ports/errors.ts';
import { invalid } from '../../ports/option-errors.ts';

/**
 * @param service as a person calls it.
 * @param variable where its key usually is, in the environment.
 * @throws TenutoError OPTION_INVALID for what is neither a text with a character in it nor a function.
 */
export function checkKey(service: string, variable: string, apiKey: unknown): void {
  if (typeof apiKey === 'function' || isKey(apiKey)) return;
  throw invalid(
    `apiKey is ${apiKey === undefined ? 'missing' : 'empty, or not a text'}: ${service} needs a key.`,
    `Give a key, such as process.env.${variable} where that is set, or a function that brings one.`,
  );
}

/** @throws TenutoError AUTH_REFUSED where a function brought no key: nothing is dialled without one. */
export function broughtKey(key: unknown): string {
  if (isKey(key)) return key;
  throw new TenutoError({
    code: 'AUTH_REFUSED',
    message: `apiKey is a function, and what it brought is ${key === undefined ? 'nothing' : 'empty, or not a text'}.`,
    remediation: 'Let it bring a key, or throw where there is none.',
  });
}

function isKey(key: unknown): key is string {
  return typeof key === 'string' && key.trim() !== '';
}
