/**
 * OpenAI Realtime (GA): hears, thinks and speaks over one socket.
 *
 * What this file relies on:
 *  - the socket opens whatever the credential and the model are; a bad one is told by an `error` event and a close;
 *  - the service speaks first (`session.created`), is then told what is wanted, and tells what it made of it;
 *  - audio travels as base64 in JSON, 24 kHz both ways; no audio is ever confirmed;
 *  - positions count the audio of one session: they begin at 0 on each socket;
 *  - a session lives for 60 minutes, says so beforehand, and cannot be resumed: its items are created anew;
 *  - a rate limit fails a reply, not the session.
 *
 * Sources: the service's guide "Realtime conversations", its API reference "Realtime", and the types of its own client.
 */
import type { Credential, Provider } from '../contract.ts';
import type { WallClock } from '../../ports/clock.ts';
import { systemWallClock } from '../../ports/clock.ts';
import type { DialRequest } from '../../ports/socket.ts';
import { checkNumber, checkOptions } from '../../ports/option-errors.ts';
import { checkBaseUrl } from '../wire/base-url.ts';
import { checkKey } from '../wire/keys.ts';
import { checkMs } from '../wire/options.ts';
import { checkPcm } from '../wire/pcm.ts';
import { Secrets } from '../wire/secrets.ts';
import { conversation } from '../../session/conversing.ts';
import { rates } from '../../session/counting.ts';
import { checkWishes } from './check-wishes.ts';
import { classifyRealtimeEnd } from './failures.ts';
import { sessionConfigOf, silenceDurationMsOf, turnRulesOf } from './session-config.ts';
import type { SessionWishes } from './session-config.ts';
import { RealtimeStream } from './stream.ts';
import { SAMPLE_RATE_HZ } from './wire.ts';

export type { SessionWishes, Transcription, TurnDetection } from './session-config.ts';
export type { Modality } from './wire.ts';

export interface OpenAiRealtimeOptions extends SessionWishes {
  /** A key (`sk-…`, or `ek_…` for browsers), or a function that is asked on every dial and may bring a fresh one. */
  readonly apiKey: Credential;
  /** Browsers cannot send headers: there the credential travels as a subprotocol. Default `header`. */
  readonly authVia?: 'header' | 'subprotocol';
  readonly organization?: string;
  readonly project?: string;
  /** Default `gpt-realtime`. */
  readonly model?: string;
  /** Default `wss://api.openai.com/v1`; `https:` is read as `wss:`, `http:` as `ws:`. */
  readonly baseUrl?: string;
  /** How many times real time a backlog goes out. Default 4: no limit is documented. */
  readonly replayRateRatio?: number;
  /** How long a dial may take. Default 10 s. */
  readonly dialTimeoutMs?: number;
  /** The name under which results and logs speak of it. Default `openai-realtime`. */
  readonly name?: string;
  /** Against which `expires_at` is read. Default: this machine's. */
  readonly wallClock?: WallClock;
}

/** Every option, so that one that is misspelt is told from one that is not. */
const OPTION_NAMES: Readonly<Record<keyof OpenAiRealtimeOptions, true>> = {
  apiKey: true,
  authVia: true,
  organization: true,
  project: true,
  model: true,
  baseUrl: true,
  replayRateRatio: true,
  dialTimeoutMs: true,
  name: true,
  wallClock: true,
  instructions: true,
  voice: true,
  turnDetection: true,
  transcription: true,
  tools: true,
  outputModalities: true,
  session: true,
};

const DEFAULT_BASE_URL = 'wss://api.openai.com/v1';
const DEFAULT_MODEL = 'gpt-realtime';
const REPLAY_RATE_RATIO = 4;
const SESSION_ENDS_AFTER_MS = 3_600_000;
const SILENCE_SETTLES_AFTER_MS = 5_000;
/** Its detectors hear what is appended and no clock: where capture stops, nothing tells them that a turn is over. */
const FILLS_SILENCE_AFTER_MS = 500;
/** Longer than the most patient of them waits (`semantic_vad` at low eagerness, 8 s). Silence costs tokens. */
const FILLS_SILENCE_FOR_MS = 15_000;
const FLUSH_TIMEOUT_MS = 5_000; // a transcription takes about a second

/**
 * @throws TenutoError OPTION_INVALID for an option that is not known, an address that is none of ws:, wss:, http:, https:,
 * a key that is no key, a number that nothing can be made of, or a session that the service would refuse.
 */
export function openaiRealtime(options: OpenAiRealtimeOptions): Provider {
  checkOptions('openaiRealtime', options, OPTION_NAMES);
  const { name = 'openai-realtime', model = DEFAULT_MODEL } = options;
  checkMs('dialTimeoutMs', options.dialTimeoutMs);
  const { replayRateRatio = REPLAY_RATE_RATIO } = options;
  checkNumber('replayRateRatio', replayRateRatio, replayRateRatio >= 1, 'of 1 or more');
  checkKey('OpenAI', 'OPENAI_API_KEY', options.apiKey);
  checkWishes(options);
  const baseUrl = checkBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL, 'socket', DEFAULT_BASE_URL);
  const secrets = new Secrets(options.apiKey);
  const config = sessionConfigOf(options);
  const { detects } = turnRulesOf(config);
  const context = {
    model,
    config,
    wallClock: options.wallClock ?? systemWallClock,
    secrets: () => secrets.recent,
    restoreMemory: { hasDiffered: false },
  };

  return {
    name,
    component: 'realtime',
    brings: [conversation, rates],
    traits: {
      resume: 'items',
      configures: true,
      inputRateHz: SAMPLE_RATE_HZ,
      replayRateRatio,
      keepAliveIntervalMs: null,
      firstAudioWithinMs: null,
      flushTimeoutMs: FLUSH_TIMEOUT_MS,
      answersPings: true,
      refreshesCredential: secrets.isRenewable,
      makesBeforeBreaks: true,
      endsAfterMs: SESSION_ENDS_AFTER_MS,
      announcesEnd: true,
      // Where turns are ended by us, nothing that was said before is silence.
      silenceSettlesAfterMs: detects ? SILENCE_SETTLES_AFTER_MS : null,
      fillsSilenceAfterMs: detects ? FILLS_SILENCE_AFTER_MS : null,
      fillsSilenceForMs: FILLS_SILENCE_FOR_MS + silenceDurationMsOf(config),
    },
    checkFormat: (format) => checkPcm('OpenAI Realtime', format),
    dial: async (_format, reason) => requestOf(options, baseUrl, model, await secrets.ask(reason)),
    openStream: (_format, memory) => new RealtimeStream(context, memory),
    classifyEnd: (end) => classifyRealtimeEnd(end, secrets.recent),
  };
}

function requestOf(
  { authVia, organization, project, dialTimeoutMs = 10_000 }: OpenAiRealtimeOptions,
  baseUrl: string,
  model: string,
  apiKey: string,
): DialRequest {
  const url = `${baseUrl}/realtime?model=${encodeURIComponent(model)}`;
  if (authVia === 'subprotocol') {
    const protocols = [
      'realtime',
      `openai-insecure-api-key.${apiKey}`,
      ...(organization === undefined ? [] : [`openai-organization.${organization}`]),
      ...(project === undefined ? [] : [`openai-project.${project}`]),
    ];
    return { url, protocols, timeoutMs: dialTimeoutMs };
  }
  const headers = {
    authorization: `Bearer ${apiKey}`,
    ...(organization === undefined ? {} : { 'openai-organization': organization }),
    ...(project === undefined ? {} : { 'openai-project': project }),
  };
  return { url, headers, timeoutMs: dialTimeoutMs };
}
