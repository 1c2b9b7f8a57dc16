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

/** What the service did not say, but we do: it is no refusal. */
const OURS: ReadonlySet<string> = new Set([
  'actor',
  'chart',
  'dial',
  'model',
  'provider',
  'resampler',
  'HTTP_UNSUPPORTED',
  'PACKAGE_MISSING',
  'VAD_FAILED',
]);

/** Nobody there knows such an address, or takes such a request at it (RFC 9110, 15.5 and 15.6.2). */
const WRONG_PLACE = /^http (404|405|410|426|501)\b/;

/** A page, or the phrase that belongs to a status (RFC 9110, 15.5 and 15.6), says nothing that the status does not. */
const SAYS_NOTHING =
  /^(|<.*|bad request|forbidden|not found|method not allowed|not acceptable|conflict|gone|length required|precondition failed|payload too large|content too large|uri too long|unsupported media type|expectation failed|misdirected request|unprocessable (entity|content)|upgrade required|not implemented)$/is;

export function errorOf(failure: Failure, provider: string, attempts: number): TenutoError {
  const wording = WORDING[failure.kind];
  const tries = attempts > 0 ? ` after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}` : '';

  return new TenutoError({
    ...wording,
    code: failure.code === 'SPOOL_CORRUPT' ? failure.code : wording.code,
    remediation: failure.remediation ?? remedyOf(failure),
    message: `The connection to ${provider} failed${tries} (${said(failure)}).`,
  });
}

/**
 * One request failed, and the connection stands; of a warning nobody knows whether it does. An answer that broke off may have been
 * asked for rightly.
 */
export function requestErrorOf(failure: Failure, provider: string): TenutoError {
  const isWorthAsking = failure.retryAfterMs !== undefined || WORDING[failure.kind].retryable;
  const words = said(failure);
  return new TenutoError({
    ...WORDING.perRequest,
    remediation:
      failure.remediation ?? (isWorthAsking ? askAgain(failure) : remedyOfRequest(failure)),
    retryable: isWorthAsking,
    message:
      failure.isWarning === true
        ? `A warning by ${provider} (${words}).`
        : `A request to ${provider} failed (${words}); the connection stands.`,
  });
}

/** Of TLS, as Node names what it does not trust, or cannot agree on: waiting mends none of it. */
const OF_TLS = /CERT|^UNABLE_TO_|^EPROTO$/;

function remedyOf(failure: Failure): string {
  if (OF_TLS.test(failure.code)) {
    return 'Check its certificate: Node trusts those in NODE_EXTRA_CA_CERTS as well.';
  }
  return failure.kind === 'config' ? remedyOfConfig(failure) : WORDING[failure.kind].remediation;
}

function remedyOfConfig(failure: Failure): string {
  const again = 'the same request will be refused again.';
  if (OURS.has(failure.code)) return `Correct what is named here; ${again}`;
  const isPlace = WRONG_PLACE.test(failure.code);
  if (saysNothing(failure)) {
    return isPlace
      ? `Check the address: what answers there is no such service; ${again}`
      : `Check the options and the address, since the service does not say what is wrong; ${again}`;
  }
  return isPlace
    ? `Correct the option that the service names, or the address; ${again}`
    : WORDING.config.remediation;
}

function remedyOfRequest(failure: Failure): string {
  if (failure.kind !== 'perRequest') return WORDING[failure.kind].remediation;
  return saysNothing(failure)
    ? 'Ask again, or for something else: the service does not say what was wrong.'
    : WORDING.perRequest.remediation;
}

function askAgain({ retryAfterMs }: Failure): string {
  if (retryAfterMs === undefined) return 'Ask again: nothing was wrong with the request.';
  return `Ask again in ${Math.ceil(retryAfterMs / 1_000)} s.`;
}

function saysNothing({ detail }: Failure): boolean {
  return SAYS_NOTHING.test(detail.trim());
}

function said({ code, detail }: Failure): string {
  return detail === '' ? code : `${code}, ${detail}`;
}
