/** What services do of themselves, each by the faults of its stand-in. */
import { whole } from './draws.ts';
import type { SeededRandom } from '../../ports/random.ts';
import type { Nemesis } from './nemesis.types.ts';
import type { Place, ServiceName } from './places.ts';
import type { FaultRequest } from '../../simulators/control/on-demand.ts';

const DEEPGRAM = ['listen', 'flux'] as const;
const WHISPER = ['whisper', 'whisper.cpp'] as const;
const SOCKETS = [...DEEPGRAM, 'openai', 'gemini', 'speak'] as const;

/** The ways in which each closes sockets; `much` of a fault says which. */
const CLOSES: Readonly<Partial<Record<ServiceName, readonly (string | number)[]>>> = {
  listen: ['NET-0000', 'NET-0001', 1000, 1005, 1011, 1012],
  flux: ['NET-0000', 'NET-0001', 1000, 1005, 1011],
  speak: ['NET-0000', 'NET-0003', 'DATA-0001', 1000, 1005, 1011, 1012],
  openai: ['serverError', 'internalClose', 'restart', 'overload', 'normal', 'noStatus'],
  gemini: [
    'internal',
    'deadline',
    'unavailable',
    'aborted',
    'noStatus',
    'normal',
    'contextExhausted',
    'entityNotFound',
  ],
};
const REFUSED_SETUPS = [
  'internal',
  'unavailable',
  'invalidHandle',
  'sessionNotFound',
  'contextExhausted',
];
const REJECTIONS = ['serverError', 'overload', 'internalClose'];
const STRANGE_ANSWERS = ['unreadable', 'cut', 'cut-body'];

/** Where a service names no time. */
const COMES_BACK_AFTER_MS = 61_000;

function ask(place: Place | undefined, ...requests: readonly FaultRequest[]): boolean {
  if (place === undefined) return false;
  try {
    for (const request of requests) place.desk.ask(request);
    return true;
  } catch {
    return false; // no socket stands that it could befall
  }
}

/** A row for what happens in a moment. */
function once(
  says: string,
  services: readonly ServiceName[],
  most: number,
  requests: (much: number, service: ServiceName) => readonly FaultRequest[],
): Nemesis {
  return {
    says,
    hits: 'service',
    services,
    draw: (random) => ({ much: whole(random, 1, most) }),
    begin: ({ places }, { on = 0, much = 1 }) => {
      const place = places[on];
      return place !== undefined && ask(place, ...requests(much, place.service));
    },
  };
}

/** A row for what lasts: it is asked for, and ended by the same with nothing. */
function lasting(
  says: string,
  services: readonly ServiceName[],
  {
    draw,
    request,
  }: {
    readonly draw: (random: SeededRandom) => number;
    /** @param much null: it ends. */
    readonly request: (much: number | null) => FaultRequest;
  },
): Nemesis {
  return {
    says,
    hits: 'service',
    services,
    draw: (random) => ({ forMs: whole(random, 5_000, 60_000), much: draw(random) }),
    begin: ({ places }, { on = 0, much = 0 }) => ask(places[on], request(much)),
    end: ({ places }, { on = 0 }) => void ask(places[on], request(null)),
  };
}

function isAsked(service: ServiceName): boolean {
  return service === 'whisper' || service === 'whisper.cpp' || service === 'llm';
}

/** Refusals are met at once: whoever stands is cut. */
function refusals(service: ServiceName, times: number, facts: object): readonly FaultRequest[] {
  const refusal = { fault: 'http', times, ...facts };
  return isAsked(service) ? [refusal] : [refusal, { fault: 'cut' }];
}

const percent = (random: SeededRandom): number => whole(random, 1, 40) / 100;

