/**
 * Deepgram speech synthesis (speak v1), over a WebSocket and over HTTP.
 *
 * What this file relies on:
 *  - the query carries voice and format, both fixed for a socket; the service speaks first (`Metadata`);
 *  - all that is sent is text: a binary frame ends the socket (1003);
 *  - each text is sent with a `Flush` of its own, and `Flushed` comes after the last audio of what was flushed, in order;
 *  - nothing is resumed: what `Flushed` has not confirmed is spoken again, on the next socket;
 *  - a message has at most 2,000 characters; a socket takes 2,400 characters and 20 flushes in 60 s, and lives 60 min.
 *
 * Sources: developers.deepgram.com, "Text to Speech WebSocket Streaming", "Real-Time TTS with WebSockets: errors and
 * limits" (July 2025), API reference "Text to Speech"; the types of @deepgram/sdk 5.13 (`SpeakV1*`).
 */
import { HttpSpeech } from './http-speech.ts';
import {
  DEFAULT_MODEL,
  DEFAULT_SAMPLE_RATE_HZ,
  DEFAULT_TIMEOUT_MS,
  checkSpeakHttpOptions,
  checkSpeakOptions,
} from './options.ts';
import type { DeepgramSpeakHttpOptions, DeepgramSpeakOptions } from './options.ts';
import { SpeakStream } from './stream.ts';
import type { Provider, ProviderTraits } from '../contract.ts';
import { classifyDeepgramEnd, deepgramDial } from '../wire/deepgram.ts';
import type { CodeMeanings, QueryValue } from '../wire/deepgram.ts';
import { Secrets } from '../wire/secrets.ts';
import { conversation } from '../../session/conversing.ts';

export type { DeepgramSpeakHttpOptions, DeepgramSpeakOptions } from './options.ts';

/** A `Speak` beyond it is refused (1009), and over HTTP one beyond 2,400 (413). */
const MAX_CHARS_PER_MESSAGE = 2_000;
const MAX_CHARS_PER_MINUTE = 2_400;
const MAX_FLUSHES_PER_MINUTE = 20;
const ENDS_AFTER_MS = 60 * 60_000;

const MEANINGS: CodeMeanings = {
  // Too many characters in the last minute: of that socket's, so that the next one need not wait for the minute's end.
  'DATA-0001': { kind: 'rateLimited', retryAfterMs: 0 },
  'NET-0003': { kind: 'planned' }, // the 60 minutes are over
};

/** What a voice has no use for, as it hears nothing. */
const UNUSED = {
  resume: 'none',
  replayRateRatio: Infinity,
  keepAliveIntervalMs: null,
  firstAudioWithinMs: null,
  flushTimeoutMs: 0,
} as const;

/** @throws TenutoError OPTION_INVALID */
export function deepgramSpeak(options: DeepgramSpeakOptions): Provider {
  const baseUrl = checkSpeakOptions(options);
  const secrets = new Secrets(options.apiKey);

  return {
    name: options.name ?? 'deepgram-speak',
    component: 'tts',
    brings: [conversation],
    traits: {
      ...sharedTraits(secrets),
      configures: true,
      answersPings: true,
      endsAfterMs: ENDS_AFTER_MS,
      speech: {
        maxCharsPerMessage: MAX_CHARS_PER_MESSAGE,
        maxCharsPerMinute: MAX_CHARS_PER_MINUTE,
        maxFlushesPerMinute: MAX_FLUSHES_PER_MINUTE,
      },
    },
    checkFormat: () => undefined, // it hears nothing, so any format will do
    dial: async (_, reason) =>
      deepgramDial(`${baseUrl}/v1/speak`, queryOf(options), await secrets.ask(reason), {
        scheme: options.scheme ?? 'token',
        authVia: options.authVia ?? 'header',
        timeoutMs: options.dialTimeoutMs ?? DEFAULT_TIMEOUT_MS,
      }),
    openStream: () => streamOf(options, secrets, { isHttp: false }),
    classifyEnd: (end) => classifyDeepgramEnd(end, secrets.recent, MEANINGS),
  };
}

/**
 * The same over `POST /v1/speak`, a post for each text, one after the other. It counts as open without a word from the
 * service: what is wrong with the key or the voice shows at the first text.
 * @throws TenutoError OPTION_INVALID
 */
export function deepgramSpeakHttp(options: DeepgramSpeakHttpOptions): Provider {
  const baseUrl = checkSpeakHttpOptions(options);
  const secrets = new Secrets(options.apiKey);
  const timeoutMs = options.dialTimeoutMs ?? DEFAULT_TIMEOUT_MS;

  return {
    name: options.name ?? 'deepgram-speak-http',
    component: 'tts',
    brings: [conversation],
    traits: {
      ...sharedTraits(secrets),
      answersPings: true,
      hedges: false,
      // The time of an answer's head and, in the worst case, of its next piece: a post that is late ends by itself.
      liveness: { suspectAtLeastMs: timeoutMs, deadAtLeastMs: 2 * timeoutMs + 1_000 },
      speech: {
        maxCharsPerMessage: MAX_CHARS_PER_MESSAGE,
        maxCharsPerMinute: Infinity, // the limits by the minute are those of a socket
        maxFlushesPerMinute: Infinity,
      },
    },
    checkFormat: () => undefined,
    dial: async (_, reason) => {
      const query = { ...queryOf({ ...options, query: { container: 'none', ...options.query } }) };
      return deepgramDial(`${baseUrl}/v1/speak`, query, await secrets.ask(reason), {
        scheme: options.scheme ?? 'token',
        authVia: 'header',
        timeoutMs,
      });
    },
    openStream: () => streamOf(options, secrets, { isHttp: true }),
    classifyEnd: (end) => classifyDeepgramEnd(end, secrets.recent, MEANINGS),
    over: ({ transport }) => ({
      ...transport,
      dial: (request, handlers) => new HttpSpeech(transport.http, request, handlers),
    }),
  };
}

function sharedTraits(secrets: Secrets): Omit<ProviderTraits, 'answersPings'> {
  return {
    ...UNUSED,
    faculties: ['speaking'],
    refreshesCredential: secrets.isRenewable,
    makesBeforeBreaks: true,
  };
}

/** What the options become; whatever else is in the query was given as the service names it. */
export type SpeakQueryName = 'model' | 'encoding' | 'sample_rate';

function queryOf(options: DeepgramSpeakHttpOptions) {
  const named: Readonly<Record<SpeakQueryName, QueryValue>> = {
    model: options.model ?? DEFAULT_MODEL,
    encoding: 'linear16',
    sample_rate: options.sampleRateHz ?? DEFAULT_SAMPLE_RATE_HZ,
  };
  return { ...named, ...options.query };
}

function streamOf(
  options: DeepgramSpeakHttpOptions,
  secrets: Secrets,
  { isHttp }: { readonly isHttp: boolean },
): SpeakStream {
  const sampleRateHz = options.sampleRateHz ?? DEFAULT_SAMPLE_RATE_HZ;
  return new SpeakStream({ sampleRateHz, isHttp, secrets: () => secrets.recent });
}
