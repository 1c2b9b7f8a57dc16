import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { retryAfterMsOf } from '../../src/providers/retry-hints.ts';

const DAY_MS = 86_400_000;

describe('the Retry-After header', () => {
  const hint = (value: string, nowMs?: number) =>
    retryAfterMsOf({ headers: { 'retry-after': value }, nowMs });

  it.each([
    ['0', 0],
    ['2', 2_000],
    [' 120 ', 120_000],
    ['1.5', 1_500],
    ['86399', DAY_MS - 1_000],
    ['86400', DAY_MS],
    ['86401', DAY_MS],
    ['9'.repeat(400), DAY_MS],
  ])('gives seconds: %j', (value, expected) => {
    expect(hint(value)).toBe(expected);
  });

  it.each(['', ' ', '-1', '1e3', '0x10', 'NaN', 'Infinity', 'soon', '5 s', '1.', '.5'])(
    'is no hint where it is %j',
    (value) => {
      expect(hint(value, 0)).toBeNull();
    },
  );

  it.each([
    ['as it is sent today', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['as RFC 850 had it', 'Sunday, 06-Nov-94 08:49:37 GMT'],
    ['as asctime() has it', 'Sun Nov  6 08:49:37 1994'],
    ['with blanks around it', '  Sun, 06 Nov 1994 08:49:37 GMT '],
  ])('gives a date, %s', (_how, value) => {
    const nowMs = Date.UTC(1994, 10, 6, 8, 49, 35);

    expect(hint(value, nowMs)).toBe(2_000);
  });

  it.each([
    ['a millisecond ahead', -1, 1],
    ['now', 0, 0],
    ['a millisecond ago', 1, 0],
    ['a year ago', 365 * DAY_MS, 0],
    ['two days ahead', -2 * DAY_MS, DAY_MS],
  ])('gives a date that is %s', (_when, laterMs, expected) => {
    const value = 'Sat, 21 Nov 2026 07:28:00 GMT';

    expect(hint(value, Date.parse(value) + laterMs)).toBe(expected);
  });

  it('gives a date as the server measures it, whatever our clock says', () => {
    const headers = {
      date: 'Sat, 21 Nov 2026 07:28:00 GMT',
      'retry-after': 'Sat, 21 Nov 2026 07:28:30 GMT',
    };

    expect(retryAfterMsOf({ headers })).toBe(30_000);
    expect(retryAfterMsOf({ headers, nowMs: 0 })).toBe(30_000);
  });

  it('is no hint where it is a date and nobody says what time it is', () => {
    expect(hint('Sat, 21 Nov 2026 07:28:00 GMT')).toBeNull();
    expect(hint('Sat, 21 Nov 2026 07:28:00 GMT', NaN)).toBeNull();
  });

  it.each([
    'Sat, 21 Nov 2026 24:00:00 GMT',
    'Sat, 21 Nov 2026 07:60:00 GMT',
    'Sat, 21 Nov 2026 07:00:61 GMT',
    'Sat, 00 Nov 2026 07:00:00 GMT',
    'Sat, 32 Nov 2026 07:00:00 GMT',
    'Sat, 21 Nix 2026 07:00:00 GMT',
    'Sat, 21 anF 2026 07:00:00 GMT',
    'Sat, 21 Nov 2026 07:00:00 CET',
    '2026-11-21T07:28:00Z',
  ])('is no hint where it is %j', (value) => {
    expect(hint(value, 0)).toBeNull();
  });

  it.each([
    ['23', '59', '59'],
    ['00', '00', '00'],
  ])('takes the time of day up to its edges: %s:%s:%s', (...time) => {
    const value = `Sat, 21 Nov 2026 ${time.join(':')} GMT`;

    expect(hint(value, Date.parse(value) - 1)).toBe(1);
  });

  it('takes a year of two digits for one that is not more than 50 years ahead', () => {
    const ahead = 'Saturday, 21-Nov-76 07:00:00 GMT';
    const past = 'Saturday, 21-Nov-77 07:00:00 GMT';
    const nowMs = Date.UTC(2026, 5, 1);

    expect(hint(ahead, nowMs)).toBe(DAY_MS);
    expect(hint(past, nowMs)).toBe(0);
  });

  it('reads every date as the platform does', () => {
    const day = fc.date({
      min: new Date('1970-01-01T00:00:01Z'),
      max: new Date('2400-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(day, (date) => {
        const value = date.toUTCString();

        expect(hint(value, Date.parse(value) - 1_000)).toBe(1_000);
      }),
    );
  });
});

describe("Google's RetryInfo", () => {
  const bodyOf = (...details: readonly unknown[]) =>
    JSON.stringify({ error: { code: 429, status: 'RESOURCE_EXHAUSTED', details } });
  const info = (retryDelay: unknown) => ({
    '@type': 'type.googleapis.com/google.rpc.RetryInfo',
    retryDelay,
  });

  it.each([
    ['3.5s', 3_500],
    ['0s', 0],
    ['36s', 36_000],
    ['0.000000001s', 0],
    ['59.978652397s', 59_979],
    ['100000s', DAY_MS],
  ])('gives its delay: %s', (delay, expected) => {
    expect(retryAfterMsOf({ body: bodyOf(info(delay)) })).toBe(expected);
  });

  it('is found among other details, and in a list', () => {
    const other = { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', retryDelay: '9s' };
    const body = bodyOf(null, 'text', other, info('3.5s'));

    expect(retryAfterMsOf({ body })).toBe(3_500);
    expect(retryAfterMsOf({ body: `[${body}]` })).toBe(3_500);
  });

  it.each([['-3s'], ['3'], ['3500ms'], ['s'], [''], [3], [null], [{ seconds: 3 }]])(
    'is no hint where its delay is %j',
    (delay) => {
      expect(retryAfterMsOf({ body: bodyOf(info(delay)) })).toBeNull();
    },
  );

  it.each([
    '{"error":{"details":{"RetryInfo":1}}}',
    '{"error":"RetryInfo"}',
    '["RetryInfo"]',
    '[]RetryInfo',
    'null RetryInfo',
    '{"@type":"google.rpc.RetryInfo","retryDelay":"3s"}',
  ])('is no hint in a body of another shape: %s', (body) => {
    expect(retryAfterMsOf({ body })).toBeNull();
  });

  it('leaves it to prose where the body was cut off', () => {
    const body = `{"error":{"message":"Please retry in 3.5s.","details":[{"@type":"google.rpc.RetryInfo`;

    expect(retryAfterMsOf({ body })).toBe(3_500);
  });
});

describe('prose', () => {
  it.each([
    ['Rate limit reached. Please try again in 4.782s. Visit https://example.com.', 4_782],
    ['Please try again in 250ms.', 250],
    ['Please try again in 1m2.5s.', 62_500],
    ['Please try again in 6m0s.', 360_000],
    ['Please try again in 1h12m0s.', 4_320_000],
    ['Please try again in 114h18m0s.', DAY_MS],
    ['Please try again in 1d.', DAY_MS],
    ['Please retry after 3 seconds. Please go here', 3_000],
    ['please TRY AGAIN IN 20 SECONDS', 20_000],
    ['Please retry in 36.5s.', 36_500],
    ['try again in 2 minutes and 5 seconds', 125_000],
    ['try again in 1 hour, 1 min', 3_660_000],
    ['try again in 90 milliseconds', 90],
  ])('gives its duration: %s', (text, expected) => {
    expect(retryAfterMsOf({ text })).toBe(expected);
    expect(retryAfterMsOf({ body: JSON.stringify({ error: { message: text } }) })).toBe(expected);
  });

  it.each([
    'Please try again.',
    'Please try again later.',
    'try again in a few seconds',
    'try again in -5s',
    'try again in 5',
    'try again in 5 parsecs',
    'try again in 5 months',
    'took 250ms',
    'I retry: in 5s',
    'sentry in 5s',
  ])('is no hint in %j', (text) => {
    expect(retryAfterMsOf({ text })).toBeNull();
  });

  it('is searched no further than 8,192 characters', () => {
    const hint = 'try again in 5s';
    const room = 8_192 - hint.length;

    expect(retryAfterMsOf({ text: `${' '.repeat(room)}${hint}` })).toBe(5_000);
    expect(retryAfterMsOf({ text: `${' '.repeat(room + 1)}${hint}` })).toBeNull();
  });
});

describe('several hints', () => {
  const headers = { 'retry-after-ms': '1500', 'retry-after': '2' };
  const body =
    '{"error":{"message":"try again in 5s","details":[{"@type":"google.rpc.RetryInfo","retryDelay":"3s"}]}}';
  const text = 'try again in 4s';

  it('are taken in order of precision', () => {
    expect(retryAfterMsOf({ headers, body, text })).toBe(1_500);
    expect(retryAfterMsOf({ headers: { 'retry-after': '2' }, body, text })).toBe(2_000);
    expect(retryAfterMsOf({ headers: { 'retry-after': 'soon' }, body, text })).toBe(3_000);
    expect(retryAfterMsOf({ body: body.replace('RetryInfo', 'Help'), text })).toBe(4_000);
    expect(retryAfterMsOf({ body: body.replace('RetryInfo', 'Help') })).toBe(5_000);
  });

  it('are none where nothing was said', () => {
    expect(retryAfterMsOf({})).toBeNull();
    expect(retryAfterMsOf({ headers: {}, body: '', text: '', nowMs: 0 })).toBeNull();
  });

  it('stay within a day, whatever is said', () => {
    const said = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.double().map(String),
      fc.double().map((seconds) => `try again in ${seconds}s`),
      fc.double().map((delay) => body.replace('3s', `${delay}s`)),
    );
    fc.assert(
      fc.property(said, said, said, fc.double(), (value, bodyText, reason, nowMs) => {
        const hint = retryAfterMsOf({
          headers: { 'retry-after': value, date: reason },
          body: bodyText,
          text: reason,
          nowMs,
        });

        if (hint === null) return;
        expect(Number.isSafeInteger(hint)).toBe(true);
        expect(hint).toBeGreaterThanOrEqual(0);
        expect(hint).toBeLessThanOrEqual(DAY_MS);
      }),
    );
  });
});
