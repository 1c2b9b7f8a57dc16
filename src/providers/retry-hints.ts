/**
 * When to come back, as a server says it: in a header, in Google's error details, or in prose.
 *
 * A hint is a fact of the answer, so nothing here reads a clock: a date is measured against the answer's own `Date`
 * header, which also makes a client's wrong clock harmless.
 */
import { utcMs } from '../ports/clock.ts';
import { firstObjectIn, objectAt, objectsAt, stringAt } from './wire/json.ts';

export interface RetryHintSources {
  /** Response headers, names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The response's body: JSON or prose. */
  readonly body?: string | undefined;
  /** A close reason or an error message. */
  readonly text?: string | undefined;
  /** Wall-clock milliseconds since 1970, for a date in an answer without a `Date` header. */
  readonly nowMs?: number | undefined;
}

/** Nobody waits for longer than a day, and no timer runs for longer than 24.8 days. */
const MAX_RETRY_AFTER_MS = 86_400_000;

/** Prose is searched this far: a hint stands in a sentence, not in a book. */
const PROSE_CHARS = 8_192;

/**
 * The first hint found, in order of precision: `retry-after-ms`, `Retry-After`, `google.rpc.RetryInfo`, prose.
 * More than 24 h counts as 24 h; what is negative or cannot be read is no hint; a date that has passed is 0.
 * @returns milliseconds, 0 to 86,400,000; null without a hint.
 */
export function retryAfterMsOf({ headers, body, text, nowMs }: RetryHintSources): number | null {
  const hintMs =
    decimal(headers?.['retry-after-ms']) ?? // OpenAI's and Azure's own, read by OpenAI's clients
    headerMs(headers?.['retry-after'], httpDateMs(headers?.['date']) ?? nowMs) ??
    retryInfoMs(body) ??
    proseMs(text) ??
    proseMs(body);

  return hintMs === null ? null : Math.min(Math.round(hintMs), MAX_RETRY_AFTER_MS);
}

/** RFC 9110, section 10.2.3: seconds or a date. Fractions are not in it, and are sent all the same. */
function headerMs(value: string | undefined, nowMs = NaN): number | null {
  const seconds = decimal(value);
  if (seconds !== null) return seconds * 1_000;

  const atMs = httpDateMs(value, nowMs);
  return atMs === null || Number.isNaN(nowMs) ? null : Math.max(0, atMs - nowMs);
}

/** https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto; a Duration is JSON as "3.5s". */
function retryInfoMs(body: string | undefined): number | null {
  if (body?.includes('RetryInfo') !== true) return null;
  for (const detail of objectsAt(objectAt(firstObjectIn(body), 'error'), 'details')) {
    const type = stringAt(detail, '@type');
    const delay = stringAt(detail, 'retryDelay');
    if (type?.endsWith('google.rpc.RetryInfo') !== true || delay?.endsWith('s') !== true) continue;
    const seconds = decimal(delay.slice(0, -1));
    if (seconds !== null) return seconds * 1_000;
  }
  return null;
}

/** By how they begin; thousandths alone need a second letter. */
const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const THOUSANDTHS = /^m(s|il)/i;

const UNIT = '(?:ms|millis(?:econds?)?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)';
const PART = `\\d{1,12}(?:\\.\\d{1,12})?\\s?${UNIT}(?![a-z])`;

/** "try again in 4.782s", "in 1m2.5s" (OpenAI), "Please retry in 3.5s" (Google), "retry after 3 seconds" (Azure). */
const HINT = new RegExp(
  `\\b(?:try again|retry) (?:in|after) (${PART}(?:,? ?(?:and )?${PART}){0,4})`,
  'i',
);
const HINT_PART = new RegExp(`(\\d+(?:\\.\\d+)?)\\s?(${UNIT})(?![a-z])`, 'gi');

function proseMs(text: string | undefined): number | null {
  const [, duration] = HINT.exec(text?.slice(0, PROSE_CHARS) ?? '') ?? [];
  if (duration === undefined) return null;

  let totalMs = 0;
  for (const [, amount = '', name = ''] of duration.matchAll(HINT_PART)) {
    const unitMs = THOUSANDTHS.test(name) ? 1 : UNITS_MS[name.charAt(0).toLowerCase()];
    totalMs += Number(amount) * (unitMs ?? 0);
  }
  return totalMs;
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const TIME = '(\\d\\d):(\\d\\d):(\\d\\d)';

/** RFC 9110, section 5.6.7: the one form that may be sent, and the two older ones that have to be read. */
const IMF_FIXDATE = new RegExp(`^\\w{3}, (\\d\\d) (\\w{3}) (\\d{4}) ${TIME} GMT$`);
const RFC_850_DATE = new RegExp(`^\\w{6,9}, (\\d\\d)-(\\w{3})-(\\d\\d) ${TIME} GMT$`);
const ASCTIME_DATE = new RegExp(`^\\w{3} (\\w{3}) ([ \\d]\\d) ${TIME} (\\d{4})$`);

/** @param nowMs decides the century of a year of two digits: not more than 50 years ahead. */
function httpDateMs(value: string | undefined, nowMs = 0): number | null {
  const text = value?.trim() ?? '';
  const imf = IMF_FIXDATE.exec(text);
  if (imf) return dateMs(imf[3], imf[2], imf[1], imf.slice(4));

  const asctime = ASCTIME_DATE.exec(text);
  if (asctime) return dateMs(asctime[6], asctime[1], asctime[2], asctime.slice(3, 6));

  const old = RFC_850_DATE.exec(text);
  if (!old) return null;
  const thisYear = 1970 + Math.floor(nowMs / 31_556_952_000); // of 365.2425 days
  const sameCentury = thisYear - (thisYear % 100) + Number(old[3]);
  const year = sameCentury > thisYear + 50 ? sameCentury - 100 : sameCentury;
  return dateMs(String(year), old[2], old[1], old.slice(4));
}

function dateMs(year = '', month = '', day = '', time: readonly string[] = []): number | null {
  const monthIndex = MONTHS.indexOf(month) / 3;
  const [hours = 0, minutes = 0, seconds = 0] = time.map(Number);
  const isReal = Number(day) >= 1 && Number(day) <= 31 && hours <= 23 && minutes <= 59;
  if (!Number.isInteger(monthIndex) || !isReal || seconds > 60) return null;
  return utcMs(Number(year), monthIndex, Number(day), hours, minutes, seconds);
}

function decimal(value: string | undefined): number | null {
  return value !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : null;
}
