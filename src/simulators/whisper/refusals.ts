/** What is said to requests that are not served: OpenAI's errors are objects, whisper.cpp's are strings. */
import type { HttpAnswer } from '../server/http-answer.ts';

export type Flavour = 'openai' | 'whisper.cpp';

export interface OpenAiError {
  readonly message: string;
  readonly type?: string;
  readonly param?: string | null;
  readonly code?: string | null;
}

function refusal(
  status: number,
  { message, type = 'invalid_request_error', param = null, code = null }: OpenAiError,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return { status, headers, body: JSON.stringify({ error: { message, type, param, code } }) };
}

export function cppRefusal(status: number, error: string): HttpAnswer {
  return { status, body: JSON.stringify({ error }) };
}

/** In the manner of the server that the request was for. */
export function refusalOf(flavour: Flavour, status: number, error: OpenAiError): HttpAnswer {
  return flavour === 'openai' ? refusal(status, error) : cppRefusal(status, error.message);
}

export const LOADING: HttpAnswer = { status: 503, body: '{"status":"loading model"}' };
export const HEALTHY: HttpAnswer = { status: 200, body: '{"status":"ok"}' };

export const NOT_FOUND = refusal(404, {
  message:
    'This server knows POST /v1/audio/transcriptions, POST /inference, GET /health and GET /v1/models.',
  code: 'unknown_url',
});

export function wrongKey(authorization: string | undefined): HttpAnswer {
  if (authorization === undefined) {
    return refusal(401, {
      message:
        "You didn't provide an API key. Provide it in an Authorization header as a bearer token.",
    });
  }
  return refusal(401, { message: 'Incorrect API key provided.', code: 'invalid_api_key' });
}

export function rateLimited(retryAfterMs: number | null): HttpAnswer {
  const headers =
    retryAfterMs === null
      ? { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1s' }
      : {
          'retry-after-ms': String(retryAfterMs),
          'retry-after': String(Math.ceil(retryAfterMs / 1_000)),
        };
  const error = {
    message:
      'Rate limit reached for whisper-1 on requests per min (RPM): Limit 50, Used 50, Requested 1.',
    type: 'requests',
    code: 'rate_limit_exceeded',
  };
  return refusal(429, error, headers);
}

export const INSUFFICIENT_QUOTA = refusal(429, {
  message: 'You exceeded your current quota, please check your plan and billing details.',
  type: 'insufficient_quota',
  code: 'insufficient_quota',
});
