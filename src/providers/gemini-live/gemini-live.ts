/**
 * Gemini Live (`BidiGenerateContent`), on the Developer API.
 *
 * What this file relies on:
 *  - the first frame is `setup`; nothing else goes out until `setupComplete` has come;
 *  - audio goes out as base64 in JSON, PCM s16le at 16 kHz, and comes back at 24 kHz; frames from the service are JSON in
 *    text or in bytes, each with one or more members;
 *  - the service listens to what it is sent: where capture stops, silence has to be sent, or no turn ever ends;
 *  - a connection lives for about ten minutes; `goAway` says so 50 s before, at 9:00;
 *  - a handle takes the session up again on another socket, once the old one is closed; it stands for the session as it
 *    was when no answer was being made, so that an answer in the making is lost with its socket;
 *  - nothing tells which audio was heard, nor when something was said (`transparent` resumption, which would, is refused
 *    by the Developer API and is not spoken here): a turn's audio counts as heard when the model begins to answer it.
 *
 * Sources: ai.google.dev, "Live API capabilities guide", "Session management", "Live API WebSockets reference",
 * "Ephemeral tokens"; the close reasons are those that developers reported.
 */
import { UNKNOWN_STORY, classifyLiveEnd } from './failures.ts';
import { Handles } from './handles.ts';
import { OPTION_NAMES } from './options.ts';
import type { GeminiLiveOptions } from './options.ts';
import { detectionOf } from './setup.ts';
import { GeminiLiveStream } from './stream.ts';
import type { DialRequest } from '../../ports/socket.ts';
import type { Provider, ProviderTraits } from '../contract.ts';
import { checkBaseUrl } from '../wire/base-url.ts';
import { checkKey } from '../wire/keys.ts';
import { checkMs } from '../wire/options.ts';
import { checkOptions as checkNames, invalid } from '../../ports/option-errors.ts';
import { checkPcm } from '../wire/pcm.ts';
import { Secrets } from '../wire/secrets.ts';
import { checkTools, GEMINI_TOOL_NAMES } from '../wire/tools.ts';
import { conversation } from '../../session/conversing.ts';
import { rates } from '../../session/counting.ts';

export type { GeminiLiveOptions } from './options.ts';

const DEFAULT_BASE_URL = 'wss://generativelanguage.googleapis.com';
const SERVICE = 'ws/google.ai.generativelanguage';
const INPUT_RATE_HZ = 16_000;
const DIAL_TIMEOUT_MS = 10_000;

/** Measured: `goAway` at 9:00 on each connection. The service may fall silent after it, so a timer of ours runs too. */
const ENDS_AFTER_MS = 540_000;

/** Pongs took 8 to 30 s while the model spoke; every frame counts as life. */
const LIVENESS = { suspectAtLeastMs: 30_000, deadAtLeastMs: 45_000 };

/** No limit is published; this much was never refused. */
const REPLAY_RATE_RATIO = 2;
const SILENCE_SETTLES_AFTER_MS = 5_000;

/** Longer than any microphone is late; shorter than a listener is patient. No number is published. */
const FILLS_SILENCE_AFTER_MS = 500;

/** Longer than a turn takes to end: one that was spoken into an answer is waited for for 10 s. Silence costs tokens. */
const FILLS_SILENCE_FOR_MS = 15_000;

/** A flush that finds nothing to answer is met by silence, which settles after 5 s. */
const FLUSH_TIMEOUT_MS = 2_500; // what it heard it has begun to write down by then

/** @throws TenutoError OPTION_INVALID */
export function geminiLive(options: GeminiLiveOptions): Provider {
  checkOptions(options);
  const baseUrl = checkBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL, 'socket', DEFAULT_BASE_URL);
  const secrets = new Secrets(options.apiKey);
  const handles = new Handles();
  /** As they are, and as they stand in an address. */
  const hidden = () => secrets.recent.flatMap((secret) => [secret, encodeURIComponent(secret)]);

  return {
    name: options.name ?? 'gemini-live',
    component: 'realtime',
    brings: [conversation, rates],
    traits: traitsOf(options, secrets.isRenewable),
    checkFormat: (format) => checkPcm('Gemini Live', format),
    dial: async (_format, reason) => requestOf(options, baseUrl, await secrets.ask(reason)),
    openStream: (_format, memory) =>
      new GeminiLiveStream(
        { options, sampleRateHz: INPUT_RATE_HZ, handles, secrets: hidden },
        memory,
      ),
    classifyEnd: (end) => classifyLiveEnd(end, UNKNOWN_STORY, hidden()),
  };
}

function traitsOf(options: GeminiLiveOptions, isRenewable: boolean): ProviderTraits {
  const { resumption = true } = options;
  const { isManual, silenceDurationMs } = detectionOf(options);
  return {
    resume: resumption ? 'handle' : 'none',
    replayRateRatio: REPLAY_RATE_RATIO,
    keepAliveIntervalMs: null,
    firstAudioWithinMs: null,
    flushTimeoutMs: FLUSH_TIMEOUT_MS,
    answersPings: true,
    refreshesCredential: isRenewable,
    makesBeforeBreaks: !resumption, // a handle is refused while the socket that has it is open
    hedges: false,
    endsAfterMs: ENDS_AFTER_MS,
    announcesEnd: true,
    liveness: LIVENESS,
    configures: true,
    inputRateHz: INPUT_RATE_HZ,
    silenceSettlesAfterMs: SILENCE_SETTLES_AFTER_MS,
    // Where the application ends the turns, silence means nothing.
    fillsSilenceAfterMs: isManual ? null : FILLS_SILENCE_AFTER_MS,
    fillsSilenceForMs: FILLS_SILENCE_FOR_MS + silenceDurationMs,
  };
}

/** Ephemeral tokens have a method of their own, as the service's own clients know. */
function requestOf(options: GeminiLiveOptions, baseUrl: string, secret: string): DialRequest {
  const isToken = secret.startsWith('auth_tokens/');
  const version = options.apiVersion ?? (isToken ? 'v1alpha' : 'v1beta');
  const method = isToken ? 'BidiGenerateContentConstrained' : 'BidiGenerateContent';
  const parameter = isToken ? 'access_token' : 'key';
  return {
    url: `${baseUrl}/${SERVICE}.${version}.GenerativeService.${method}?${parameter}=${encodeURIComponent(secret)}`,
    timeoutMs: options.dialTimeoutMs ?? DIAL_TIMEOUT_MS,
  };
}

function checkOptions(options: GeminiLiveOptions): void {
  checkNames('geminiLive', options, OPTION_NAMES);
  checkMs('dialTimeoutMs', options.dialTimeoutMs);
  const { apiVersion = 'v1beta', responseModalities } = options;
  checkKey('Gemini', 'GEMINI_API_KEY', options.apiKey);
  checkTools(options.tools, GEMINI_TOOL_NAMES);
  if (!['v1', 'v1beta', 'v1alpha'].includes(apiVersion)) {
    throw invalid(`apiVersion is "${apiVersion}".`, 'Take v1, v1beta or v1alpha.');
  }
  if (responseModalities?.length === 0) {
    throw invalid('responseModalities is empty.', "Take ['AUDIO'] or ['TEXT'].");
  }
}
