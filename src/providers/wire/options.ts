/** Options at the door. */
import { TenutoError } from '../../ports/errors.ts';

/**
 * A misspelt option would be ignored in silence.
 * @param known the names of all options, as the keys of a record that the compiler holds complete.
 * @throws TenutoError OPTION_INVALID
 */
export function checkOptionNames(
  options: object,
  known: Readonly<Record<string, true>>,
  provider: string,
): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;

  throw optionInvalid(
    `${provider} has no option "${unknown}".`,
    `Take one of ${Object.keys(known).join(', ')}.`,
  );
}

/** @throws TenutoError OPTION_INVALID for anything but a number of milliseconds that a timer can wait for. */
export function checkMs(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isFinite(value) && value > 0)) return;
  throw optionInvalid(`${name} is ${value}.`, 'Give a number of milliseconds greater than 0.');
}

export function optionInvalid(message: string, remediation: string): TenutoError {
  return new TenutoError({ code: 'OPTION_INVALID', message, remediation });
}
