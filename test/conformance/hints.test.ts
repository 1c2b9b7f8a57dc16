/** When to come back: what a script says of it itself, and what is added where it says nothing. */
import { describe, expect, it } from 'vitest';

import { hintIn, withRetryHints } from '../../src/testing/conformance/hints.ts';
import { providerConformance } from '../../src/testing/conformance/provider-conformance.ts';
import type { Refusal, ServiceScript } from '../../src/testing/conformance/provider-server.ts';
import {
  scriptedProvider,
  scriptedService,
} from '../../src/testing/conformance/scripted-provider.ts';
import { retryAfterMsOf } from '../../src/providers/retry-hints.ts';

const bare: Refusal = { status: 429, headers: { failure: 'rateLimited' }, body: '' };

function scriptWith(more: Partial<ServiceScript>): ServiceScript {
  return { ...scriptedService, refusals: { rateLimited: bare }, endings: {}, ...more };
}

describe('a script without a hint', () => {
  it('is given a refusal with the header that HTTP has for it', () => {
    const { refusals } = withRetryHints(scriptWith({}));

    expect(refusals.rateLimited).toEqual([
      bare,
      { ...bare, headers: { failure: 'rateLimited', 'retry-after': '7' } },
    ]);
  });

  it('is given one in every place that it names', () => {
    const { refusals, endings } = withRetryHints(
      scriptWith({
        endings: { rateLimited: { code: 1_013, reason: 'rateLimited' } },
        retryHints: ['retry-after-ms', 'body', 'reason'],
      }),
    );

    expect(refusals.rateLimited).toMatchObject([
      bare,
      { headers: { 'retry-after-ms': '4782' } },
      { body: 'Please try again in 4.782s.', retryAfterMs: 4_782 },
    ]);
    expect(endings.rateLimited).toEqual([
      { code: 1_013, reason: 'rateLimited' },
      { code: 1_013, reason: 'rateLimited Please try again in 4.782s.' },
    ]);
  });

  it('is left alone where its service gives none', () => {
    const script = scriptWith({ retryHints: [] });

    expect(withRetryHints(script)).toEqual(script);
  });

  it('keeps a body JSON, and says it there where it says what is wrong', () => {
    const body = '{"error":{"message":"Too much.","code":429}}';
    const { refusals } = withRetryHints(
      scriptWith({ refusals: { rateLimited: { ...bare, body } }, retryHints: ['body'] }),
    );

    const [, hinted] = refusals.rateLimited as readonly Refusal[];

    expect(JSON.parse(String(hinted?.body))).toEqual({
      error: { message: 'Too much. Please try again in 4.782s.', code: 429 },
    });
    expect(retryAfterMsOf({ body: String(hinted?.body) })).toBe(4_782);
  });
});

describe('a script with a hint', () => {
  it('is given no other one', () => {
    const rateLimited = { ...bare, headers: { 'Retry-After': '3' } };
    const script = scriptWith({ refusals: { rateLimited } });

    expect(withRetryHints(script)).toEqual(script);
    expect(hintIn(rateLimited)).toBe(3_000);
  });

  it('is taken at its word', () => {
    expect(hintIn({ ...bare, retryAfterMs: 1_500 })).toBe(1_500);
    expect(hintIn({ ...bare, headers: { 'retry-after': '3' }, retryAfterMs: null })).toBe(
      undefined,
    );
    expect(hintIn({ code: 1_011, reason: 'Please retry in 3.5s' })).toBe(3_500);
  });
});

describe('the conformance suite', () => {
  /** Reads a hint in headers, as `scriptedProvider` does, and none in prose. */
  const casesOf = (script: Partial<ServiceScript>, readsProse: boolean) =>
    providerConformance(
      (url) => {
        const provider = scriptedProvider({ url, credential: () => 'a-secret-of-ours' });
        return {
          ...provider,
          classifyEnd: (end) => {
            if (end.kind === 'refused') return provider.classifyEnd(end);
            const retryAfterMs = retryAfterMsOf({ text: end.reason });
            return {
              kind: end.reason.startsWith('rateLimited') ? 'rateLimited' : 'transient',
              code: String(end.code),
              detail: '',
              ...(readsProse && retryAfterMs !== null ? { retryAfterMs } : {}),
            };
          },
        };
      },
      {
        ...scriptedService,
        refusals: { rateLimited: bare, auth: { status: 401, headers: { failure: 'auth' } } },
        endings: { rateLimited: { code: 4_000, reason: 'rateLimited' } },
        ...script,
      },
    ).cases.filter(({ name }) => name.includes('rateLimited by ending 2'));

  it('finds an adapter that does not read the reason of a close', async () => {
    const [first] = casesOf({ retryHints: ['reason'] }, false);

    await expect(first?.run()).rejects.toThrow(
      /asked to come back in 4782 ms, and `classifyEnd` handed on no hint/,
    );
  });

  it('finds nothing where it is read', async () => {
    const [first] = casesOf({ retryHints: ['reason'] }, true);

    await expect(first?.run()).resolves.toBeUndefined();
  });

  it('does not try it where the service gives none there', () => {
    expect(casesOf({}, false)).toEqual([]);
  });
});
