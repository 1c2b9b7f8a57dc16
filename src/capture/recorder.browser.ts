/**
 * The microphone of a browser, encoded by the browser itself: a `MediaRecorder`.
 *
 * Of a container nothing can be played without its beginning, and none can be cut: where the device changes, another recording
 * begins, and its first chunk says so.
 */
import { captureErrorOf } from './capture-errors.ts';
import { CaptureLife } from './capture-life.browser.ts';
import type { CaptureHandlers, RecordedChunk, RecordingSource } from './capture.types.ts';
import { checkHandlers, resolveMicrophone } from './microphone-options.browser.ts';
import type { MicrophoneOptions } from './microphone-options.browser.ts';
import { TenutoError } from '../ports/errors.ts';
import { checkGiven, checkNumber } from '../ports/option-errors.ts';

export interface RecorderOptions extends Pick<
  MicrophoneOptions,
  'deviceId' | 'constraints' | 'onDeviceLost' | 'lossTimeoutMs' | 'clock'
> {
  /** Default: the first that the browser can of Opus in WebM, and MP4. */
  readonly mimeType?: string;
  /** How long a chunk is, about, 20 to 10,000 ms. Default 250. */
  readonly chunkMs?: number;
  /** Default: the browser's choice. */
  readonly bitsPerSecond?: number;
}

const MIME_TYPES = ['audio/webm;codecs=opus', 'audio/webm', 'audio/mp4;codecs=opus', 'audio/mp4'];

export class Recorder implements RecordingSource {
  readonly mimeType: string;
  readonly #chunkMs: number;
  readonly #bitsPerSecond: number | undefined;
  readonly #life: CaptureLife<RecordedChunk>;
  #isStarted = false;
  #recordings = 0;
  #stream: MediaStream | null = null;
  #current: MediaRecorder | null = null;
  /** Of the current one: all that it recorded is told when it resolves. */
  #done: Promise<void> = Promise.resolve();
  #endMs: number | null = null;
  #stopping: Promise<void> | null = null;

  /** @throws TenutoError OPTION_INVALID, or AUDIO_FORMAT_UNSUPPORTED where the browser cannot record so. */
  constructor(options: RecorderOptions = {}) {
    checkGiven('Recorder', options);
    const { mimeType, chunkMs = 250, bitsPerSecond, ...device } = options;
    this.mimeType = supported(mimeType === undefined ? MIME_TYPES : alike(mimeType), mimeType);
    checkNumber('chunkMs', chunkMs, chunkMs >= 20 && chunkMs <= 10_000, 'from 20 to 10,000');
    this.#chunkMs = chunkMs;
    this.#bitsPerSecond = bitsPerSecond;
    this.#life = new CaptureLife(resolveMicrophone(device), {
      name: 'recorder',
      chunkMs,
      onStream: (stream) => {
        this.#stream = stream;
        if (this.#isStarted) this.#record(stream);
      },
      onReleased: () => (this.#stream = null), // its tracks have ended, and with them the recording
      stop: () => this.stop(),
    });
  }

  /**
   * To be called once.
   *
   * @throws TenutoError MICROPHONE_DENIED, MICROPHONE_MISSING, MICROPHONE_BUSY, MICROPHONE_UNSUPPORTED
   */
  async start(handlers: CaptureHandlers<RecordedChunk>): Promise<void> {
    checkHandlers(handlers);
    try {
      await this.#life.open(handlers);
    } catch (error) {
      await this.stop();
      throw captureErrorOf(error);
    }
    if (this.#stopping !== null) return;
    this.#isStarted = true;
    this.#life.begin();
    this.renew();
    this.#life.run(true);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  renew(): void {
    if (this.#stream !== null && this.#stopping === null) this.#record(this.#stream);
  }

  async #stop(): Promise<void> {
    this.#finish();
    await this.#done;
    this.#life.close();
  }

  /** Those that follow wait: their chunks come after all of the one before. */
  #record(stream: MediaStream): void {
    this.#finish();
    this.#done = this.#done
      .then(() => this.#begin(stream))
      .catch((cause: unknown) => this.#life.break(captureErrorOf(cause)));
  }

  #finish(): void {
    if (this.#current !== null && this.#current.state !== 'inactive') this.#current.stop();
  }

  /** One recording, to its end. */
  #begin(stream: MediaStream): Promise<void> {
    if (stream !== this.#stream) return Promise.resolve(); // it is gone, or another has come
    this.#recordings += 1;
    const recording = this.#recordings;
    const { mimeType } = this;
    const rate = this.#bitsPerSecond;
    const recorder = new MediaRecorder(stream, {
      mimeType,
      ...(rate === undefined ? {} : { audioBitsPerSecond: rate }),
    });
    this.#current = recorder;
    let isHeader = true;
    let told = Promise.resolve();
    let fromMs = this.#life.nowMs;
    this.#holeTo(fromMs);
    return new Promise((resolve) => {
      recorder.ondataavailable = ({ data }) => {
        if (data.size === 0) return;
        const facts = { mimeType, capturedAtMs: fromMs, recording, isHeader };
        isHeader = false;
        fromMs = this.#life.nowMs;
        this.#endMs = fromMs;
        const durationMs = fromMs - facts.capturedAtMs;
        told = told.then(async () => {
          const bytes = new Uint8Array(await data.arrayBuffer());
          this.#life.handOver({ bytes, ...facts, durationMs });
        });
      };
      recorder.onstop = () => {
        this.#life.look(); // where a track ended, so did this
        resolve(told);
      };
      recorder.onerror = ({ error }: Event & { readonly error?: unknown }) => {
        this.#life.break(captureErrorOf(error)); // what it has is handed over, and then it stops
      };
      recorder.start(this.#chunkMs);
      if (this.#stopping !== null) recorder.stop();
    });
  }

  #holeTo(atMs: number): void {
    const fromMs = this.#endMs;
    if (fromMs === null) return;
    const durationMs = atMs - fromMs;
    if (durationMs < 1) return;
    this.#life.tell({ type: 'hole', fromMs, toMs: atMs, durationMs, reason: 'device' });
  }
}

/** `audio/webm` means Opus in it, which is what everybody can play. */
function alike(mimeType: string): readonly string[] {
  return MIME_TYPES.filter((known) => known.startsWith(`${mimeType};`)).concat(mimeType);
}

function supported(wanted: readonly string[], asked: string | undefined): string {
  const { MediaRecorder: Known } = globalThis as Partial<typeof globalThis>;
  const found = wanted.find((each) => Known?.isTypeSupported(each) === true);
  if (found !== undefined) return found;
  throw new TenutoError({
    code: 'AUDIO_FORMAT_UNSUPPORTED',
    message: `This browser does not record ${asked ?? wanted.join(' or ')}.`,
    remediation:
      "Safari before 18.4 records 'audio/mp4', Firefox 'audio/webm'; PCM goes everywhere, and through every failover.",
  });
}
