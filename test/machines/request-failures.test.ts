/** What follows a request that a language model did not answer. */
import { describe, expect, it } from 'vitest';

import { presets } from '../../machines/backoff.ts';
import type { Failure } from '../../machines/failure.ts';
import { stepAfter } from '../../machines/request.failures.ts';
import type { Asked } from '../../machines/request.failures.ts';

const ASKED: Asked = {
  policy: presets.production,
  failures: 0,
  wasHealthy: false,
  refreshesCredential: false,
  isRefreshed: false,
  unit: 0.5,
};

function stepOf(failure: Partial<Failure> & Pick<Failure, 'kind'>, asked: Partial<Asked> = {}) {
  return stepAfter({ code: '', detail: '', ...failure }, { ...ASKED, ...asked });
}

describe('what follows a failed request', () => {
  it.each([
    ['a first try of one that was well', { kind: 'transient' }, { wasHealthy: true }, 125],
    ['a first try', { kind: 'transient' }, {}, 500],
    ['a third try', { kind: 'transient' }, { failures: 2 }, 2_000],
    ['one that is busy', { kind: 'transient', code: 'http 503' }, { wasHealthy: true }, 1_000],
    ['one that names a time', { kind: 'transient', retryAfterMs: 9_000 }, {}, 9_000],
    ['a limit with a hint', { kind: 'rateLimited', retryAfterMs: 28_000 }, {}, 28_000],
    ['a limit without one', { kind: 'rateLimited' }, {}, 60_000],
    ['a limit whose hint is no time', { kind: 'rateLimited', retryAfterMs: 0 }, {}, 500],
    ['a planned end', { kind: 'planned' }, {}, 0],
    ['a second planned end', { kind: 'planned' }, { failures: 1 }, 1_000],
    ['a handle that is not known there', { kind: 'staleHandle' }, {}, 0],
    ['a credential that can be renewed', { kind: 'auth' }, { refreshesCredential: true }, 0],
  ] as const)('is another after a while: %s', (_what, failure, asked, waitMs) => {
    const step = stepOf(failure, asked);

    expect(step).toEqual({ kind: 'askAgain', waitMs });
  });

  it.each([
    ['no credit', { kind: 'quota' }, {}],
    ['a wrong option', { kind: 'config' }, {}],
    ['a key', { kind: 'auth' }, {}],
    ['a renewed credential', { kind: 'auth' }, { refreshesCredential: true, isRefreshed: true }],
    ['the last try', { kind: 'transient' }, { failures: 5 }],
    ['a limit after the last try', { kind: 'rateLimited', retryAfterMs: 1 }, { failures: 5 }],
    ['any try, where the policy has none', { kind: 'transient' }, { policy: presets.test }],
  ] as const)('is none: %s', (_what, failure, asked) => {
    const step = stepOf(failure, asked);

    expect(step).toEqual({ kind: 'pass' });
  });

  it('is a report where the request was at fault, however often', () => {
    const step = stepOf({ kind: 'perRequest' }, { failures: 9 });

    expect(step).toEqual({ kind: 'report' });
  });
});
