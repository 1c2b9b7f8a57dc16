/**
 * The life that a `Microphone` and a `Recorder` share: the capture chart at work on the platform's microphones. The chart decides what
 * becomes of one that is lost, moved, muted or silent; what makes chunks of it hands them over here.
 */
import { createActor, fromCallback, fromPromise } from 'xstate';
import type { ActorRefFrom } from 'xstate';

import { captureErrorOf, lost, silent, usedUp } from './capture-errors.ts';
import type { CaptureEvent, CaptureHandlers, DeviceName } from './capture.types.ts';
import { ChunkWatch } from './chunk-watch.ts';
import { InputDevice } from './input-device.browser.ts';
import type { ResolvedMicrophone } from './microphone-options.browser.ts';
import { captureMachine } from '../../machines/capture.machine.ts';
import type {
  CaptureEnd,
  CaptureFact,
  CaptureSignal,
  CaptureSilence,
  TakeInput,
  TakeResult,
} from '../../machines/capture.types.ts';
import type { TenutoError } from '../ports/errors.ts';
import { blocked } from '../worklets/audio-errors.ts';

/** What makes chunks of a device's sound. */
export interface Hearing {
  /** How its errors call it. */
  readonly name: 'microphone' | 'recorder';
  readonly chunkMs: number;
  /** @throws where it cannot be heard: the one before is heard on. */
  onStream(stream: MediaStream): void;
  /** Of the device nothing is heard any more. */
  onReleased(): void;
  /** Hands over what it has, and lets everything go. Never rejects. */
  stop(): Promise<void>;
}

/** Beyond a chunk's own length nothing may come for so long. */
const PATIENCE_MS = 3_000;

type CaptureActor = ActorRefFrom<typeof captureMachine>;

/** One chart serves every capture: providing anew for each would build all its states again. */
const lives = new WeakMap<object, CaptureLife<never>>();

const take = fromPromise<TakeResult, TakeInput>(({ input, system, signal }) => {
  const life = lives.get(system);
  if (life === undefined) throw new TypeError('the capture chart runs without a microphone');
  return life.take(input, signal);
});

const wiredCapture = captureMachine.provide({
  actors: {
    open: take,
    move: take,
    ask: take,
    watch: fromCallback(({ system }) => lives.get(system)?.watch()),
  },
});

export class CaptureLife<Chunk> {
  readonly #options: ResolvedMicrophone;
  readonly #hearing: Hearing;
  readonly #input: InputDevice;
  readonly #watch: ChunkWatch;
  readonly #actor: CaptureActor;
  #handlers: CaptureHandlers<Chunk> | null = null;
  /** That `deviceChanged` tells of. */
  #told: DeviceName | null = null;
  #fault: TenutoError | null = null;
  #opened: ((error: TenutoError | null) => void) | null = null;

