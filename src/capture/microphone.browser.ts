/** The microphone of a browser, as PCM: getUserMedia, an audio worklet, and what happens to both. */
import { captureErrorOf } from './capture-errors.ts';
import type { CaptureEvent, CaptureHandlers, DeviceName, PcmSource } from './capture.types.ts';
import { InputDevice } from './input-device.browser.ts';
import { resolveMicrophone } from './microphone-options.browser.ts';
import type { MicrophoneOptions, ResolvedMicrophone } from './microphone-options.browser.ts';
import { Stamper } from './stamper.ts';
import type { AudioFormat } from '../ports/audio-format.ts';
import { TenutoError } from '../ports/errors.ts';
import { blocked } from '../worklets/blocked.ts';
import { CAPTURE_PROCESSOR } from '../worklets/capture.types.ts';
import type { CaptureSettings, FromCapture, ToCapture } from '../worklets/capture.types.ts';
import { keepRunning } from '../worklets/keep-running.browser.ts';
import { loadWorklet } from '../worklets/load.browser.ts';

/** Chunks that the page has not taken are kept for so long, then the newest are dropped: it is told as a hole. */
const KEPT_MS = 30_000;
/** A worklet that says nothing more has said everything. */
const FLUSH_WITHIN_MS = 500;

interface Running {
  readonly context: AudioContext;
  readonly node: AudioWorkletNode;
  readonly stamper: Stamper;
  readonly stopWatching: () => void;
  source: MediaStreamAudioSourceNode | null;
}

export class Microphone implements PcmSource {
  readonly #options: ResolvedMicrophone;
  readonly #input: InputDevice;
  #handlers: CaptureHandlers | null = null;
  #running: Running | null = null;
  #stream: MediaStream | null = null;
  #heard: DeviceName | null = null;
  #isInterrupted = false;
  #mutedAtMs: number | null = null;
  #ended: (() => void) | null = null;
  #stopping: Promise<void> | null = null;

