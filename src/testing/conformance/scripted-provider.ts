/**
 * A provider without a service: it speaks in the contract's own words, and can fail in every way that there is.
 *
 * A text frame from the service is the JSON of one `ProviderEvent` under `tenuto`; audio goes out bare; the reason of a close and the
 * header `failure` of a refusal name the kind of failure.
 */
import type { ServiceScript } from './provider-server.ts';
import type { Failure, FailureKind } from '../../../machines/failure.ts';
import type { Frame, SocketEnd } from '../../ports/socket.ts';
import type {
  CredentialReason,
  Provider,
  ProviderEvent,
  ProviderTraits,
} from '../../providers/contract.ts';

export interface ScriptedProviderOptions {
  readonly url: string;
  /** Default `scripted`. */
  readonly name?: string;
  readonly traits?: Partial<ProviderTraits>;
  /** Asked on every dial, where it is a function. Default: none is sent. */
  readonly credential?: (reason: CredentialReason) => string;
}

const FLUSH = '{"ask":"flush"}';
const GOODBYE = '{"ask":"goodbye"}';
const KEEP_ALIVE = '{"ask":"keepAlive"}';

const NORMAL_CLOSURE = 1_000;
/** Private use (RFC 6455, section 7.4.2). */
const FAILURE_CLOSURE = 4_000;

const STATUSES: Readonly<Record<FailureKind, number>> = {
  planned: 503,
  transient: 503,
  staleHandle: 410,
  rateLimited: 429,
  quota: 402,
  auth: 401,
  config: 400,
  perRequest: 422,
};

/** A provider for tests of what stands around one. */
export function scriptedProvider(options: ScriptedProviderOptions): Provider {
  return {
    name: options.name ?? 'scripted',
    component: 'stt',
    traits: {
      resume: 'none',
      replayRateRatio: 1.2,
      keepAliveIntervalMs: 4_000,
      firstAudioWithinMs: 10_000,
      flushTimeoutMs: 5_000,
      answersPings: true,
      refreshesCredential: false,
      announcesEnd: true,
      ...options.traits,
    },
    checkFormat: () => undefined,
    dial: (_format, reason) => {
      const credential = options.credential?.(reason);
      const headers = credential === undefined ? {} : { authorization: `Bearer ${credential}` };
      return Promise.resolve({ url: options.url, headers, timeoutMs: 10_000 });
    },
    openStream: () => ({
      encodeAudio: (bytes) => bytes,
      encodeKeepAlive: () => KEEP_ALIVE,
      encodeFlush: () => FLUSH,
      encodeGoodbye: () => GOODBYE,
      decode: (frame) => [eventIn(frame)],
    }),
    classifyEnd,
  };
}

/** What the service of `scriptedProvider` says. Every kind of failure can end a dial and a connection. */
export const scriptedService: ServiceScript = {
  refusals: forEachKind((kind) => ({
    status: STATUSES[kind],
    headers: { failure: kind, ...(kind === 'rateLimited' ? { 'retry-after': '7' } : {}) },
  })),
  endings: forEachKind((kind) => ({ code: FAILURE_CLOSURE, reason: kind })),
  result: ({ from, to }, text, answersFlush) =>
    frameOf({
      kind: 'transcript',
      text,
      words: [],
      startSample: from,
      endSample: to,
      isFinal: true,
      endsUtterance: false,
      answersFlush,
    }),
  announceEnd: (inMs) => frameOf({ kind: 'endAnnounced', inMs }),
  answer: () => frameOf({ kind: 'speechStarted', atSample: 0 }),
  onFrame: (frame, client) => {
    if (frame === FLUSH) client.settle({ answersFlush: true });
    if (frame !== GOODBYE) return;
    client.settle();
    client.say(frameOf({ kind: 'finished', samples: client.heardSamples }));
    client.close(NORMAL_CLOSURE);
  },
};

/** What `scriptedService` says, and no more: anything else is ignored, as a provider has to. */
function eventIn(frame: Frame): ProviderEvent {
  try {
    const said: unknown = JSON.parse(typeof frame === 'string' ? frame : '');
    if (typeof said === 'object' && said !== null && 'tenuto' in said) {
      return said.tenuto as ProviderEvent;
    }
  } catch {
    // Ignored below, as everything that cannot be read.
  }
  return { kind: 'ignored', what: 'not a scripted event' };
}

function frameOf(event: ProviderEvent): Frame {
  return JSON.stringify({ tenuto: event });
}

function classifyEnd(end: SocketEnd): Failure {
  const { status, headers } = end;
  if (status === undefined) {
    const code = end.errorCode ?? String(end.code);
    return { kind: kindOf(end.reason), code, detail: end.reason };
  }
  const hintS = headers?.['retry-after'];
  return {
    kind: kindOf(headers?.['failure']),
    code: `http ${status}`,
    detail: end.body ?? '',
    ...(hintS === undefined ? {} : { retryAfterMs: Number(hintS) * 1_000 }),
  };
}

function kindOf(said: string | undefined): FailureKind {
  return said !== undefined && said in STATUSES ? (said as FailureKind) : 'transient';
}

function forEachKind<T>(make: (kind: FailureKind) => T): Readonly<Record<FailureKind, T>> {
  const kinds = Object.keys(STATUSES) as FailureKind[];
  return Object.fromEntries(kinds.map((kind) => [kind, make(kind)])) as Record<FailureKind, T>;
}
