import { describe, expect, it } from 'vitest';

import { remedyFor } from '../../machines/failure.ts';
import type { FailureKind, Remedy } from '../../machines/failure.ts';

const table: readonly (readonly [FailureKind, Remedy])[] = [
  ['planned', 'redial'],
  ['transient', 'backOff'],
  ['staleHandle', 'dropHandle'],
  ['rateLimited', 'waitForRateLimit'],
  ['quota', 'giveUp'],
  ['auth', 'refreshCredential'],
  ['config', 'giveUp'],
  ['perRequest', 'report'],
];

describe('remedyFor', () => {
  it.each(table)('answers %s with %s', (kind, remedy) => {
    expect(remedyFor({ kind, code: '', detail: '' })).toBe(remedy);
  });

  it('decides by the kind alone', () => {
    const bare = remedyFor({ kind: 'rateLimited', code: '', detail: '' });
    const full = remedyFor({ kind: 'rateLimited', code: '429', detail: 'x', retryAfterMs: 1 });

    expect(full).toBe(bare);
  });
});
