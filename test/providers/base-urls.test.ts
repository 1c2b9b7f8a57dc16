/** Whichever way an address is written it is read; one that is refused is told without what may be a secret in it. */
import { describe, expect, it } from 'vitest';

import { TenutoError } from '../../src/ports/errors.ts';
import type { MessageItem } from '../../src/ports/conversation.ts';
import type { Http, HttpRequest } from '../../src/ports/http.ts';
import { deepgramSpeakHttp, geminiLlm } from '../../src/providers/index.ts';
import type { LanguageModel } from '../../src/providers/index.ts';
import { settingsOf } from '../../src/providers/whisper/settings.ts';
import { MAKERS, PROVIDERS } from './makers.ts';

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

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;

const OVER_HTTP = ['deepgramSpeakHttp', 'geminiLlm', 'whisper'];

const SOCKETS = PROVIDERS.filter(([name]) => !OVER_HTTP.includes(name));

function addressAsked(make: (http: Http) => LanguageModel): Promise<string> {
  return new Promise((asked) => {
    const http = { send: ({ url }: HttpRequest) => (asked(url), { cancel: () => undefined }) };
    const item = { kind: 'message', id: 'a', role: 'user', text: 'hi', status: 'completed' };
    const conversation = [{ ...item, fromMs: null, toMs: null, heardMs: null } as MessageItem];
    const ignore = { onText: ignored, onToolCall: ignored, onEnd: ignored, onFailed: ignored };
    make(http).reply({ conversation, instructions: '', tools: [] }, ignore);
  });
}

const ignored = () => undefined;

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

  it.each(SOCKETS)('of %s is read as one of a socket, however it is written', async (_, make) => {
    const urls = await Promise.all(
      ['wss', 'https', 'HTTPS', 'ws', 'http'].map(async (scheme) => {
        const provider = make({ baseUrl: `${scheme}://127.0.0.1:8101/` });
        return (await provider.dial(FORMAT, 'connect')).url;
      }),
    );

    expect(urls.map((url) => /^\w+:\/\/[^/]+\//.exec(url)?.[0])).toEqual([
      ...Array<string>(3).fill('wss://127.0.0.1:8101/'),
      ...Array<string>(2).fill('ws://127.0.0.1:8101/'),
    ]);
  });

  it.each([
    ['https', 'https'],
    ['wss', 'https'],
    ['http', 'http'],
    ['ws', 'http'],
  ])(
    'that is written %s: is read as %s: where a service is asked over HTTP',
    async (given, read) => {
      const at = { apiKey: 'local', baseUrl: `${given}://h.test:81` };

      const addresses = [
        settingsOf(at).url,
        (await deepgramSpeakHttp(at).dial(FORMAT, 'connect')).url,
        await addressAsked((http) => geminiLlm({ ...at, http })),
      ];

      expect(addresses.map((address) => new URL(address).origin)).toEqual(
        Array<string>(3).fill(`${read}://h.test:81`),
      );
    },
  );

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
