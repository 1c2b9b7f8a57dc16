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
 * What has to be in options of these names, whose ever they are: without it one would fail when it is first used. First what to give,
 * where that is more than its members.
 */
const PARTS: Readonly<Record<string, readonly [give: string, ...has: string[]]>> = {
  transport: ['', 'dial'],
  network: ['new NetworkMonitor({ signals })', 'subscribe', 'sawTraffic'],
  spool: ['await openSpool({ name })', 'join'],
  admission: ['createAdmission()', 'breakers', 'slots'],
  createResampler: ['a function', 'call'],
  clock: ['', 'nowMs', 'setTimeout', 'clearTimeout'],
  wallClock: ['a function', 'call'],
  random: ['', 'unit'],
  logger: ['', 'debug', 'info', 'warn', 'error'],
};

/** @throws TenutoError OPTION_INVALID for an option that lacks what is called of it. */
export function checkPart(name: string, value: unknown): void {
  const [give, ...has] = PARTS[name] ?? [];
  const missing = has.find((member) => !(member in Object(value)));
  if (missing === undefined) return;
  throw invalid(`${name} has no ${missing}.`, `Give ${give || `one with ${has.join(', ')}`}.`);
}

/** @throws TenutoError OPTION_INVALID where options are left out, or null. */
export function checkGiven(whose: string, given: unknown): void {
  if (Object(given) === given) return;
  throw invalid(`The options of ${whose} are no object.`, 'Give one.');
}

/**
 * A misspelt option would do nothing, in silence.
 *
 * @throws TenutoError OPTION_INVALID.
 */
export function checkOptions(whose: string, given: object, known: object): void {
  checkGiven(whose, given);
  for (const [name, value] of Object.entries(given)) {
    checkName(`${whose} option`, name, known);
    if ((value ?? null) !== null) checkPart(name, value);
  }
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
