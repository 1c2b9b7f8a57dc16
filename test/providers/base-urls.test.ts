/** An address that is refused is told without what may be a secret in it. */
import { describe, expect, it } from 'vitest';

import { TenutoError } from '../../src/ports/errors.ts';
import { MAKERS } from './makers.ts';

const CANARY = 'AIzaCANARY0123456789';

/** What each is given, with the scheme of its service. */
const ADDRESSES: readonly (readonly [string, (scheme: string) => string])[] = [
  ['a key in its query', (scheme) => `${scheme}//h.test/v1/?key=${CANARY}`],
  ['a token in its query', (scheme) => `${scheme}//h.test/v1?x=1&access_token=${CANARY}`],
  ['anything in its query', (scheme) => `${scheme}//h.test/v1?x=${CANARY}`],
  ['a fragment', (scheme) => `${scheme}//h.test/v1#${CANARY}`],
  ['a password', (scheme) => `${scheme}//u:${CANARY}@h.test/v1`],
  ['a password and a query', (scheme) => `${scheme}//u:${CANARY}@h.test/v1?x=1`],
  ['a name', (scheme) => `${scheme}//${CANARY}@h.test/v1`],
  ['a scheme that nobody speaks', () => `ftp://u:${CANARY}@h.test/v1?key=${CANARY}`],
  ['a slash too few', (scheme) => `${scheme}/u:${CANARY}@/?key=${CANARY}`],
  ['no scheme', () => `u:${CANARY}@h.test/v1?key=${CANARY}`],
  ['no host', () => `h.test/v1?key=${CANARY}`],
  ['a key instead of it', () => CANARY],
];

const OVER_HTTP = ['deepgramSpeakHttp', 'geminiLlm', 'whisper'];

function refusalOf(make: () => unknown): TenutoError {
  try {
    make();
  } catch (error) {
    if (TenutoError.is(error)) return error;
  }
  throw new Error('it was taken');
}

const CASES = MAKERS.flatMap(([name, make]) =>
  ADDRESSES.map(([what, addressOf]) => {
    const address = addressOf(OVER_HTTP.includes(name) ? 'https:' : 'wss:');
    return [name, what, address, make] as const;
  }),
);

describe('an address', () => {
  it.each(CASES)(
    'of %s with %s is refused, and its secret not repeated',
    (_, __, baseUrl, make) => {
      const error = refusalOf(() => make({ baseUrl }));

      expect(error.code).toBe('OPTION_INVALID');
      expect(`${error.message} ${error.remediation} ${error.stack}`).not.toContain(CANARY);
    },
  );

  it.each(MAKERS)('of %s is told by scheme, host and path', (name, make) => {
    const scheme = OVER_HTTP.includes(name) ? 'https:' : 'wss:';

    const { message, remediation } = refusalOf(() =>
      make({ baseUrl: `${scheme}//u:${CANARY}@h.test:81/v1?x=1` }),
    );

    expect(message).toBe(`"${scheme}//h.test:81/v1" is given with a name or a password.`);
    expect(remediation).toContain('a key goes into apiKey');
  });

  it.each(MAKERS)('of %s may stand between spaces', (name, make) => {
    const scheme = OVER_HTTP.includes(name) ? 'https:' : 'wss:';

    expect(() => make({ baseUrl: ` ${scheme}//h.test/v1 ` })).not.toThrow();
  });

  it('that is empty behind a question mark is none', () => {
    const [, make] = MAKERS[0]!;

    expect(refusalOf(() => make({ baseUrl: 'wss://h.test/v1?' })).code).toBe('OPTION_INVALID');
  });

  it.each([42])('is not %j', (baseUrl) => {
    const [, make] = MAKERS[1]!;

    expect(refusalOf(() => make({ baseUrl })).message).toMatch(/^baseUrl is not the address/);
  });

  it('is not repeated where a path was given instead of one', () => {
    const [, make] = MAKERS.find(([name]) => name === 'whisper')!;

    const { message } = refusalOf(() => make({ path: `listen?key=${CANARY}` }));

    expect(message).not.toContain(CANARY);
  });
});
