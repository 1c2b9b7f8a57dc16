/** What a person is told to do about a failure: no more than is known of it. */
import { describe, expect, it } from 'vitest';

import type { FailureKind } from '../../machines/failure.ts';
import { errorOf, requestErrorOf } from '../../src/session/failure-error.ts';

function failure(kind: FailureKind, code: string, detail = '') {
  return { kind, code, detail };
}

function remedyOf(code: string, detail: string): string {
  return errorOf(failure('config', code, detail), 'deepgram', 0).remediation;
}

describe('the remedy of a refused connection', () => {
  it.each([
    ['http 404', 'Not Found'],
    ['http 405', ''],
    ['http 404', '<html><body>nginx\n</body></html>'],
    ['http 426', 'upgrade required'],
  ])('is the address, where it is %s and says %j', (code, detail) => {
    expect(remedyOf(code, detail)).toMatch(/^Check the address: what answers there is no such/);
  });

  it.each([
    ['http 400', 'Bad Request'],
    ['1008', ''],
  ])('names no option that %s with %j does not name', (code, detail) => {
    expect(remedyOf(code, detail)).toMatch(/does not say what is wrong/);
  });

  it.each([
    ['http 400', 'No such model: nova-9'],
    ['1007', 'setup.model is not found for bidiGenerateContent'],
    ['http 4040', 'No such tier'],
  ])('is the option that %s names: %s', (code, detail) => {
    expect(remedyOf(code, detail)).toMatch(/^Correct the option that the service names;/);
  });

  it('is the option or the address, where something was not found and is named', () => {
    expect(remedyOf('http 404 model_not_found', 'The model `x` does not exist')).toMatch(
      /^Correct the option that the service names, or the address;/,
    );
  });

  it.each(['DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'EPROTO'])(
    'is the certificate, where TLS fails: %s',
    (code) => {
      expect(errorOf(failure('transient', code), 'gateway', 3).remediation).toContain(
        'NODE_EXTRA_CA_CERTS',
      );
    },
  );

  it('blames no service for what none said', () => {
    const remedy = remedyOf('PACKAGE_MISSING', 'The package @echogarden/fvad-wasm is missing.');

    expect(remedy).toMatch(/^Correct what is named here;/);
  });
});

describe('the remedy of a failed request', () => {
  it.each(['transient', 'planned', 'staleHandle'] as const)(
    'is to ask again, where the answer broke off: %s',
    (kind) => {
      const error = requestErrorOf(failure(kind, 'ECONNRESET', 'socket hang up'), 'gemini');

      expect(error.remediation).toMatch(/^Ask again: nothing was wrong with the request/);
      expect(error).toMatchObject({ code: 'REQUEST_REFUSED', retryable: true });
    },
  );

  it('is to ask again when the service says', () => {
    const limited = { ...failure('perRequest', 'rate_limit_exceeded'), retryAfterMs: 1_200 };

    expect(requestErrorOf(limited, 'openai')).toMatchObject({
      remediation: 'Ask again in 2 s.',
      retryable: true,
    });
  });

  it.each([
    ['what the service names', 'perRequest', 'The clip is too long', /^Correct the request that/],
    ['what was asked, if nothing is named', 'perRequest', '', /does not say what was wrong/],
    ['credit, if it is spent', 'quota', 'You exceeded your quota', /^Add credit/],
  ] as const)('is %s', (_what, kind, detail, remedy) => {
    const error = requestErrorOf(failure(kind, 'refused', detail), 'gemini');

    expect(error.remediation).toMatch(remedy);
    expect(error.retryable).toBe(false);
  });

  it('is a provider’s own where it has one, and makes no warning of it', () => {
    const failed = { ...failure('perRequest', 'refused', 'Too long'), remediation: 'Cut it.' };

    const request = requestErrorOf(failed, 'gemini');
    const warning = requestErrorOf({ ...failed, isWarning: true }, 'gemini');

    expect([request.remediation, warning.remediation]).toEqual(['Cut it.', 'Cut it.']);
    expect([request.message, warning.message]).toEqual([
      'A request to gemini failed (refused, Too long); the connection stands.',
      'A warning by gemini (refused, Too long).',
    ]);
  });
});
