/** Whatever ends a socket, each provider makes one failure of it that can be worked with, and repeats no credential. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { FailureKind } from '../../machines/failure.ts';
import type { SocketEnd } from '../../src/ports/socket.ts';
import type { Provider } from '../../src/providers/contract.ts';
import { deepgramFlux } from '../../src/providers/deepgram-flux/deepgram-flux.ts';
import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import {
  deepgramSpeak,
  deepgramSpeakHttp,
} from '../../src/providers/deepgram-speak/deepgram-speak.ts';
import { geminiLive } from '../../src/providers/gemini-live/gemini-live.ts';
import { openaiRealtime } from '../../src/providers/openai-realtime/openai-realtime.ts';
import { whisper } from '../../src/providers/whisper/whisper.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
const KEY = 'sk-0Zq9Xw7Vb5Nm3Lk1';
/** So much of a credential is one. */
const HALF_KEY_CHARS = 9;
const DAY_MS = 86_400_000;

const PROVIDERS: readonly Provider[] = [
  openaiRealtime({ apiKey: KEY }),
  geminiLive({ apiKey: KEY }),
  deepgramListen({ apiKey: KEY }),
  deepgramFlux({ apiKey: KEY }),
  deepgramSpeak({ apiKey: KEY }),
  deepgramSpeakHttp({ apiKey: KEY }),
  whisper({ apiKey: KEY }),
];

const KINDS: Readonly<Record<FailureKind, true>> = {
  planned: true,
  transient: true,
  staleHandle: true,
  rateLimited: true,
  quota: true,
  auth: true,
  config: true,
  perRequest: true,
};

const said = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'invalid_api_key',
    'insufficient_quota',
    'rate_limit_exceeded',
    'RESOURCE_EXHAUSTED',
    'invalid_request_error.session_expired',
    'Rate limit reached. Please try again in 1.5s.',
    'Please retry in 99999999999h',
    'Quota exceeded',
    'NET-0001',
    'DATA-0000: no',
    'API key not valid',
    'Requested entity was not found',
    '__proto__',
    'constructor',
  ),
  fc.oneof(fc.nat(30), fc.nat(220)).map((before) => `${'x'.repeat(before)}${KEY} no`),
);
/** A close frame's reason is cut at 123 bytes, wherever that is. */
const reason = fc.oneof(
  said,
  fc
    .tuple(fc.nat(220), fc.nat(300))
    .map(([before, length]) => `${' '.repeat(before)}${KEY} no`.slice(0, length)),
);
const odd = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(1e300, -1, null, [], {}), said);

const field = fc.oneof({ weight: 4, arbitrary: said }, odd);

const detail = fc.record(
  {
    '@type': fc.oneof(fc.constant('type.googleapis.com/google.rpc.RetryInfo'), odd),
    retryDelay: fc.oneof(fc.constantFrom('3.5s', '-1s', '1e400s', '9'.repeat(30) + 's'), odd),
    reason: odd,
    violations: fc.oneof(fc.array(fc.record({ quotaId: odd, quotaMetric: odd })), odd),
  },
  { requiredKeys: [] },
);
const error = fc.record(
  {
    code: field,
    type: field,
    status: field,
    param: odd,
    message: field,
    details: fc.oneof(fc.array(detail, { maxLength: 3 }), odd),
  },
  { requiredKeys: [] },
);
const answer = fc.record(
  {
    error: fc.oneof({ weight: 4, arbitrary: error }, odd),
    err_code: field,
    err_msg: field,
    status: odd,
    ['__proto__']: odd,
  },
  { requiredKeys: [] },
);
const json = fc
  .oneof(answer, fc.array(answer, { maxLength: 2 }))
  .map((body) => JSON.stringify(body));
const body = fc.oneof(
  { weight: 4, arbitrary: json },
  json.chain((whole) => fc.nat(whole.length).map((at) => whole.slice(0, at))),
  said,
  fc.constantFrom('['.repeat(4_096), `{"error":${'{"error":'.repeat(400)}`),
);

const hint = fc.oneof(
  said,
  fc.constantFrom('5', '-5', '1e9', '1e400', 'NaN', '6m0s', '20ms', '0', ''),
);
const headers = fc.dictionary(
  fc.constantFrom(
    'retry-after',
    'retry-after-ms',
    'date',
    'dg-error',
    'x-ratelimit-reset-requests',
    'x-ratelimit-remaining-requests',
    'x-ratelimit-reset-tokens',
    '__proto__',
  ),
  fc.oneof(hint, fc.constantFrom('Fri, 31 Dec 9999 23:59:59 GMT', 'Thu, 01 Jan 1970 00:00:00 GMT')),
);

const end: fc.Arbitrary<SocketEnd> = fc
  .record(
    {
      kind: fc.constantFrom('refused', 'closed'),
      code: fc.oneof(fc.constantFrom(1_000, 1_005, 1_006, 1_007, 1_008, 1_011), fc.nat(4_999)),
      reason,
      status: fc.oneof(fc.constantFrom(200, 400, 401, 402, 403, 429, 500, 503), fc.nat(999)),
      headers,
      body,
      errorCode: fc.constantFrom('ECONNREFUSED', 'HEADERS_UNSUPPORTED', 'HTTP_UNSUPPORTED'),
    },
    { requiredKeys: ['kind', 'code', 'reason'] },
  )
  .map((told) => told as SocketEnd);

/** Runs of a key that are long enough to be one. */
const PARTS = Array.from({ length: KEY.length - HALF_KEY_CHARS + 1 }, (_, at) =>
  KEY.slice(at, at + HALF_KEY_CHARS),
);

describe.each(PROVIDERS.map((provider) => [provider.name, provider] as const))(
  '%s, however its socket ends',
  (_name, provider) => {
    it('makes one clean, short failure of it, without a credential', async () => {
      await provider.dial(FORMAT, 'connect'); // it knows the key from now on

      fc.assert(
        fc.property(end, fc.boolean(), (ended, wasTold) => {
          const stream = provider.openStream(FORMAT);
          const failure =
            (wasTold ? stream.classifyEnd?.(ended) : undefined) ?? provider.classifyEnd(ended);

          expect(Object.keys(KINDS)).toContain(failure.kind);
          for (const text of [failure.code, failure.detail]) {
            expect(text.length).toBeLessThanOrEqual(200);
            expect(text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
            for (const part of PARTS) expect(text).not.toContain(part);
          }
          if (failure.retryAfterMs !== undefined) {
            expect(failure.retryAfterMs).toSatisfy(Number.isSafeInteger);
            expect(failure.retryAfterMs).toBeGreaterThanOrEqual(0);
            expect(failure.retryAfterMs).toBeLessThanOrEqual(DAY_MS);
          }
          expect(() => stream.decodeEnd?.(ended)).not.toThrow();
          expect(Object.keys(Object.prototype)).toEqual([]);
        }),
        { numRuns: 1_000 },
      );
    });
  },
);
