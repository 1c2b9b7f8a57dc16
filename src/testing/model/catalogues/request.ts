/** What can happen to a request, by the names of its chart: two candidates, of which the first can renew its credential. */
import { providerLinkPolicy } from '../../../../machines/index.ts';
import type { Failure } from '../../../../machines/failure.ts';
import type { requestMachine } from '../../../../machines/request.machine.ts';
import type { EventVariant } from '../events.ts';
import { MODEL_START_AT_MS } from '../events.ts';
import type { PathOptions } from '../paths.ts';

type Machine = typeof requestMachine;
type Variant = EventVariant<Machine>;

const MAX_ATTEMPTS = 1;

const candidate = {
  name: 'near',
  key: 'near',
  policy: { ...providerLinkPolicy, maxAttempts: MAX_ATTEMPTS, jitter: 'none' },
  refreshesCredential: true,
  openUntilMs: 0,
} as const;

export const requestModel: PathOptions<Machine> = {
  input: {
    component: 'llm',
    candidates: [candidate, { ...candidate, name: 'far', key: 'far', refreshesCredential: false }],
    atMs: MODEL_START_AT_MS,
  },
  events: {
    'answer.begun': [at('answer.begun')],
    'answer.ended': [at('answer.ended')],
    'answer.failed': [
      failed('transient', { kind: 'transient', code: 'http 500' }),
      failed('rate limit', { kind: 'rateLimited', code: 'http 429', retryAfterMs: 4_782 }),
      failed('credential refused', { kind: 'auth', code: 'http 401' }),
      failed('out of credit', { kind: 'quota', code: 'http 402' }),
      failed('the request is at fault', { kind: 'perRequest', code: 'http 413' }),
      failed('transient, told too much', { kind: 'transient', code: 'http 500' }, false),
    ],
    'exchange.barred': [
      {
        label: '',
        event: ({ state, nowMs }) =>
          state === 'asking.awaiting'
            ? { type: 'exchange.barred', openUntilMs: 0, atMs: nowMs }
            : null,
      },
    ],
    'breaker.moved': [
      moved('the first candidate is barred', 0, 30_000),
      moved('the second candidate is barred', 1, 30_000),
      moved('the first candidate is free', 0, 0),
    ],
  },
  distinguish: ({ current, standings, outage, lastToAnswer, isAttemptDue }, nowMs) => [
    current,
    outage !== null,
    lastToAnswer,
    isAttemptDue,
    standings.map((standing) => [
      standing.isPassed,
      standing.failures >= MAX_ATTEMPTS,
      standing.coolUntilMs > nowMs && standing.isLimited,
      standing.coolUntilMs > nowMs,
      standing.openUntilMs > nowMs,
      standing.isRefreshed,
    ]),
  ],
};

function at(type: 'answer.begun' | 'answer.ended'): Variant {
  return { label: '', event: ({ nowMs }) => ({ type, atMs: nowMs }) };
}

function failed(label: string, facts: Omit<Failure, 'detail'>, canResume = true): Variant {
  return {
    label,
    event: ({ nowMs }) => ({
      type: 'answer.failed',
      failure: { detail: '', ...facts },
      atMs: nowMs,
      unit: 0.5,
      canResume,
    }),
  };
}

function moved(label: string, index: number, forMs: number): Variant {
  return {
    label,
    event: ({ nowMs }) => ({
      type: 'breaker.moved',
      candidate: index,
      untilMs: forMs === 0 ? 0 : nowMs + forMs,
      atMs: nowMs,
    }),
  };
}
