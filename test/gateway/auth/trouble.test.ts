import { expect, it } from 'vitest';

import { FoldedErrors, codeOf } from '../../../src/gateway/auth/trouble.ts';

it('an error that is its own cause has a name nevertheless', () => {
  const error = new Error('round and round');
  error.cause = error;

  expect(codeOf(error)).toBe('Error');
});

it('trouble of the same kind is told once in ten seconds, however many kinds come between', () => {
  let nowMs = 0;
  const told: unknown[] = [];
  const note = (): void => undefined;
  const logger = {
    debug: note,
    info: note,
    warn: note,
    error: (...line: unknown[]) => told.push(line),
  };
  const errors = new FoldedErrors(logger, () => nowMs);

  for (let n = 0; n < 40; n += 1) {
    errors.tell('Keys cannot be had.', { what: 'ECONNREFUSED' });
    errors.tell('Keys cannot be had.', { what: `E${n}` });
  }
  nowMs = 10_000;
  errors.tell('Keys cannot be had.', { what: 'ECONNREFUSED' });

  expect(told).toHaveLength(42);
  expect(told.at(-1)).toEqual(['Keys cannot be had.', { what: 'ECONNREFUSED', alikeBefore: 39 }]);
});
