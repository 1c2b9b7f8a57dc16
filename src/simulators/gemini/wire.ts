/** Frames and closes of the Live API, and errors of Google's HTTP API, as they were recorded or reported. */
import type { HttpAnswer } from '../server/http-answer.ts';

export interface LiveClose {
  readonly code: number;
  /** Cut at 123 bytes, which is all that a close frame holds (RFC 6455, section 5.5). */
  readonly reason: string;
}

const close = (code: number, reason: string): LiveClose => ({
  code,
  reason: Buffer.from(reason).subarray(0, 123).toString(),
});

/** What the service was seen, or is reported, to close with. */
export const LIVE_CLOSES = {
  normal: close(1000, ''),
  /** A close frame without a code. */
  noStatus: close(1005, ''),
  invalidArgument: close(1007, 'Request contains an invalid argument.'),
  /** It was reported that a full context ends so; the words are chosen. */
  contextExhausted: close(1007, 'The input token count exceeds the maximum number of tokens.'),
  invalidHandle: close(1007, 'Invalid session handle'),
  sessionNotFound: close(1008, 'BidiGenerateContent session not found'),
  entityNotFound: close(1008, 'Requested entity was not found.'),
  aborted: close(1008, 'The operation was aborted.'),
  notImplemented: close(1008, 'Operation is not implemented, or supported, or enabled.'),
  badKey: close(1008, 'API key not valid. Please pass a valid API key.'),
  badKeyAsArgument: close(1007, 'API key not valid. Please pass a valid API key.'),
  deadline: close(1011, 'Deadline expired before operation could complete.'),
  internal: close(1011, 'Internal error occurred.'),
  unavailable: close(1011, 'The service is currently unavailable.'),
  exhausted: close(1011, 'Resource has been exhausted (e.g. check quota).'),
  quotaExceeded: close(
    1011,
    'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.',
  ),
} as const;

export type LiveCloseName = keyof typeof LIVE_CLOSES;

export const closeUnknownName = (name: string, at: string): LiveClose =>
  close(1007, `Invalid JSON payload received. Unknown name "${name}"${at}: Cannot find field.`);

export const closeNoSuchModel = (model: string, version: string): LiveClose =>
  close(
    1008,
    `${model} is not found for API version ${version}, or is not supported for bidiGenerateContent. Call ListModels to see the list of available models.`,
  );

export const closeManualActivity = close(
  1007,
  'Explicit activity control is not supported when automatic activity detection is enabled.',
);

interface ErrorDetails {
  readonly status: number;
  readonly name: string;
  readonly message: string;
  readonly details?: readonly object[];
}

export function httpError({ status, name, message, details }: ErrorDetails): HttpAnswer {
  const error = {
    code: status,
    message,
    status: name,
    ...(details === undefined ? {} : { details }),
  };
  return { status, body: JSON.stringify({ error }) };
}

/** Keys that begin with `AQ.` are refused with 401, all others with 400. */
export function refusedKey(key: string | null): HttpAnswer {
  if (key === null || key === '') {
    return httpError({
      status: 403,
      name: 'PERMISSION_DENIED',
      message: "Method doesn't allow unregistered callers (callers without established identity).",
    });
  }
  if (key.startsWith('AQ.')) {
    return httpError({
      status: 401,
      name: 'UNAUTHENTICATED',
      message: 'Request had invalid authentication credentials.',
    });
  }
  return httpError({
    status: 400,
    name: 'INVALID_ARGUMENT',
    message: LIVE_CLOSES.badKey.reason,
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
      },
    ],
  });
}

/** @param retryDelay such as `28s`. @param quotaId such as `GenerateRequestsPerDayPerProjectPerModel-FreeTier`. */
export function quotaExceeded(
  retryDelay = '28s',
  quotaId = 'GenerateRequestsPerMinutePerProjectPerModel',
): HttpAnswer {
  return httpError({
    status: 429,
    name: 'RESOURCE_EXHAUSTED',
    message: 'You exceeded your current quota, please check your plan and billing details.',
    details: [
      { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] },
      { '@type': 'type.googleapis.com/google.rpc.Help' },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
    ],
  });
}

export const NOT_FOUND = httpError({
  status: 404,
  name: 'NOT_FOUND',
  message: 'Requested entity was not found.',
});

export const UNAVAILABLE = httpError({
  status: 503,
  name: 'UNAVAILABLE',
  message: 'The model is overloaded. Please try again later.',
});
