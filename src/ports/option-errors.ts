/** What is said of an option that cannot be taken, by a session and by a provider alike. */
import { TenutoError } from './errors.ts';

export function invalid(message: string, remediation: string): TenutoError {
  return new TenutoError({ code: 'OPTION_INVALID', message, remediation });
}

/**
 * @param what is chosen by that name, such as `preset`.
 * @param known has every name that there is; its values do not matter.
 * @throws TenutoError OPTION_INVALID.
 */
export function checkName(what: string, name: string, known: object): void {
  if (Object.hasOwn(known, name)) return;
  const names = Object.keys(known).join(', ');
  throw invalid(`There is no ${what} "${name}".`, `Take one of ${names}.`);
}

/**
 * A misspelt option would do nothing, in silence.
 *
 * @throws TenutoError OPTION_INVALID.
 */
export function checkOptions(whose: string, given: object, known: object): void {
  for (const name of Object.keys(given)) checkName(`${whose} option`, name, known);
}

/**
 * A text compares as a number does, and is none.
 *
 * @param which numbers are fine, such as `above 0`.
 * @throws TenutoError OPTION_INVALID.
 */
export function checkNumber(name: string, value: unknown, isFine: boolean, which: string): void {
  if (isFine && typeof value === 'number') return;
  throw invalid(`${name} is ${String(value)}.`, `Give a number ${which}.`);
}
