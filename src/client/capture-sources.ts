/** Who hears for a voice client: the application's own source or the platform's, and in which format the session is to have it. */
import { noSource, otherRate } from './client-errors.ts';
import type { ResolvedClient } from './client-options.ts';
import type { VoiceClientPlatform } from './client.types.ts';
import type {
  CapturedChunk,
  CaptureSource,
  PcmSource,
  RecordedChunk,
  RecordingSource,
} from '../capture/capture.types.ts';
import type { AudioFormat } from '../ports/audio-format.ts';

const DEFAULT_RATE_HZ = 16_000;

/** Recordings can begin anew. */
type AnySource = CaptureSource<CapturedChunk & Partial<RecordedChunk>> &
  Partial<Pick<RecordingSource, 'renew'>>;

export class CaptureSources {
  readonly #platform: VoiceClientPlatform;
  readonly #options: ResolvedClient;
  #format: AudioFormat | null = null;
  /** The application made it, and only its format was asked for so far. */
  #unused: PcmSource | null = null;

  constructor(platform: VoiceClientPlatform, options: ResolvedClient) {
    this.#platform = platform;
    this.#options = options;
  }

  /** Of all PCM that is heard, from whatever source: a session has one. */
  get format(): AudioFormat {
    this.#format ??= this.#options.sampleRateHz === undefined ? this.#own() : null;
    this.#format ??= {
      encoding: 'pcm_s16le',
      sampleRateHz: this.#options.sampleRateHz ?? DEFAULT_RATE_HZ,
    };
    return this.#format;
  }

  /** One to be started. */
  make(): AnySource {
    const { audioFormat, capture } = this.#options;
    const { createMicrophone, createRecorder } = this.#platform;
    if (audioFormat !== 'audio/pcm') {
      if (createRecorder === undefined) throw noSource();
      return createRecorder(audioFormat);
    }
    const { format } = this;
    const source = this.#unused ?? capture?.() ?? createMicrophone?.(format);
    this.#unused = null;
    if (source === undefined) throw noSource();
    if (source.format.sampleRateHz !== format.sampleRateHz) {
      throw otherRate(source, format.sampleRateHz);
    }
    return source;
  }

  /** What was made and never started is let go. */
  async close(): Promise<void> {
    const unused = this.#unused;
    this.#unused = null;
    await unused?.stop().catch(() => undefined); // it is the application's, and heard nothing
  }

  #own(): AudioFormat | null {
    this.#unused = this.#options.capture?.() ?? null;
    return this.#unused?.format ?? null;
  }
}