export const SERVICE_NEMESES: Readonly<Record<string, Nemesis>> = {
  cut: once('a service is gone without a word', SOCKETS, 1, () => [{ fault: 'cut' }]),
  closes: once(
    'a service closes as it is known to (much: which way)',
    SOCKETS,
    8,
    (much, service) => {
      const ways = CLOSES[service] ?? [];
      return [{ fault: 'close', as: ways[much % ways.length] }];
    },
  ),
  unavailable: once(
    'a service refuses with 503, so many times',
    [...SOCKETS, ...WHISPER, 'llm'],
    3,
    (much, service) => refusals(service, much, { status: 503 }),
  ),
  rateLimited: {
    ...once(
      'a service says 429, with a hint of so many seconds (1 to 12), or without one',
      [...SOCKETS, 'whisper', 'llm'],
      16,
      (much, service) =>
        refusals(service, 1, { status: 429, ...(much > 12 ? {} : { retryAfterMs: much * 1_000 }) }),
    ),
    echoMs: COMES_BACK_AFTER_MS,
  },
  unauthorised: once(
    'a service refuses the key so many times',
    [...SOCKETS.filter((name) => name !== 'gemini'), 'llm'],
    2,
    (much, service) => refusals(service, much, { status: 401 }),
  ),
  garbage: once(
    'a service sends what is no JSON, or what nobody knows',
    [...DEEPGRAM, 'speak'],
    2,
    (much) => [{ fault: 'say', ...(much === 1 ? { frame: '{"type":' } : {}) }],
  ),
  unknownFields: lasting(
    'messages with fields, and messages, that nobody knows',
    [...SOCKETS, 'whisper'],
    {
      draw: percent,
      request: (much) => ({ fault: 'unknown-fields', ratio: much ?? 0 }),
    },
  ),
  slowPongs: lasting('pings are answered late', SOCKETS, {
    draw: (random) => whole(random, 500, 12_000),
    request: (much) => ({ fault: 'slow-pongs', delayMs: much ?? 0 }),
  }),
  lateFinalize: lasting('what is asked to be finalised comes late', ['listen'], {
    draw: (random) => whole(random, 500, 8_000),
    request: (much) => ({ fault: 'late-finalize', delayMs: much ?? 0 }),
  }),
  shrinkingInterims: lasting('interims lose words, or begin with others', ['listen'], {
    draw: percent,
    request: (much) => ({ fault: 'shrinking-interims', ratio: much ?? 0 }),
  }),
  fluxError: once('an error is told, and the socket closed', ['flux'], 1, () => [
    { fault: 'error' },
  ]),
  lostMessages: once('messages are lost on the way, as their numbers show', ['flux'], 3, (much) => [
    { fault: 'lose-messages', count: much },
  ]),
  expires: once('a session is over before its time', ['openai'], 3, (much) => [
    { fault: 'expire', by: ['both', 'event', 'close'][much % 3] },
  ]),
  rejects: once('sockets open, and are ended before anything is said', ['openai'], 3, (much) => [
    { fault: 'reject', as: REJECTIONS[much % REJECTIONS.length] },
    { fault: 'cut' },
  ]),
  failedReply: once(
    'a reply fails: by a limit that passes, or by the server',
    ['openai'],
    2,
    (much) => [{ fault: 'fail-reply', ...(much === 1 ? {} : { code: 'server_error' }) }],
  ),
  refusedUpdate: once('the configuration of the next session is rejected', ['openai'], 1, () => [
    { fault: 'refuse-update' },
    { fault: 'cut' },
  ]),
  refusedItem: once('an item of the next session is rejected', ['openai'], 1, () => [
    { fault: 'refuse-item' },
    { fault: 'cut' },
  ]),
  lateTranscription: lasting('what was said is told late', ['openai'], {
    draw: (random) => whole(random, 500, 8_000),
    request: (much) => ({ fault: 'late-transcription', delayMs: much ?? 0 }),
  }),
  goAway: once(
    'a service tells to go within so many seconds, or tells no time',
    ['gemini'],
    30,
    (much) => [
      { fault: 'go-away', leadMs: much * 1_000, timeLeft: much % 3 === 0 ? 'untold' : 'told' },
    ],
  ),
  refusedSetup: once(
    'a service cuts, and closes the next setup: it takes no handle, or is not well',
    ['gemini'],
    5,
    (much) => [
      { fault: 'refuse-setup', as: REFUSED_SETUPS[much % REFUSED_SETUPS.length] },
      { fault: 'cut' },
    ],
  ),
  forgottenHandles: once('a service forgets every session, and cuts', ['gemini'], 1, () => [
    { fault: 'forget-handles' },
    { fault: 'cut' },
  ]),
  silentGoAway: lasting('after it has told to go a service says nothing', ['gemini'], {
    draw: () => 1,
    request: (much) => ({ fault: 'silence-after-go-away', silent: much === null ? 'off' : 'on' }),
  }),
  binaryFrames: lasting('JSON comes in binary frames', ['gemini'], {
    draw: () => 1,
    request: (much) => ({ fault: 'binary-frames', binary: much === null ? 'off' : 'on' }),
  }),
  quotaSpent: {
    ...lasting('sessions are opened, and closed for their quota', ['gemini'], {
      draw: () => 1,
      request: (much) => ({ fault: 'quota-after-setup', spent: much === null ? 'off' : 'on' }),
    }),
    echoMs: COMES_BACK_AFTER_MS,
  },
  strangeAnswers: once('answers are lost, broken or none', WHISPER, 3, (much) => [
    { fault: STRANGE_ANSWERS[much % STRANGE_ANSWERS.length] ?? 'cut' },
  ]),
  lateAnswers: once('an answer takes so many seconds', WHISPER, 25, (much) => [
    { fault: 'slow', delayMs: much * 1_000 },
  ]),
  noAnswer: once('questions are never answered', WHISPER, 2, (much) => [
    { fault: 'hang', times: much },
  ]),
  brokenAnswers: once('an answer ends after so many pieces', ['llm'], 6, (much) => [
    { fault: 'break-off', pieces: much },
  ]),
  loading: once('a service has yet to load its model', ['whisper.cpp'], 3, (much) => [
    { fault: 'loading', times: much },
  ]),
};
