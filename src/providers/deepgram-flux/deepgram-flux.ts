/**
 * Deepgram Flux (listen v2): transcription by turns of a conversation.
 *
 * What this file relies on:
 *  - the query carries the whole configuration; the service speaks first (`Connected`);
 *  - audio travels as binary frames; there is no KeepAlive and no Finalize, so silence is sent where nothing is said;
 *  - a turn's transcript is restated as a whole about every 0.25 s, and is final only at `EndOfTurn`;
 *  - nothing is resumed: on a new socket turns, sequence numbers and times start at 0;
 *  - `CloseStream` is answered by closing, without a status, and without an `EndOfTurn`.
 *
 * Sources: developers.deepgram.com, "Flux", "Flux State Machine", API reference "Turn-Based Audio (Flux)"; the types of
 * @deepgram/sdk 5.13 (`ListenV2*`).
 */
import { DEFAULT_MODEL, checkFluxOptions } from './options.ts';
import type { DeepgramFluxOptions } from './options.ts';
import { FluxStream } from './stream.ts';
import type { Provider } from '../contract.ts';
import type { AudioFormat } from '../../ports/audio-format.ts';
import { classifyDeepgramEnd, deepgramDial } from '../wire/deepgram.ts';
import type { QueryValue } from '../wire/deepgram.ts';
import { checkPcm } from '../wire/pcm.ts';
import { Secrets } from '../wire/secrets.ts';
import { rates } from '../../session/counting.ts';

export type { DeepgramFluxOptions } from './options.ts';

const FIRST_AUDIO_WITHIN_MS = 10_000; // listen v1's; Flux documents none
const FILLS_SILENCE_AFTER_MS = 500; // what clients in the field do (pipecat); the turn would not end without it
const SILENCE_SETTLES_AFTER_MS = 5_000;
const FLUSH_TIMEOUT_MS = 5_000;

/** @throws TenutoError OPTION_INVALID for what the service would refuse, and for options that it has not. */
export function deepgramFlux(options: DeepgramFluxOptions): Provider {
  const baseUrl = checkFluxOptions(options);
  const secrets = new Secrets(options.apiKey);

  return {
    name: options.name ?? 'deepgram-flux',
    component: 'stt',
    brings: [rates],
    traits: {
      resume: 'none',
      configures: true,
      replayRateRatio: options.replayRateRatio ?? 1.2,
      keepAliveIntervalMs: null,
      firstAudioWithinMs: FIRST_AUDIO_WITHIN_MS,
      fillsSilenceAfterMs: FILLS_SILENCE_AFTER_MS,
      silenceSettlesAfterMs: SILENCE_SETTLES_AFTER_MS,
      flushTimeoutMs: FLUSH_TIMEOUT_MS,
      answersPings: true,
      refreshesCredential: secrets.isRenewable,
      makesBeforeBreaks: true,
    },
    checkFormat: (format) => checkPcm('Deepgram Flux', format),
    dial: async (format, reason) =>
      deepgramDial(`${baseUrl}/v2/listen`, queryOf(options, format), await secrets.ask(reason), {
        scheme: options.scheme ?? 'token',
        authVia: options.authVia ?? 'header',
        timeoutMs: options.dialTimeoutMs ?? 10_000,
      }),
    openStream: ({ sampleRateHz }) =>
      new FluxStream({
        sampleRateHz,
        forcesEndOfTurn: options.forcesEndOfTurn ?? false,
        secrets: () => secrets.recent,
      }),
    classifyEnd: (end) => classifyDeepgramEnd(end, secrets.recent),
  };
}

/** What the options become; whatever else is in the query was given as the service names it. */
export type FluxQueryName =
  | 'model'
  | 'encoding'
  | 'sample_rate'
  | 'eot_threshold'
  | 'eager_eot_threshold'
  | 'eot_timeout_ms'
  | 'keyterm'
  | 'language_hint';

function queryOf(options: DeepgramFluxOptions, format: AudioFormat) {
  const named: Readonly<Record<FluxQueryName, QueryValue | readonly string[]>> = {
    model: options.model ?? DEFAULT_MODEL,
    encoding: 'linear16',
    sample_rate: format.sampleRateHz,
    eot_threshold: options.eotThreshold,
    eager_eot_threshold: options.eagerEotThreshold,
    eot_timeout_ms: options.eotTimeoutMs,
    keyterm: options.keyterms,
    language_hint: options.languageHints,
  };
  return { ...named, ...options.query };
}
