/** What can go wrong with a spool, in words. */
import { TenutoError } from '../ports/errors.ts';
import type { TenutoErrorCode } from '../ports/errors.ts';

export function inUse(name: string): TenutoError {
  return new TenutoError({
    code: 'SPOOL_IN_USE',
    message: `The spool "${name}" is open elsewhere.`,
    remediation:
      'Close the page, the process or the session that has it, give waitMs to wait for its end, or take another name.',
    retryable: true,
  });
}

export function wrongKey(name: string, what: string): TenutoError {
  return new TenutoError({
    code: 'SPOOL_KEY_WRONG',
    message: `The spool "${name}" cannot be read: ${what}.`,
    remediation:
      'Give the key that it was written with, or fresh: true, which throws away what is in it.',
  });
}

export function corrupt(name: string, what: string): TenutoError {
  return new TenutoError({
    code: 'SPOOL_CORRUPT',
    message: `The spool "${name}" is damaged: ${what}.`,
    remediation: 'Give fresh: true, which throws away what is in it, or put it back from a backup.',
  });
}

export function quotaExceeded(cause: unknown): TenutoError {
  return new TenutoError({
    code: 'SPOOL_QUOTA_EXCEEDED',
    message: 'There is no room for what was captured last.',
    remediation: 'Make room, or give the spool a smaller capacityBytes.',
    retryable: true,
    cause,
  });
}

/** Of anything that was thrown; a TenutoError stays what it is. */
export function unavailable(cause: unknown, codes: readonly TenutoErrorCode[] = []): TenutoError {
  if (TenutoError.is(cause) && (codes.length === 0 || codes.includes(cause.code))) return cause;
  return new TenutoError({
    code: 'SPOOL_UNAVAILABLE',
    message: `The spool cannot be used (${cause instanceof Error ? cause.message : String(cause)}).`,
    remediation: 'Look at the cause: storage may be switched off, cleared, or not writable here.',
    retryable: true,
    cause,
  });
}
