/**
 * Whisper over HTTP: OpenAI's `/v1/audio/transcriptions`, whatever is compatible with it, and whisper.cpp's server.
 *
 * There is no stream: utterances are cut out of the audio by a voice-activity detector and posted, each once. What this
 * file relies on:
 *  - a post is idempotent: the same audio is the same text, so a clip whose answer was lost is posted again. It carries
 *    the key that it had (`idempotency-key`), for servers and proxies that heed it;
 *  - nothing is resumed: what no answer covered is sent again, and is cut again at the same places, since every cut is
 *    where the detector begins anew;
 *  - silence is found on this side and told as finals without text, so that the ring is freed while nobody speaks;
 *  - a service without a connection is only known by its answers. A post that gets none within `timeoutMs` ends the
 *    socket, and nothing else does: neither silence nor a slow answer makes a link suspect;
 *  - a clip that the service refuses (400, 413, 415, 422) is a warning and a gap; the socket stands.
 *
 * The session's audio is resampled to 16 kHz, which is what Whisper hears. Where the session has that rate already a
 * replayed clip is the same to the byte.
 *
 * Sources: platform.openai.com, API reference "Create transcription", guides "Error codes" and "Rate limits";
 * github.com/ggml-org/whisper.cpp, examples/server.
 */
import { classifyWhisperEnd } from './failures.ts';
import { Remembered } from './remembered.ts';
import { WHISPER_RATE_HZ, settingsOf } from './settings.ts';
import type { WhisperOptions } from './settings.ts';
import { WhisperSocket } from './socket.ts';
import { WhisperStream } from './stream.ts';
import type { Provider } from '../contract.ts';
import { checkPcm } from '../wire/pcm.ts';
import { Secrets } from '../wire/secrets.ts';
import { rates } from '../../session/counting.ts';

export type { WhisperOptions } from './settings.ts';
export type { FilterOptions } from '../wire/hallucination-filter.ts';
export { fvad } from './fvad.ts';
export type { FvadOptions } from './fvad.ts';
export { sileroVad } from './silero.ts';
export type { SileroOptions, SileroPackages } from './silero.ts';

/** A detector is loaded, and whisper.cpp is asked whether its model is. */
const DIAL_TIMEOUT_MS = 10_000;

/** @throws TenutoError OPTION_INVALID */
export function whisper(options: WhisperOptions = {}): Provider {
  const settings = settingsOf(options);
  const secrets = options.apiKey === undefined ? null : new Secrets(options.apiKey);
  const remembered = new Remembered();
  const { timeoutMs } = settings;

  return {
    name: options.name ?? 'whisper',
    component: 'stt',
    brings: [rates],
    traits: {
      resume: 'none',
      replayRateRatio: Infinity,
      keepAliveIntervalMs: null,
      firstAudioWithinMs: null,
      // All that waits is posted before a flush is answered.
      flushTimeoutMs: 2 * timeoutMs,
      answersPings: true,
      refreshesCredential: secrets?.isRenewable ?? false,
      makesBeforeBreaks: true,
      hedges: false,
      // The time of the answer's head and, in the worst case, of its body.
      liveness: { suspectAtLeastMs: timeoutMs, deadAtLeastMs: 2 * timeoutMs + 1_000 },
      inputRateHz: WHISPER_RATE_HZ,
      dropsUnspoken: true,
    },
    checkFormat: (format) => checkPcm('Whisper', format),
    dial: async (_format, reason) => {
      const key = await secrets?.ask(reason);
      const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
      return { url: settings.url, headers, timeoutMs: DIAL_TIMEOUT_MS };
    },
    openStream: () =>
      new WhisperStream({
        sampleRateHz: WHISPER_RATE_HZ,
        filter: settings.filter,
        secrets: secrets?.recent ?? [],
      }),
    classifyEnd: (end) => classifyWhisperEnd(end, secrets?.recent),
    over: ({ transport, clock }) => {
      const { http } = transport;
      return {
        dial: (request, handlers) =>
          new WhisperSocket({ settings, http, clock, remembered }, request, handlers),
        ...(http === undefined ? {} : { http }),
      };
    },
  };
}
