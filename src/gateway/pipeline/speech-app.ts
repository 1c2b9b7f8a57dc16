/**
 * The application `speech` of a gateway: audio in, text out.
 *
 * admission → audio stage (noise suppression has its place there) → a session with speech services, with all its failovers
 * → what was most likely never spoken is left out → results, told in order and in samples of the client's session.
 */
import { GuardedStage } from './audio-stage.ts';
import type { CreateAudioStage } from './audio-stage.ts';
import { Feed } from './feed.ts';
import { Levels } from './levels.ts';
import { nameOf, Serving } from './serving.ts';
import { SpeechSession } from './speech-session.ts';
import { Teller } from './teller.ts';
import type { App, AppHandlers, AppSession, AppStart } from '../app.ts';
import { BYTES_PER_SAMPLE, checkAudioFormat } from '../../audio/format.ts';
import { createLiveResampler } from '../../audio/resample.node.ts';
import { systemClock } from '../../ports/clock.ts';
import { silentLogger } from '../../ports/logger.ts';
import { checkOptions, invalid } from '../../ports/option-errors.ts';
import { systemRandom } from '../../ports/random.ts';
import { UNFINISHED_MAX_MS, WINDOW_BYTES } from '../../protocol/limits.ts';
import { filterSettingsOf } from '../../providers/wire/hallucination-filter.ts';
import type { FilterOptions, FilterSettings } from '../../providers/wire/hallucination-filter.ts';
import type { CandidateOptions } from '../../session/candidates.ts';
import type { SessionOptions } from '../../session/options.ts';
import { openSession } from '../../session/whole-session.ts';
import { nodeWebSocketTransport } from '../../transports/websocket.node.ts';

/** What is passed on to each session with the services, with the same meaning and defaults. */
type Passed = Pick<
  SessionOptions,
  | 'preset'
  | 'reconnect'
  | 'recordOnlyMs'
  | 'holdDownMs'
  | 'rotationLeadMs'
  | 'network'
  | 'inspect'
  | 'admission'
  | 'createResampler'
  | 'clock'
  | 'random'
  | 'logger'
>;

export interface SpeechAppOptions extends Passed {
  /** Who may serve a session, in order of preference; asked once for each. At least one. */
  readonly candidates: (session: AppSession) => readonly CandidateOptions[];
  /** How services are reached. Default: sockets by `ws`. */
  readonly transport?: SessionOptions['transport'];
  /** What audio goes through before it is heard. Default: nothing. */
  readonly denoise?: CreateAudioStage;
  /** What is not believed of services that filter nothing themselves; false: all is. Default: the limits of `FilterOptions`. */
  readonly filter?: FilterOptions | false;
}

const NAMES: Readonly<Record<keyof SpeechAppOptions, true>> = {
  candidates: true,
  transport: true,
  denoise: true,
  filter: true,
  preset: true,
  reconnect: true,
  recordOnlyMs: true,
  holdDownMs: true,
  rotationLeadMs: true,
  network: true,
  inspect: true,
  admission: true,
  createResampler: true,
  clock: true,
  random: true,
  logger: true,
};

/** @throws TenutoError OPTION_INVALID */
export function createSpeechApp(options: SpeechAppOptions): App {
  checkOptions('speech app', options, NAMES);
  if (typeof options.candidates !== 'function') {
    throw invalid(
      'candidates is not a function.',
      'Give one that lists who may serve a session, such as () => [{ provider }].',
    );
  }
  const { filter = {} } = options;
  const settings = filter === false ? null : filterSettingsOf(filter);
  return {
    accepts: ({ encoding }) => encoding === 'pcm_s16le',
    open: (session, start) => open(options, settings, session, start),
  };
}

/** @throws TenutoError where there is no candidate for this session, or its audio is none that can be heard. */
function open(
  { candidates: candidatesFor, denoise, filter: _, ...passed }: SpeechAppOptions,
  filter: FilterSettings | null,
  session: AppSession,
  { audio: format, fin }: AppStart,
): AppHandlers {
  const { clock = systemClock, random = systemRandom, logger = silentLogger } = passed;
  checkAudioFormat(format);
  const candidates = candidatesFor(session);
  const bytesPerSecond = format.sampleRateHz * BYTES_PER_SAMPLE;
  // All that a client is let send without a final: more never waits here, and less would be lost.
  const retentionMs = UNFINISHED_MAX_MS + (2 * WINDOW_BYTES * 1_000) / bytesPerSecond;
  const inner = openSession({
    transport: nodeWebSocketTransport,
    createResampler: createLiveResampler,
    ...passed,
    candidates,
    format,
    retentionMs,
    retentionBytes: (retentionMs * bytesPerSecond) / 1_000,
  });
  const stage = new GuardedStage(denoise ?? null, format, logger);
  const levels = new Levels(format.sampleRateHz);
  const feed = new Feed({
    sampleRateHz: format.sampleRateHz,
    from: fin,
    stage,
    levels,
    write: (pcm) => void inner.write(pcm),
  });
  const filtering = new Set(
    candidates.flatMap(({ provider }) => (provider.traits.dropsUnspoken ? [provider.name] : [])),
  );
  const teller = new Teller({ session, feed, levels, filter, filtering, fin });
  const serving = new Serving({ session, inner, names: candidates.map(nameOf), clock });
  return new SpeechSession({ inner, stage, feed, teller, serving, clock, random, logger });
}
