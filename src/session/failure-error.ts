/** A `Failure`, which the charts decide on, as the `TenutoError` that a person reads. */
import type { Failure, FailureKind } from '../../machines/failure.ts';
import type { TenutoErrorCode } from '../ports/errors.ts';
import { TenutoError } from '../ports/errors.ts';

interface Wording {
  readonly code: TenutoErrorCode;
  readonly remediation: string;
  readonly retryable: boolean;
}

const TRANSIENT: Wording = {
  code: 'CONNECTION_FAILED',
  remediation: 'Check the network and whether the service is up, then connect again.',
  retryable: true,
};

const WORDING: Readonly<Record<FailureKind, Wording>> = {
  planned: TRANSIENT,
  transient: TRANSIENT,
  staleHandle: TRANSIENT,
  rateLimited: {
    code: 'RATE_LIMITED',
    remediation: 'Wait, or ask the service for a higher limit, then connect again.',
    retryable: true,
  },
  quota: {
    code: 'QUOTA_EXHAUSTED',
    remediation: "Add credit to the service's account, then connect again.",
    retryable: false,
  },
  auth: {
    code: 'AUTH_REFUSED',
    remediation: 'Check the key: that it is complete, not revoked, and meant for this service.',
    retryable: false,
  },
  config: {
    code: 'CONFIG_REFUSED',
    remediation:
      'Correct the option that the service names; the same request will be refused again.',
    retryable: false,
  },
  perRequest: {
    code: 'REQUEST_REFUSED',
    remediation: 'Correct the request that the service names.',
    retryable: false,
  },
};

export function errorOf(failure: Failure, provider: string, attempts: number): TenutoError {
  const wording = WORDING[failure.kind];
  const tries = attempts > 0 ? ` after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}` : '';

  return new TenutoError({
    ...wording,
    message: `The connection to ${provider} failed${tries} (${said(failure)}).`,
  });
}

/** One request failed; the connection stands. */
export function requestErrorOf(failure: Failure, provider: string): TenutoError {
  return new TenutoError({
    ...WORDING.perRequest,
    message: `A request to ${provider} failed (${said(failure)}); the connection stands.`,
  });
}

function said({ code, detail }: Failure): string {
  return detail === '' ? code : `${code}, ${detail}`;
}