  constructor(options: ResolvedMicrophone, hearing: Hearing) {
    const { clock, deviceId = null, lossTimeoutMs } = options;
    this.#options = options;
    this.#hearing = hearing;
    this.#watch = new ChunkWatch(clock, PATIENCE_MS + hearing.chunkMs);
    this.#input = new InputDevice(options, {
      onStream: (stream) => hearing.onStream(stream),
      onLost: () => this.#fact({ type: 'device.lost' }),
      onMuted: (isMuted) => this.#fact({ type: isMuted ? 'track.muted' : 'track.unmuted' }),
      onListed: (inputs) => this.#fact({ type: 'devices.listed', inputs }),
    });
    this.#actor = createActor(wiredCapture, {
      clock: {
        setTimeout: (callback: () => void, delayMs: number) => clock.setTimeout(callback, delayMs),
        clearTimeout: (handle: unknown) => clock.clearTimeout(handle),
      },
      input: { chosenId: deviceId, lossTimeoutMs },
    });
    lives.set(this.#actor.system, this);
    this.#actor.on('*', (signal) => this.#hear(signal));
    this.#actor.subscribe({
      error: (cause) => {
        const error = captureErrorOf(cause);
        this.#opened?.(error);
        this.#end(error);
      },
    });
  }

  get nowMs(): number {
    return this.#options.clock.nowMs();
  }

  /**
   * Resolves when a device is open, or when it was closed before that.
   *
   * @throws TenutoError SESSION_CLOSED where it was called before, MICROPHONE_DENIED and its like.
   */
  async open(handlers: CaptureHandlers<Chunk>): Promise<void> {
    if (this.#handlers !== null) throw usedUp(this.#hearing.name);
    this.#handlers = handlers;
    this.#input.open();
    const error = await new Promise<TenutoError | null>((resolve) => {
      this.#opened = resolve;
      this.#actor.start();
    });
    if (error !== null) throw error;
  }

  /** Everything is there, and chunks come, or will once the platform lets audio through. */
  begin(): void {
    this.#told = this.#input.device;
    this.tell({ type: 'started', device: this.#told, atMs: this.nowMs });
  }

  /** The platform lets audio through, or does not. */
  run(isRunning: boolean): void {
    this.#fact({ type: isRunning ? 'audio.resumed' : 'audio.suspended' });
  }

  /** What makes chunks broke: it is over. */
  break(error: TenutoError): void {
    this.#fault = error;
    this.#fact({ type: 'hearing.failed' });
  }

  handOver(chunk: Chunk): void {
    this.#watch.note();
    if (this.#isIn('stalled')) this.#fact({ type: 'chunks.returned' });
    this.#handlers?.onChunk(chunk);
    this.look();
  }

  look(): void {
    this.#input.look();
  }

  tell(event: CaptureEvent): void {
    this.#handlers?.onEvent?.(event);
  }

  close(): void {
    this.#input.close();
    this.#opened?.(null);
    queueMicrotask(() => this.#actor.stop()); // it may be its own signal that led here
  }

  /** For the chart. */
  take({ deviceId }: TakeInput, signal: AbortSignal): Promise<TakeResult> {
    return this.#input.take(deviceId, signal);
  }

  /** For the chart: returns what ends it. */
  watch(): () => void {
    return this.#watch.start(() => {
      this.look();
      this.#fact({ type: 'chunks.missed' });
    });
  }

  get #isLive(): boolean {
    return this.#actor.getSnapshot().status === 'active';
  }

  #isIn(sound: 'stalled'): boolean {
    return this.#actor.getSnapshot().matches({ running: { sound } });
  }

  #fact(fact: Told): void {
    if (this.#isLive) this.#actor.send({ ...fact, atMs: this.nowMs });
  }

  #hear(signal: CaptureSignal): void {
    const atMs = this.nowMs;
    switch (signal.type) {
      case 'capture.opened':
        this.#opened?.(null);
        return;
      case 'capture.refused':
        this.#opened?.(this.#input.refusal);
        return;
      case 'capture.changed':
        this.#change(atMs);
        return;
      case 'device.release':
        this.#input.letGo();
        this.#hearing.onReleased();
        return;
      case 'capture.interrupted':
        this.tell({ type: 'interrupted', error: whyOf(signal.why), atMs });
        return;
      case 'capture.failed':
        this.#end(this.#endOf(signal.why, signal.lastedMs));
        return;
      case 'capture.resumed':
        this.tell({ type: 'resumed', atMs });
        return;
      case 'capture.muted':
        this.tell({ type: 'muted', atMs });
        return;
      case 'capture.unmuted':
        this.tell({ type: 'unmuted', lastedMs: signal.lastedMs, atMs });
    }
  }

  #change(atMs: number): void {
    const from = this.#told;
    const to = this.#input.device;
    if (from === null) return; // nobody was told of the first one yet
    this.#told = to;
    this.tell({ type: 'deviceChanged', from, to, atMs });
  }

  #endOf(why: CaptureEnd, lastedMs: number): TenutoError {
    switch (why) {
      case 'lost':
        return lost(lastedMs);
      case 'silent':
        return silent(lastedMs);
      case 'refused':
        return this.#input.refusal;
      case 'broken':
        return this.#fault ?? captureErrorOf(null);
    }
  }

  #end(error: TenutoError): void {
    void this.#hearing.stop().then(() => this.tell({ type: 'failed', error, atMs: this.nowMs }));
  }
}

/** A fact without its moment. */
type Told<Fact = CaptureFact> = Fact extends CaptureFact ? Omit<Fact, 'atMs'> : never;

function whyOf(why: CaptureSilence): TenutoError {
  if (why === 'suspended') return blocked('captured');
  return why === 'device' ? lost(0) : silent(0);
}
