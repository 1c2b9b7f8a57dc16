/** What was thrown, in words. */
import type { Failure } from '../../machines/failure.ts';
import { TenutoError } from '../ports/errors.ts';

const LONGEST_DETAIL = 200;

/** A provider that throws is a bug, which the next socket would meet again; or it says what is to be done. */
export function faulty(error: unknown): Failure {
  const failure: Failure = { kind: 'config', code: 'provider', detail: textOf(error) };
  if (!TenutoError.is(error)) return failure;
  return { ...failure, code: error.code, remediation: error.remediation };
}

export function textOf(error: unknown): string {
  return wordsOf(error).slice(0, LONGEST_DETAIL);
}

/** In full: what is to be hidden in it may stand across the place where it would be cut. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
