/** The loudspeaker of a browser: what is said is played without a seam, and what of it was heard is told by the sound card's clock. */
import type { HeardSound, PlayerEvent, PlayerOptions, Sound } from './playback.types.ts';
import { attachTo } from './attach.ts';
import { systemClock } from '../ports/clock.ts';
import { TenutoError } from '../ports/errors.ts';
import { checkFunction, listenerThrew } from '../ports/listening.ts';
import { checkNumber, checkOptions } from '../ports/option-errors.ts';
import type { Session } from '../session/session.ts';
import { blocked, broken } from '../worklets/audio-errors.ts';
import { keepRunning } from '../worklets/keep-running.browser.ts';
import { loadWorklet } from '../worklets/load.browser.ts';
import { PLAYBACK_PROCESSOR } from '../worklets/playback.types.ts';
import type { FromPlayback, PlaybackSettings, ToPlayback } from '../worklets/playback.types.ts';

interface Running {
  readonly context: AudioContext;
  readonly node: AudioWorkletNode;
  readonly stopWatching: () => void;
}

export class Player {
  readonly #settings: PlaybackSettings;
  readonly #options: PlayerOptions;
  readonly #listeners = new Set<(event: PlayerEvent) => void>();
  #running: Running | null = null;
  #starting: Promise<void> | null = null;
  #isStopped = false;
  #heard: HeardSound | null = null;
  #underruns = 0;
  /** Cleared, and the worklet has not said so yet: what it says until then is of what was cleared. */
  #clearing = 0;

  /** @throws TenutoError OPTION_INVALID */
  constructor(options: PlayerOptions = {}) {
    checkOptions('Player', options, { startMs: 0, capacityMs: 0, workletUrl: 0 });
    const { startMs = 60, capacityMs = 120_000 } = options;
    checkNumber('startMs', startMs, startMs >= 0 && startMs <= 2_000, 'from 0 to 2,000');
    checkNumber(
      'capacityMs',
      capacityMs,
      capacityMs >= 1_000 && capacityMs < Infinity,
      'from 1,000',
    );
    this.#settings = { startMs, capacityMs };
    this.#options = options;
  }

  /** How often sound came too late, and there was silence. */
  get underruns(): number {
    return this.#underruns;
  }

  /** Of the sound that was played last. */
  get heard(): HeardSound | null {
    return this.#heard;
  }

  /** The context that it plays in, to look at or to listen to; null before `start` and after `stop`. */
  get context(): AudioContext | null {
    return this.#running?.context ?? null;
  }

  /** What the sound comes out of; null before `start` and after `stop`. */
  get node(): AudioNode | null {
    return this.#running?.node ?? null;
  }

  /** Listens until the returned function is called. What a listener throws is reported (`reportError`), and harms nobody else. */
  on(listener: (event: PlayerEvent) => void): () => void {
    checkFunction(listener);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * To be called in a click of the user, or sound waits for the next one: that is told as `blocked`.
   *
   * @throws TenutoError WORKLET_REFUSED, or SESSION_CLOSED after `stop`.
   */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** @throws TenutoError SESSION_CLOSED where it does not run. */
  play({ id, bytes, sampleRateHz }: Sound): void {
    const { node } = this.#mustRun();
    const samples = new Int16Array(bytes.length >> 1); // a copy: the bytes may lie at an odd place, and be used again
    new Uint8Array(samples.buffer).set(bytes.subarray(0, samples.byteLength));
    const message: ToPlayback = { kind: 'play', id, samples, sampleRateHz };
    node.port.postMessage(message, [samples.buffer]);
  }

  /** Silence, at once. Returns what was heard of the sound that was being played. */
  clear(): HeardSound | null {
    const { node } = this.#mustRun();
    this.#clearing += 1;
    node.port.postMessage({ kind: 'clear' } satisfies ToPlayback);
    return this.#heard;
  }

  /** Plays what this session says, tells it what was heard, and is silent when it is interrupted. Returns what ends that. */
  attach(session: Session): () => void {
    return attachTo(session, this);
  }

  /** Nothing is left running. Never throws. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#starting?.catch(() => undefined);
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    running.stopWatching();
    running.node.port.close();
    running.node.disconnect();
    await running.context.close().catch(() => undefined); // closed already
  }

  async #start(): Promise<void> {
    if (this.#isStopped) throw notRunning();
    const context = new AudioContext();
    try {
      await loadWorklet(context, this.#options.workletUrl);
    } catch (error) {
      await context.close();
      throw error;
    }
    const node = new AudioWorkletNode(context, PLAYBACK_PROCESSOR, {
      numberOfInputs: 0,
      outputChannelCount: [1],
      processorOptions: this.#settings,
    });
    node.port.onmessage = ({ data }: MessageEvent<FromPlayback>) => this.#hear(data);
    node.onprocessorerror = () => {
      void this.stop().then(() => this.#tell({ type: 'failed', error: broken('played') }));
    };
    node.connect(context.destination);
    const stopWatching = keepRunning(context, systemClock, {
      onSuspended: () => this.#tell({ type: 'blocked', error: blocked('played') }),
      onRunning: () => this.#tell({ type: 'running' }),
    });
    this.#running = { context, node, stopWatching };
  }

  #hear(message: FromPlayback): void {
    if (message.kind === 'cleared') this.#clearing -= 1;
    switch (message.kind) {
      case 'overflow':
        this.#tell({ type: 'overflow', id: message.id, droppedMs: message.ms });
        return;
      case 'underrun':
        this.#underruns += 1;
        this.#tell({
          type: 'underrun',
          id: message.id,
          atMs: message.ms,
          silentMs: message.silentMs,
        });
        return;
      case 'cleared':
        if (message.id !== null) this.#noteHeard(message.id, message.ms, message.frame);
        this.#tell({ type: 'cleared', heard: this.#heard });
        return;
      case 'dry':
        this.#noteHeard(message.id, message.ms, message.frame);
        this.#tell({ type: 'ended', id: message.id, ms: message.ms });
        return;
      case 'played':
        if (this.#clearing === 0) this.#noteHeard(message.id, message.ms, message.frame);
    }
  }

  /** What has left for the loudspeaker is heard a little later: at rest the context says of which frame the sound is in the air. */
  #noteHeard(id: string, madeMs: number, frame: number): void {
    const { context } = this.#running ?? {};
    if (context === undefined) return;
    const { contextTime = context.currentTime } = context.getOutputTimestamp();
    const onItsWayMs = Math.max(0, (frame / context.sampleRate - contextTime) * 1_000);
    const before = this.#heard?.id === id ? this.#heard.ms : 0;
    this.#heard = { id, ms: Math.max(before, madeMs - onItsWayMs) };
    this.#tell({ type: 'heard', ...this.#heard });
  }

  #mustRun(): Running {
    if (this.#running === null) throw notRunning();
    return this.#running;
  }

  #tell(event: PlayerEvent): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        listenerThrew(event.type, error);
      }
    }
  }
}

function notRunning(): TenutoError {
  return new TenutoError({
    code: 'SESSION_CLOSED',
    message: 'The player does not run.',
    remediation: 'Call start first, in a click of the user; after stop make a new Player.',
  });
}
