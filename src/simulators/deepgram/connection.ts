/** One socket of the local Deepgram-listen server, from its opening to its close. */
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { BYTES_PER_SAMPLE, samplesOf } from '../../audio/format.ts';
import type { Clock, WallClock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';
import type { Recogniser, RecogniserResult, RecogniserStream } from '../recogniser/recogniser.ts';
import type { ListenQuery } from './query.ts';
import { ServedSocket } from './served-socket.ts';
import type { ServedSocketOptions } from './served-socket.ts';
import { SpeechEvents } from './speech-events.ts';
import type { DeepgramFault } from './faults.ts';
import type { Close } from './close.ts';
import * as wire from './wire.ts';

/** Added to what the rate allows, so that a stall on the network that ends in a burst is not taken for haste. */
const RATE_SLACK_SECONDS = 2;
/** How long after the Metadata the real service closes an idle socket. */
const IDLE_CLOSE_DELAY_MS = 25;
/** Results that a client may leave unread; beyond it the socket is cut. */
const UNREAD_CAPACITY_BYTES = 1_048_576;
const MAX_REASON_BYTES = 123;
/** Tokens of flushes: which question a final answers. */
const FINALIZE = 1;
const CLOSE_STREAM = 2;
const ignore = (): void => undefined;
const NO_STREAM: RecogniserStream = { write: ignore, flush: ignore, close: ignore };

export interface ListenConnectionOptions extends Omit<ServedSocketOptions, 'unreadCapacityBytes'> {
  readonly requestId: string;
  readonly query: ListenQuery;
  readonly recogniser: Recogniser;
  readonly maxRateRatio: number;
  readonly idleTimeoutMs: number;
  readonly finalizeDelayMs: number;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  onAudio(samples: number): void;
}

export class ListenConnection {
  readonly service = 'listen';
  readonly #socket: ServedSocket;
  readonly #options: ListenConnectionOptions;
  readonly #stream: RecogniserStream;
  readonly #speech: SpeechEvents;
  readonly #sha256: Hash = createHash('sha256');
  readonly #created: string;
  #bytes = 0;
  #firstAudioAtMs: number | null = null;
  #activeAtMs: number;
  #timer: unknown;
  #finalizeDelayMs: number;
  readonly #finalizeTimers = new Set<unknown>();
  /** `draining`: nothing more is read, results still go out. `closing`: nothing goes either way. */
  #phase: 'open' | 'draining' | 'closing' = 'open';

  constructor(options: ListenConnectionOptions) {
    const { query, clock, wallClock } = options;
    this.#options = options;
    this.#created = new Date(wallClock()).toISOString();
    this.#activeAtMs = clock.nowMs();
    this.#finalizeDelayMs = options.finalizeDelayMs;
    this.#speech = new SpeechEvents(query, (message) => this.#send(message));
    this.#stream = this.#openStream();
    this.#watchIdle(options.idleTimeoutMs);
    this.#socket = new ServedSocket(
      { ...options, unreadCapacityBytes: UNREAD_CAPACITY_BYTES },
      {
        onText: (text) => this.#phase === 'open' && this.#onText(text),
        onBytes: (bytes) => this.#phase === 'open' && this.#onAudio(bytes),
        release: () => this.#release(),
      },
    );
  }

  /** Ends the socket without a handshake, and resolves when it is gone. */
  cut(): Promise<void> {
    return this.#socket.cut();
  }

  suffer(fault: DeepgramFault): void {
    if (fault.kind === 'lateFinalize') this.#finalizeDelayMs = fault.delayMs;
    else this.#socket.suffer(fault);
  }

  #openStream(): RecogniserStream {
    const { recogniser, query } = this.#options;
    try {
      return recogniser.open({
        sampleRateHz: query.sampleRateHz,
        onResult: (result) => this.#onResult(result),
        onError: (error) => this.#onRecogniserError(error),
      });
    } catch (error) {
      // It is closed, or cannot start: the client is told as soon as this connection stands.
      queueMicrotask(() => this.#onRecogniserError(error));
      return NO_STREAM;
    }
  }

  #onAudio(bytes: Buffer): void {
    if (bytes.length === 0) {
      this.#close(wire.CLOSE_NOT_AUDIO);
      return;
    }
    const nowMs = this.#options.clock.nowMs();
    this.#activeAtMs = nowMs;
    this.#firstAudioAtMs ??= nowMs;
    const samplesBefore = samplesOf(this.#bytes);
    this.#bytes += bytes.length;
    if (this.#isTooFast(nowMs - this.#firstAudioAtMs)) {
      this.#close(wire.closeTooFast(this.#options.maxRateRatio));
      return;
    }
    this.#sha256.update(bytes);
    this.#options.onAudio(samplesOf(this.#bytes) - samplesBefore);
    this.#stream.write(bytes);
  }

  #isTooFast(elapsedMs: number): boolean {
    const { maxRateRatio, query } = this.#options;
    const sentSeconds = this.#bytes / BYTES_PER_SAMPLE / query.sampleRateHz;
    return sentSeconds > (maxRateRatio * elapsedMs) / 1_000 + RATE_SLACK_SECONDS;
  }

  #onText(text: string): void {
    const type = readType(text);
    // Before the first audio nothing but audio keeps the socket open.
    if (this.#firstAudioAtMs !== null) this.#activeAtMs = this.#options.clock.nowMs();
    if (type === 'KeepAlive') return;
    if (type === 'Finalize') this.#finalize();
    else if (type === 'CloseStream') {
      this.#phase = 'draining';
      this.#stopTimers();
      this.#stream.flush(CLOSE_STREAM);
    } else this.#close(wire.CLOSE_BAD_TEXT);
  }

  /** Late, it answers for what came in meanwhile as well. */
  #finalize(): void {
    const { clock } = this.#options;
    if (this.#finalizeDelayMs === 0) {
      this.#stream.flush(FINALIZE);
      return;
    }
    const timer = clock.setTimeout(() => {
      this.#finalizeTimers.delete(timer);
      this.#stream.flush(FINALIZE);
    }, this.#finalizeDelayMs);
    this.#finalizeTimers.add(timer);
  }

  #onResult(result: RecogniserResult): void {
    if (this.#phase === 'closing') return;
    const { query, requestId } = this.#options;
    if (result.coversAudio) {
      this.#speech.beforeResult(result);
      if (result.kind === 'final' || query.sendsInterims) {
        const fromFinalize = result.flushToken === FINALIZE;
        this.#send(wire.resultsMessage(result, query, requestId, fromFinalize));
      }
      this.#speech.afterResult(result);
    }
    if (result.flushToken !== CLOSE_STREAM) return;
    this.#sendMetadata();
    this.#close(wire.CLOSE_DONE);
  }

  #onRecogniserError(error: unknown): void {
    const code = TenutoError.is(error) ? error.code : 'RECOGNISER_FAILED';
    const message = error instanceof Error ? error.message : String(error);
    this.#options.logger.error('deepgram simulator: recogniser failed', { code, message });
    // One byte a character, so that the cut cannot leave half of one.
    const reason = `${code}: ${message}`
      .replaceAll(/[^\x20-\x7e]/g, '?')
      .slice(0, MAX_REASON_BYTES);
    this.#close({ code: 1011, reason });
  }

  /** A timer only sweeps: what counts is when something last came in. */
  #watchIdle(delayMs: number): void {
    this.#timer = this.#options.clock.setTimeout(() => {
      const { clock, idleTimeoutMs } = this.#options;
      const remainingMs = this.#activeAtMs + idleTimeoutMs - clock.nowMs();
      if (remainingMs > 0) this.#watchIdle(remainingMs);
      else this.#endIdle();
    }, delayMs);
  }

  #endIdle(): void {
    this.#phase = 'closing';
    this.#sendMetadata();
    this.#timer = this.#options.clock.setTimeout(
      () => this.#close(wire.CLOSE_IDLE),
      IDLE_CLOSE_DELAY_MS,
    );
  }

  #sendMetadata(): void {
    const { requestId, query } = this.#options;
    const summary = {
      requestId,
      created: this.#created,
      samples: samplesOf(this.#bytes),
      sampleRateHz: query.sampleRateHz,
      sha256: this.#sha256.digest('hex'),
    };
    this.#send(wire.metadataMessage(summary));
  }

  #send(message: string): void {
    this.#socket.say(message);
  }

  #close(close: Close): void {
    this.#phase = 'closing';
    this.#socket.close(close);
  }

  #release(): void {
    this.#phase = 'closing';
    this.#stopTimers();
    this.#stream.close();
  }

  #stopTimers(): void {
    const { clock } = this.#options;
    for (const timer of [this.#timer, ...this.#finalizeTimers]) clock.clearTimeout(timer);
    this.#finalizeTimers.clear();
  }
}

function readType(text: string): unknown {
  try {
    const message = JSON.parse(text) as unknown;
    return typeof message === 'object' && message !== null && 'type' in message
      ? message.type
      : undefined;
  } catch {
    return undefined;
  }
}
