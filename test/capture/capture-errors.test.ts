import { describe, expect, it } from 'vitest';

import { captureErrorOf, unsupported } from '../../src/capture/capture-errors.ts';

function rejection(name: string): DOMException {
  return new DOMException('told by the platform', name);
}

describe('what a platform refuses a microphone with', () => {
  it.each([
    ['NotAllowedError', 'MICROPHONE_DENIED', false],
    ['SecurityError', 'MICROPHONE_DENIED', false],
    ['NotFoundError', 'MICROPHONE_MISSING', true],
    ['OverconstrainedError', 'MICROPHONE_MISSING', true],
    ['NotReadableError', 'MICROPHONE_BUSY', true],
    ['AbortError', 'MICROPHONE_BUSY', true],
    ['SomethingNewError', 'MICROPHONE_BUSY', true],
  ])('%s becomes %s', (name, code, retryable) => {
    const cause = rejection(name);

    const error = captureErrorOf(cause);

    expect(error).toMatchObject({ code, retryable, cause });
    expect(error.remediation.length).toBeGreaterThan(20);
  });

  it('is told by its own name where nobody knows it', () => {
    expect(captureErrorOf(rejection('SomethingNewError')).message).toContain('SomethingNewError');
    expect(captureErrorOf(null).message).toContain('Error');
  });

  it('stays what it is where it is an error of ours', () => {
    const error = captureErrorOf(rejection('NotAllowedError'));

    expect(captureErrorOf(error)).toBe(error);
  });
});

describe('a page', () => {
  it('without https is told so before anything else', () => {
    expect(unsupported(false, false)?.message).toContain('https');
    expect(unsupported(true, false)?.remediation).toContain('browser');
    expect(unsupported(true, true)).toBeNull();
  });
});
