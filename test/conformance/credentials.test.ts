/** Where a dial carries its credential. */
import { describe, expect, it } from 'vitest';

import {
  missingCredential,
  ruleFor,
  secretsIn,
} from '../../src/testing/conformance/credentials.ts';
import {
  scriptedProvider,
  scriptedService,
} from '../../src/testing/conformance/scripted-provider.ts';

const base = { url: 'wss://speech.test/v1', timeoutMs: 10_000 };
const inHeader = { ...base, headers: { Authorization: 'Token k-123' } };
const inProtocol = { ...base, protocols: ['realtime', 'openai-insecure-api-key.k-123'] };
const inQuery = { ...base, url: `${base.url}?model=x&key=k-123` };

describe('a dial', () => {
  it.each([
    ['a header', inHeader],
    ['a subprotocol', inProtocol],
    ['the query', inQuery],
  ])('may carry its credential in %s', (_, request) => {
    expect(missingCredential(request, {})).toBeNull();
    expect(missingCredential(request, { value: 'k-123' })).toBeNull();
  });

  it.each([
    ['nothing', base],
    ['a scheme alone', { ...base, headers: { authorization: 'Bearer ' } }],
    ['what is undefined', { ...base, headers: { authorization: 'Bearer undefined' } }],
    ['a promise', { ...base, headers: { 'x-api-key': '[object Promise]' } }],
    ['an empty key', { ...base, url: `${base.url}?key=` }],
    ['null in a subprotocol', { ...base, protocols: ['token', 'null'] }],
    ['other headers', { ...base, headers: { 'user-agent': 'k-123' } }],
  ])('is found to carry none where it carries %s', (_, request) => {
    expect(missingCredential(request, {})).toMatch(
      /^dial\(\) carries no credential in its headers/,
    );
  });

  it('has to carry it where the service wants it', () => {
    expect(missingCredential(inQuery, { in: 'header' })).toMatch(/in its headers \(/);
    expect(missingCredential(inHeader, { in: ['protocol', 'query'] })).toMatch(
      /in its subprotocols, query/,
    );
    expect(missingCredential(inProtocol, { in: 'protocol' })).toBeNull();
  });

  it('has to carry the one that it was given', () => {
    expect(missingCredential(inHeader, { value: 'k-124' })).toMatch(
      /carries not the credential that it was given/,
    );
    expect(missingCredential({ ...base, headers: { 'x-auth': 'k-123' } }, { value: 'k-123' })).toBe(
      null,
    );
  });

  it('names as secret what is one, and not the name of a subprotocol', () => {
    expect(secretsIn(inProtocol)).toEqual(['openai-insecure-api-key.k-123']);
    expect(secretsIn({ ...base, headers: { authorization: 'Bearer a-long-secret' } })).toEqual([
      'a-long-secret',
    ]);
  });
});

describe('a script', () => {
  const provider = scriptedProvider({ url: base.url });

  it('asks for a credential where the service can refuse one, or the provider refresh one', () => {
    const open = { ...scriptedService, refusals: {}, endings: {} };
    const refreshing = scriptedProvider({ url: base.url, traits: { refreshesCredential: true } });

    expect(ruleFor(scriptedService, provider)).toEqual({});
    expect(ruleFor(open, refreshing)).toEqual({});
    expect(ruleFor(open, provider)).toBeNull();
  });

  it('says itself what it wants', () => {
    expect(ruleFor({ ...scriptedService, credential: null }, provider)).toBeNull();
    expect(ruleFor({ ...scriptedService, credential: { in: 'query' } }, provider)).toEqual({
      in: 'query',
    });
  });
});