  /** @throws TenutoError OPTION_INVALID or AUDIO_FORMAT_UNSUPPORTED. */
  constructor(options: MicrophoneOptions = {}) {
    this.#options = resolveMicrophone(options);
    this.#input = new InputDevice(this.#options, {
      onStream: (stream, device) => this.#hear(stream, device),
      onLost: (error) => {
        this.#running?.source?.disconnect();
        this.#stream = null;
        this.#interrupt(error);
      },
      onMuted: (isMuted) => this.#mute(isMuted),
      onFailed: (error) => this.#fail(error),
    });
  }

  get format(): AudioFormat {
    return { encoding: 'pcm_s16le', sampleRateHz: this.#options.sampleRateHz };
  }

  /**
   * Resolves when the microphone is open and its chunks come, or will as soon as the browser lets the page have audio. To be
   * called once.
   *
   * @throws TenutoError MICROPHONE_DENIED, MICROPHONE_MISSING, MICROPHONE_BUSY, MICROPHONE_UNSUPPORTED, WORKLET_REFUSED
   */
  async start(handlers: CaptureHandlers): Promise<void> {
    if (this.#handlers !== null) throw usedUp();
    this.#handlers = handlers;
    try {
      await this.#input.open();
      await this.#listen();
    } catch (error) {
      await this.stop();
      throw captureErrorOf(error);
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #listen(): Promise<void> {
    const { sampleRateHz, chunkMs, workletUrl } = this.#options;
    const context = new AudioContext();
    let node: AudioWorkletNode;
    try {
      await loadWorklet(context, workletUrl);
      node = new AudioWorkletNode(context, CAPTURE_PROCESSOR, {
        channelCount: 1,
        channelCountMode: 'explicit',
        processorOptions: {
          sampleRateHz,
          chunkSamples: Math.round((sampleRateHz * chunkMs) / 1_000),
          capacityChunks: Math.ceil(KEPT_MS / chunkMs),
        } satisfies CaptureSettings,
      });
    } catch (error) {
      await context.close();
      throw error;
    }
    if (this.#stopping !== null) {
      await context.close();
      return;
    }
    const [track] = this.#stream?.getAudioTracks() ?? [];
    const { latency = 0 } = (track?.getSettings() ?? {}) as { readonly latency?: number };
    const stamper = new Stamper({
      contextHz: context.sampleRate,
      sampleRateHz,
      latencyMs: latency * 1_000,
    });
    node.port.onmessage = ({ data }: MessageEvent<FromCapture>) => this.#take(data);
    node.connect(context.destination); // silence: what leads nowhere is not run
    const stopWatching = keepRunning(context, {
      onSuspended: () => {
        stamper.stoodStill();
        this.#interrupt(blocked('captured'));
      },
      onRunning: () => this.#resume(),
    });
    this.#running = { context, node, stamper, stopWatching, source: null };
    if (this.#stream !== null) this.#hear(this.#stream, this.#input.device);
    this.#tell({ type: 'started', device: this.#input.device, atMs: this.#nowMs });
  }

  #hear(stream: MediaStream, device: DeviceName): void {
    this.#stream = stream;
    const running = this.#running;
    if (running === null) return;
    const from = this.#heard;
    running.source?.disconnect();
    running.source = running.context.createMediaStreamSource(stream);
    running.source.connect(running.node);
    this.#heard = device;
    if (from !== null) {
      this.#tell({ type: 'deviceChanged', from, to: device, atMs: this.#nowMs });
    }
    this.#resume();
  }

  #take(message: FromCapture): void {
    const running = this.#running;
    if (message.kind === 'ended') this.#ended?.();
    if (message.kind === 'ended' || running === null) return;
    const { context, node, stamper } = running;
    node.port.postMessage({ kind: 'taken' } satisfies ToCapture);
    const { audioMs, atMs } = readingOf(context, this.#nowMs);
    stamper.observe(audioMs, atMs);
    const { chunk, hole } = stamper.stamp(message);
    if (hole !== null) this.#tell(hole);
    this.#handlers?.onChunk(chunk);
    this.#input.look();
  }

  #interrupt(error: TenutoError): void {
    if (this.#isInterrupted) return;
    this.#isInterrupted = true;
    this.#tell({ type: 'interrupted', error, atMs: this.#nowMs });
  }

  #resume(): void {
    const isHearing = this.#stream !== null && this.#running?.context.state === 'running';
    if (!this.#isInterrupted || !isHearing) return;
    this.#isInterrupted = false;
    this.#tell({ type: 'resumed', atMs: this.#nowMs });
  }

  #mute(isMuted: boolean): void {
    const atMs = this.#nowMs;
    const sinceMs = this.#mutedAtMs;
    if (isMuted === (sinceMs !== null)) return;
    this.#mutedAtMs = isMuted ? atMs : null;
    if (sinceMs === null) this.#tell({ type: 'muted', atMs });
    else this.#tell({ type: 'unmuted', atMs, lastedMs: atMs - sinceMs });
  }

  #fail(error: TenutoError): void {
    void this.stop().then(() => {
      this.#tell({ type: 'failed', error, atMs: this.#nowMs });
    });
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    running?.source?.disconnect();
    this.#input.close();
    this.#stream = null;
    if (running === null) return;
    const { context, node, stopWatching } = running;
    if (context.state === 'running') await this.#flushed(node);
    this.#running = null;
    stopWatching();
    node.port.close();
    node.disconnect();
    await context.close().catch(() => undefined); // closed already
  }

  /** What the worklet has heard and not told. */
  async #flushed(node: AudioWorkletNode): Promise<void> {
    const { clock } = this.#options;
    await new Promise<void>((resolve) => {
      const timer = clock.setTimeout(resolve, FLUSH_WITHIN_MS);
      this.#ended = () => {
        clock.clearTimeout(timer);
        resolve();
      };
      node.port.postMessage({ kind: 'end' } satisfies ToCapture);
    });
  }

  get #nowMs(): number {
    return this.#options.clock.nowMs();
  }

  #tell(event: CaptureEvent): void {
    this.#handlers?.onEvent?.(event);
  }
}

/** When the context has worked on which of its frames: by the sound card, where the platform tells that. */
function readingOf(context: AudioContext, nowMs: number): { audioMs: number; atMs: number } {
  const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
  const { outputLatency = 0 } = context as { readonly outputLatency?: number };
  if (performanceTime <= 0 || contextTime <= 0) {
    return { audioMs: context.currentTime * 1_000, atMs: nowMs };
  }
  const agoMs = performance.now() - performanceTime + outputLatency * 1_000;
  return { audioMs: contextTime * 1_000, atMs: nowMs - agoMs };
}

function usedUp(): TenutoError {
  return new TenutoError({
    code: 'SESSION_CLOSED',
    message: 'This microphone was started before.',
    remediation: 'Make a new Microphone for each recording.',
  });
}
