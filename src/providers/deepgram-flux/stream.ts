/** One socket's worth of Flux. */
import type { Order, ProviderEvent, ProviderStream } from '../contract.ts';
import { FluxTurns } from './turns.ts';
import { CLOSE_STREAM, FORCE_END_TURN, errorTextAt, turnInfoOf, wholeAt } from './wire.ts';
import type { FluxType } from './wire.ts';
import type { Failure, FailureKind } from '../../../machines/failure.ts';
import type { Frame, SocketEnd } from '../../ports/socket.ts';
import { detailOf } from '../wire/detail.ts';
import { objectIn, typeNameOf } from '../wire/json.ts';
import type { JsonObject } from '../wire/json.ts';

const BYTES_PER_SAMPLE = 2;

/** How the service ends a socket on which `CloseStream` was sent: without a status, or in order. */
const DONE_CLOSES: readonly number[] = [1_000, 1_005];

const MAX_FORCED = 8;

/** Codes of `Error` frames that do not pass by themselves; all others do. */
const ERROR_KINDS: Readonly<Record<string, FailureKind>> = {
  UNPARSABLE_CLIENT_MESSAGE: 'config',
  BAD_REQUEST: 'config',
  INVALID_QUERY_PARAMETER: 'config',
  DATA_0000: 'config',
  INVALID_AUTH: 'auth',
  INSUFFICIENT_PERMISSIONS: 'auth',
  ASR_PAYMENT_REQUIRED: 'quota',
};

export interface FluxStreamOptions {
  readonly sampleRateHz: number;
  readonly forcesEndOfTurn: boolean;
  /** Credentials that must not be repeated. */
  readonly secrets: () => readonly string[];
}

export class FluxStream implements ProviderStream {
  readonly #options: FluxStreamOptions;
  readonly #turns: FluxTurns;
  #sentBytes = 0;
  #nextSequence = 0;
  /** `ForceEndTurn`s that were sent, oldest first: whether each asked for a flush. */
  #forced: readonly boolean[] = [];
  #saidGoodbye = false;

  constructor(options: FluxStreamOptions) {
    this.#options = options;
    this.#turns = new FluxTurns(options.sampleRateHz);
  }

  encodeAudio(bytes: Uint8Array): Frame {
    this.#sentBytes += bytes.length;
    return bytes;
  }

  encodeKeepAlive(): null {
    return null;
  }

  /** There is no Finalize; where the account may, the turn is ended instead. */
  encodeFlush(): Frame | null {
    return this.#force({ isFlush: true });
  }

  encodeGoodbye(): Frame {
    this.#saidGoodbye = true;
    return CLOSE_STREAM;
  }

  encodeOrder(order: Order): readonly Frame[] | null {
    const frame = order.kind === 'endTurn' ? this.#force({ isFlush: false }) : null;
    return frame === null ? null : [frame];
  }

  settleSilence(throughSample: number): readonly ProviderEvent[] {
    return this.#turns.settleSilence(throughSample);
  }

  /** The answer to the goodbye is the close itself. Any other end leaves the turn to be replayed. */
  decodeEnd(end: SocketEnd): readonly ProviderEvent[] {
    if (!this.#saidGoodbye || end.kind !== 'closed' || !DONE_CLOSES.includes(end.code)) return [];
    return this.#turns.finish(Math.floor(this.#sentBytes / BYTES_PER_SAMPLE));
  }

  decode(frame: Frame): readonly ProviderEvent[] {
    if (typeof frame !== 'string') return [{ kind: 'ignored', what: 'binary frame' }];
    const message = objectIn(frame);
    if (message === null) return [{ kind: 'ignored', what: typeNameOf(message) }];

    return [...this.#checkSequence(message), ...this.#read(message)];
  }

  #read(message: JsonObject): readonly ProviderEvent[] {
    switch (message['type'] as FluxType) {
      case 'Connected':
        return [{ kind: 'configured' }];
      case 'TurnInfo':
        return this.#hear(message);
      case 'ConfigureSuccess':
        return [];
      case 'ConfigureFailure':
        return [failed('perRequest', 'ConfigureFailure', 'the service kept what was configured')];
      case 'Error':
        return [{ kind: 'failed', failure: this.#errorOf(message) }];
      default:
        return [{ kind: 'ignored', what: typeNameOf(message, this.#options.secrets()) }];
    }
  }

  #hear(message: JsonObject): readonly ProviderEvent[] {
    const info = turnInfoOf(message);
    const events = this.#turns.take(info);
    if (info.event !== 'EndOfTurn' || info.trigger !== 'manual') return events;

    const [answersFlush = false, ...later] = this.#forced;
    this.#forced = later;
    return events.map((event) =>
      event.kind === 'transcript' && event.isFinal ? { ...event, answersFlush } : event,
    );
  }

  #force({ isFlush }: { readonly isFlush: boolean }): Frame | null {
    if (!this.#options.forcesEndOfTurn) return null;
    // Where no turn runs there is no answer: what is remembered of that is bounded.
    this.#forced = [...this.#forced, isFlush].slice(-MAX_FORCED);
    return FORCE_END_TURN;
  }

  /** Every message has the next number: a jump says that the service, or something between, lost some. */
  #checkSequence(message: JsonObject): readonly ProviderEvent[] {
    const sequence = wholeAt(message, 'sequence_id');
    if (sequence === null) return [];
    const expected = this.#nextSequence;
    this.#nextSequence = sequence + 1;
    if (sequence === expected) return [];
    return [
      failed('perRequest', 'sequence_id', `message ${sequence} came where ${expected} was due`),
    ];
  }

  #errorOf(message: JsonObject): Failure {
    const code = errorTextAt(message, 'code') ?? '';
    const detail = errorTextAt(message, 'description') ?? errorTextAt(message, 'message') ?? '';
    const name = code.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
    return {
      kind: Object.hasOwn(ERROR_KINDS, name) ? (ERROR_KINDS[name] ?? 'transient') : 'transient',
      code: code === '' ? 'error frame' : this.#clean(code),
      detail: this.#clean(detail),
    };
  }

  #clean(text: string): string {
    return detailOf(text, this.#options.secrets());
  }
}

function failed(kind: FailureKind, code: string, detail: string): ProviderEvent {
  return { kind: 'failed', failure: { kind, code, detail } };
}
