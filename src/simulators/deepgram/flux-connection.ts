/** One socket of the local Flux, from `Connected` to its close. */
import { BYTES_PER_SAMPLE, samplesOf } from '../../audio/format.ts';
import type { Clock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';
import { objectIn } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import type { Recogniser, RecogniserResult, RecogniserStream } from '../recogniser/recogniser.ts';
import type { FluxBehaviour } from './behaviour.ts';
import type { DeepgramFault } from './faults.ts';
import { DOCUMENTED_CLOSES } from './faults.ts';
import type { FluxQuery } from './flux-query.ts';
import { reconfigured } from './flux-query.ts';
import { FluxTurnTeller } from './flux-turns.ts';
import { NEW_TYPE, isOddTime, withNewField } from './oddities.ts';
import { ServedSocket } from './served-socket.ts';
import type { ServedSocketOptions } from './served-socket.ts';
import { closeTooFast } from './wire.ts';

const RATE_SLACK_SECONDS = 2;
const UNREAD_CAPACITY_BYTES = 1_048_576;
/** Tokens of flushes: which question a final answers. */
const FORCE_END_TURN = 1;
const CLOSE_STREAM = 2;
const ignore = (): void => undefined;
const NO_STREAM: RecogniserStream = { write: ignore, flush: ignore, close: ignore };

export interface FluxConnectionOptions extends Omit<ServedSocketOptions, 'unreadCapacityBytes'> {
  readonly requestId: string;
  readonly query: FluxQuery;
  readonly behaviour: FluxBehaviour;
  readonly recogniser: Recogniser;
  readonly maxRateRatio: number;
  readonly idleTimeoutMs: number;
  readonly clock: Clock;
  onAudio(samples: number): void;
}

export class FluxConnection {
  readonly service = 'flux';
  readonly #options: FluxConnectionOptions;
  readonly #socket: ServedSocket;
  readonly #stream: RecogniserStream;
  readonly #turns: FluxTurnTeller;
  #query: FluxQuery;
  #sequence = 0;
  #bytes = 0;
  #firstAudioAtMs: number | null = null;
  #activeAtMs: number;
  #timer: unknown;
  #isDraining = false;

  constructor(options: FluxConnectionOptions) {
    const { query, clock } = options;
    this.#options = options;
    this.#query = query;
    this.#activeAtMs = clock.nowMs();
    this.#turns = new FluxTurnTeller(query.sampleRateHz, query.thresholds, (message) => {
      this.#say(message);
    });
    this.#socket = new ServedSocket(
      { ...options, oddities: undefined, unreadCapacityBytes: UNREAD_CAPACITY_BYTES },
      {
        onText: (text) => !this.#isDraining && this.#onText(text),
        onBytes: (bytes) => !this.#isDraining && this.#onAudio(bytes),
        release: () => this.#release(),
      },
    );
    this.#stream = this.#openStream();
    this.#watchIdle(options.idleTimeoutMs);
    this.#say({ type: 'Connected' });
  }

  cut(): Promise<void> {
    return this.#socket.cut();
  }

  suffer(fault: DeepgramFault): void {
    if (fault.kind === 'loseMessages') this.#sequence += fault.count;
    else if (fault.kind === 'error') this.#fail(fault.code, fault.description);
    else this.#socket.suffer(fault);
  }

  #openStream(): RecogniserStream {
    try {
      return this.#options.recogniser.open({
        sampleRateHz: this.#query.sampleRateHz,
        onResult: (result) => this.#onResult(result),
        onError: (error) => this.#onRecogniserError(error),
      });
    } catch (error) {
      queueMicrotask(() => this.#onRecogniserError(error));
      return NO_STREAM;
    }
  }

  #onAudio(bytes: Buffer): void {
    const { clock, maxRateRatio } = this.#options;
    const nowMs = clock.nowMs();
    this.#activeAtMs = nowMs;
    this.#firstAudioAtMs ??= nowMs;
    const samplesBefore = samplesOf(this.#bytes);
    this.#bytes += bytes.length;
    const sentSeconds = this.#bytes / BYTES_PER_SAMPLE / this.#query.sampleRateHz;
    const allowed = (maxRateRatio * (nowMs - this.#firstAudioAtMs)) / 1_000 + RATE_SLACK_SECONDS;
    if (sentSeconds > allowed) {
      this.#socket.close(closeTooFast(maxRateRatio));
      return;
    }
    this.#options.onAudio(samplesOf(this.#bytes) - samplesBefore);
    this.#stream.write(bytes);
  }

  /** Only audio keeps the socket open: there is no KeepAlive here. */
  #onText(text: string): void {
    const message = objectIn(text);
    switch (message?.['type']) {
      case 'CloseStream':
        this.#isDraining = true;
        this.#stopTimer();
        if (this.#options.behaviour.reportsTail ?? true) this.#stream.flush(CLOSE_STREAM);
        else this.#socket.close(null);
        return;
      case 'Configure':
        this.#configure(message);
        return;
      case 'ForceEndTurn':
        if (this.#options.behaviour.forceEndTurn === true) this.#stream.flush(FORCE_END_TURN);
        else this.#misunderstand();
        return;
      default:
        this.#misunderstand();
    }
  }

  #misunderstand(): void {
    this.#fail('UNPARSABLE_CLIENT_MESSAGE', 'The message could not be understood.');
  }

  #configure(message: JsonObject | null): void {
    const query = reconfigured(this.#query, message ?? {});
    if (query === null) {
      this.#say({ type: 'ConfigureFailure' });
      return;
    }
    this.#query = query;
    this.#turns.thresholds = query.thresholds;
    const { thresholds, keyterms, languageHints } = query;
    const hints = query.isMultilingual ? { language_hints: languageHints } : {};
    this.#say({ type: 'ConfigureSuccess', thresholds, keyterms, ...hints });
  }

  #onResult(result: RecogniserResult): void {
    if (this.#socket.isClosing) return;
    const { flushToken } = result;
    if (flushToken !== CLOSE_STREAM) {
      if (result.coversAudio || flushToken === FORCE_END_TURN) {
        this.#turns.take(result, flushToken === FORCE_END_TURN ? 'manual' : 'asHeard');
      }
      return;
    }
    // What is left is told as it stands: the turn does not end.
    if (result.coversAudio) this.#turns.take(result, 'never');
    this.#socket.close(null);
  }

  #onRecogniserError(error: unknown): void {
    const code = TenutoError.is(error) ? error.code : 'RECOGNISER_FAILED';
    const message = error instanceof Error ? error.message : String(error);
    this.#options.logger.error('deepgram simulator: recogniser failed', { code, message });
    this.#fail('INTERNAL_SERVER_ERROR', `${code}: ${message}`);
  }

  /** An Error is fatal: a close follows. Its code is not documented; those of RFC 6455 are the nearest. */
  #fail(code: string, description: string): void {
    this.#say({ type: 'Error', code, description });
    const isOurs = code === 'INTERNAL_SERVER_ERROR';
    this.#socket.close({ code: isOurs ? 1011 : 1008, reason: code });
  }

  /** Every message has the next number, also those that no client knows. */
  #say(message: object): void {
    const { oddities } = this.#options;
    if (isOddTime(oddities)) this.#send({ type: NEW_TYPE, payload: { depth: 1 } });
    this.#send(message);
  }

  #send(message: object): void {
    const { requestId, oddities } = this.#options;
    const numbered = { ...message, request_id: requestId, sequence_id: this.#sequence };
    this.#sequence += 1;
    this.#socket.send(withNewField(JSON.stringify(numbered), oddities));
  }

  /** A timer only sweeps: what counts is when audio last came in. */
  #watchIdle(delayMs: number): void {
    this.#timer = this.#options.clock.setTimeout(() => {
      const { clock, idleTimeoutMs } = this.#options;
      const remainingMs = this.#activeAtMs + idleTimeoutMs - clock.nowMs();
      if (remainingMs > 0) this.#watchIdle(remainingMs);
      else this.#socket.close(DOCUMENTED_CLOSES['NET-0001']);
    }, delayMs);
  }

  #release(): void {
    this.#stopTimer();
    this.#stream.close();
  }

  #stopTimer(): void {
    this.#options.clock.clearTimeout(this.#timer);
  }
}
