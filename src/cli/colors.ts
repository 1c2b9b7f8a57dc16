/** Colours, where a person looks: never in a file or a pipe, unless `FORCE_COLOR` asks for them. */
import process from 'node:process';
import { isatty } from 'node:tty';

import picocolors from 'picocolors';

/**
 * The library alone would also colour wherever `CI` is set, and so write escapes into a build's logs and files.
 *
 * `NO_COLOR` wins over everything (https://no-color.org).
 */
function isWanted({ NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (isSet(NO_COLOR)) return false;
  if (isSet(FORCE_COLOR)) return FORCE_COLOR !== '0';

  return isatty(process.stdout.fd) && TERM !== 'dumb';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

export const colors = picocolors.createColors(isWanted(process.env));
