/** The microphone of a browser, as PCM: getUserMedia, an audio worklet, and what happens to both. */
import { captureErrorOf } from './capture-errors.ts';
import { CaptureLife } from './capture-life.browser.ts';
import type { CapturedChunk, CaptureHandlers, PcmSource } from './capture.types.ts';
import { checkHandlers, resolveMicrophone } from './microphone-options.browser.ts';
import type { MicrophoneOptions, ResolvedMicrophone } from './microphone-options.browser.ts';
import { Stamper } from './stamper.ts';
import type { AudioFormat } from '../ports/audio-format.ts';
import { broken } from '../worklets/audio-errors.ts';
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
  readonly #life: CaptureLife<CapturedChunk>;
  #running: Running | null = null;
  #stream: MediaStream | null = null;
  #ended: (() => void) | null = null;
  #stopping: Promise<void> | null = null;

  /** @throws TenutoError OPTION_INVALID or AUDIO_FORMAT_UNSUPPORTED. */
  constructor(options: MicrophoneOptions = {}) {
    this.#options = resolveMicrophone(options);
    this.#life = new CaptureLife(this.#options, {
      name: 'microphone',
      chunkMs: this.#options.chunkMs,
      onStream: (stream) => this.#hear(stream),
      onReleased: () => {
        this.#running?.source?.disconnect();
        this.#stream = null;
      },
      stop: () => this.stop(),
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
    checkHandlers(handlers);
    try {
      await this.#life.open(handlers);
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
    const context = new AudioContext();
    let node: AudioWorkletNode;
    try {
      node = await this.#nodeIn(context);
    } catch (error) {
      await context.close();
      throw error;
    }
    if (this.#stopping !== null) {
      await context.close();
      return;
    }
    const stamper = this.#stamperFor(context);
    node.port.onmessage = ({ data }: MessageEvent<FromCapture>) => this.#take(data);
    node.onprocessorerror = () => this.#life.break(broken('captured'));
    node.connect(context.destination); // silence: what leads nowhere is not run
    const stopWatching = keepRunning(context, this.#options.clock, {
      onSuspended: () => {
        stamper.stoodStill();
        this.#life.run(false);
      },
      onRunning: () => this.#life.run(true),
    });
    this.#running = { context, node, stamper, stopWatching, source: null };
    if (this.#stream !== null) this.#hear(this.#stream);
    this.#life.begin();
  }

  async #nodeIn(context: AudioContext): Promise<AudioWorkletNode> {
    const { sampleRateHz, chunkMs, workletUrl } = this.#options;
    await loadWorklet(context, workletUrl);
    return new AudioWorkletNode(context, CAPTURE_PROCESSOR, {
      channelCount: 1,
      channelCountMode: 'explicit',
      processorOptions: {
        sampleRateHz,
        chunkSamples: Math.round((sampleRateHz * chunkMs) / 1_000),
        capacityChunks: Math.ceil(KEPT_MS / chunkMs),
      } satisfies CaptureSettings,
    });
  }

  #stamperFor({ sampleRate: contextHz }: AudioContext): Stamper {
    const [track] = this.#stream?.getAudioTracks() ?? [];
    const { latency = 0 } = (track?.getSettings() ?? {}) as { readonly latency?: number };
    const { sampleRateHz } = this.#options;
    return new Stamper({ contextHz, sampleRateHz, latencyMs: latency * 1_000 });
  }

  /** Where rates differ Firefox throws, and the one before is heard on. */
  #hear(stream: MediaStream): void {
    const running = this.#running;
    const source = running?.context.createMediaStreamSource(stream) ?? null;
    this.#stream = stream;
    if (running === null) return;
    running.source?.disconnect();
    running.source = source;
    source?.connect(running.node);
  }

  #take(message: FromCapture): void {
    const running = this.#running;
    if (message.kind === 'ended') this.#ended?.();
    if (message.kind === 'ended' || running === null) return;
    const { context, node, stamper } = running;
    node.port.postMessage({ kind: 'taken' } satisfies ToCapture);
    const { audioMs, atMs } = readingOf(context, this.#life.nowMs);
    stamper.observe(audioMs, atMs);
    const { chunk, hole, filled } = stamper.stamp(message);
    if (hole !== null) this.#life.tell(hole);
    if (filled !== null) this.#life.tell(filled);
    this.#life.handOver(chunk);
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    running?.source?.disconnect();
    this.#life.close();
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
