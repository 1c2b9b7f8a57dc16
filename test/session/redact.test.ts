import { describe, expect, it } from 'vitest';

import { withoutSecrets } from '../../src/session/redact.ts';

const timeoutMs = 10_000;

describe('what is told of a failed dial', () => {
  it.each([
    [
      'a header, whole and in parts',
      { url: 'wss://a.test', headers: { authorization: 'Token abcdefgh12' } },
      'invalid "Token abcdefgh12", key abcdefgh12',
      'invalid "[hidden]", key [hidden]',
    ],
    [
      'a subprotocol',
      { url: 'wss://a.test', protocols: ['bearer', 'abcdefgh12'] },
      "The subprotocol 'abcdefgh12' is invalid",
      "The subprotocol '[hidden]' is invalid",
    ],
    [
      'a token in the query, as it stands and as it means',
      { url: 'wss://a.test/v1?model=nova-general&access_token=ab%2Fcd%2Befgh' },
      'wss://a.test/v1?model=nova-general&access_token=ab%2Fcd%2Befgh: no such token ab/cd+efgh',
      'wss://a.test/v1?model=nova-general&access_token=[hidden]: no such token [hidden]',
    ],
    [
      'a password',
      { url: 'wss://someone:p%40ssword1@a.test' },
      'wss://someone:p%40ssword1@a.test and p@ssword1',
      'wss://someone:[hidden]@a.test and [hidden]',
    ],
    [
      'an address that is none',
      { url: 'wss//a.test?key=abcdefgh12' },
      'Invalid URL: wss//a.test?key=abcdefgh12',
      'Invalid URL: [hidden]',
    ],
    [
      'a value that no encoding has',
      { url: 'wss://a.test?key=abcdefgh%' },
      'bad key abcdefgh%',
      'bad key [hidden]',
    ],
  ])('hides %s', (_, request, text, shown) => {
    expect(withoutSecrets(text, { timeoutMs, ...request })).toBe(shown);
  });

  it('leaves the names of options, their values and the words of the trade', () => {
    const request = {
      url: 'wss://a.test/v1/listen?encoding=linear16&interim_results=true&model=nova-general',
      headers: { authorization: 'Bearer abcdefgh12' },
      timeoutMs,
    };
    const text = 'Bearer: encoding linear16 of nova-general has no interim_results';

    expect(withoutSecrets(text, request)).toBe(text);
  });

  it('hides the longer of two where one holds the other', () => {
    const request = { url: 'wss://a.test', protocols: ['abcdefgh', 'abcdefgh12'], timeoutMs };

    expect(withoutSecrets('abcdefgh12 abcdefgh', request)).toBe('[hidden] [hidden]');
  });
});
