/**
 * The microphone of a browser, encoded by the browser itself: a `MediaRecorder`.
 *
 * Of a container nothing can be played without its beginning, and none can be cut: where the device changes, another recording
 * begins, and its first chunk says so.
 */
import { captureErrorOf } from './capture-errors.ts';
import type { CaptureHandlers, CaptureSource, DeviceName, RecordedChunk } from './capture.types.ts';
import { InputDevice } from './input-device.browser.ts';
import { resolveMicrophone } from './microphone-options.browser.ts';
import type { MicrophoneOptions, ResolvedMicrophone } from './microphone-options.browser.ts';
import { TenutoError } from '../ports/errors.ts';
import { checkNumber } from '../ports/option-errors.ts';

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

export class Recorder implements CaptureSource<RecordedChunk> {
  readonly mimeType: string;
  readonly #options: ResolvedMicrophone;
  readonly #chunkMs: number;
  readonly #bitsPerSecond: number | undefined;
  readonly #input: InputDevice;
  #handlers: CaptureHandlers<RecordedChunk> | null = null;
  #recordings = 0;
  #current: MediaRecorder | null = null;
  /** Of the current one: all that it recorded is told when it resolves. */
  #done: Promise<void> = Promise.resolve();
  #endMs: number | null = null;
  #stopping: Promise<void> | null = null;
  #device: DeviceName | null = null;
  #mutedAtMs: number | null = null;

  /** @throws TenutoError OPTION_INVALID, or AUDIO_FORMAT_UNSUPPORTED where the browser cannot record so. */
  constructor({ mimeType, chunkMs = 250, bitsPerSecond, ...device }: RecorderOptions = {}) {
    this.mimeType = supported(mimeType === undefined ? MIME_TYPES : alike(mimeType), mimeType);
    checkNumber('chunkMs', chunkMs, chunkMs >= 20 && chunkMs <= 10_000, 'from 20 to 10,000');
    this.#chunkMs = chunkMs;
    this.#bitsPerSecond = bitsPerSecond;
    this.#options = resolveMicrophone(device);
    this.#input = new InputDevice(this.#options, {
      onStream: (stream, name) => this.#record(stream, name),
      onLost: (error) => this.#tell({ type: 'interrupted', error, atMs: this.#nowMs }),
      onMuted: (isMuted) => this.#mute(isMuted),
      onFailed: (error) => {
        void this.stop().then(() => this.#tell({ type: 'failed', error, atMs: this.#nowMs }));
      },
    });
  }

  /**
   * To be called once.
   *
   * @throws TenutoError MICROPHONE_DENIED, MICROPHONE_MISSING, MICROPHONE_BUSY, MICROPHONE_UNSUPPORTED
   */
  async start(handlers: CaptureHandlers<RecordedChunk>): Promise<void> {
    if (this.#handlers !== null) throw usedUp();
    this.#handlers = handlers;
    try {
      await this.#input.open();
    } catch (error) {
      await this.stop();
      throw captureErrorOf(error);
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    if (this.#current !== null && this.#current.state !== 'inactive') this.#current.stop();
    await this.#done;
    this.#input.close();
  }

  #record(stream: MediaStream, device: DeviceName): void {
    const from = this.#device;
    this.#device = device;
    if (from === null) this.#tell({ type: 'started', device, atMs: this.#nowMs });
    else this.#tell({ type: 'deviceChanged', from, to: device, atMs: this.#nowMs });
    const before = this.#current;
    if (before !== null && before.state !== 'inactive') before.stop();
    const earlier = this.#done;
    this.#done = earlier
      .then(() => this.#begin(stream))
      .catch((cause: unknown) => this.#fail(cause));
  }

  /** One recording, to its end. Those that follow wait: their chunks come after all of its own. */
  #begin(stream: MediaStream): Promise<void> {
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
    const startedMs = this.#nowMs;
    this.#holeTo(startedMs);
    let fromMs = startedMs;
    return new Promise((resolve) => {
      recorder.ondataavailable = ({ data }) => {
        const untilMs = this.#nowMs;
        const capturedAtMs = fromMs;
        if (data.size === 0) return;
        fromMs = untilMs;
        this.#endMs = untilMs;
        const facts = { mimeType, capturedAtMs, durationMs: untilMs - capturedAtMs, recording };
        const first = isHeader;
        isHeader = false;
        told = told.then(async () => {
          const bytes = new Uint8Array(await data.arrayBuffer());
          this.#handlers?.onChunk({ bytes, ...facts, isHeader: first });
        });
        this.#input.look();
      };
      recorder.onstop = () => resolve(told);
      recorder.onerror = ({ error }: Event & { readonly error?: unknown }) => {
        this.#fail(error); // what it has is handed over, and then it stops
      };
      recorder.start(this.#chunkMs);
      if (this.#stopping !== null) recorder.stop();
    });
  }

  /** Nobody records any more. */
  #fail(cause: unknown): void {
    const error = captureErrorOf(cause);
    this.#input.close();
    this.#tell({ type: 'failed', error, atMs: this.#nowMs });
  }

  #holeTo(atMs: number): void {
    const fromMs = this.#endMs;
    if (fromMs === null) return;
    const durationMs = atMs - fromMs;
    if (durationMs < 1) return;
    this.#tell({ type: 'resumed', atMs });
    this.#tell({ type: 'hole', fromMs, toMs: atMs, durationMs, reason: 'device' });
  }

  #mute(isMuted: boolean): void {
    const atMs = this.#nowMs;
    const sinceMs = this.#mutedAtMs;
    if (isMuted === (sinceMs !== null)) return;
    this.#mutedAtMs = isMuted ? atMs : null;
    if (sinceMs === null) this.#tell({ type: 'muted', atMs });
    else this.#tell({ type: 'unmuted', atMs, lastedMs: atMs - sinceMs });
  }

  get #nowMs(): number {
    return this.#options.clock.nowMs();
  }

  #tell(event: Parameters<NonNullable<CaptureHandlers['onEvent']>>[0]): void {
    this.#handlers?.onEvent?.(event);
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

function usedUp(): TenutoError {
  return new TenutoError({
    code: 'SESSION_CLOSED',
    message: 'This recorder was started before.',
    remediation: 'Make a new Recorder for each recording.',
  });
}
