/** One socket's worth of speech: which text sounds, and which was spoken to its end. */
import type { Order, ProviderEvent, ProviderStream } from '../contract.ts';
import type { Frame } from '../../ports/socket.ts';
import { detailOf } from '../wire/detail.ts';
import { objectIn, stringAt, typeNameOf } from '../wire/json.ts';
import type { JsonObject } from '../wire/json.ts';

/** What is sent over a socket; tests hold it, and the names below, against the types of the service's own client. */
export type SpeakCommand =
  | { readonly type: 'Speak'; readonly text: string }
  | { readonly type: 'Flush' | 'Clear' | 'Close' };

export type SpeakType = 'Metadata' | 'Flushed' | 'Cleared' | 'Warning' | 'Error';
export type WarningField = 'code' | 'description';
/** As the errors over HTTP are told, and the `Error` frames that were seen on the other sockets. */
type ErrorField = 'err_code' | 'err_msg' | 'warn_code' | 'warn_msg';

/** More than 20 flushes came in 60 s, as the service counts them: by when they arrive. */
const IGNORED_FLUSH = 'EXCESSIVE_FLUSH';

const textAt: (message: JsonObject | null, name: WarningField | ErrorField) => string | null =
  stringAt;
const command = (said: SpeakCommand): string => JSON.stringify(said);
const FLUSH = command({ type: 'Flush' });
const CLEAR = command({ type: 'Clear' });
const CLOSE = command({ type: 'Close' });
const NO_BYTES = new Uint8Array();

export interface SpeakStreamOptions {
  readonly sampleRateHz: number;
  /** Each text is a post: it has its name with it, and needs no `Flush`. */
  readonly isHttp: boolean;
  /** Credentials that must not be repeated. */
  readonly secrets: () => readonly string[];
}

export class SpeakStream implements ProviderStream {
  readonly #options: SpeakStreamOptions;
  /** Names of the texts that `Flushed` has not confirmed, in the order in which they were sent. */
  #unconfirmed: string[] = [];
  /** How many texts each `Clear` cancelled that `Cleared` has not answered; all of them came before those above. */
  #cancelled: number[] = [];
  #oddByte: Uint8Array = NO_BYTES;

  constructor(options: SpeakStreamOptions) {
    this.#options = options;
  }

  /**
   * It hears nothing, and no frame is harmless: audio ends the socket (1003), and so does text that is no command. A
   * session that asks all the same has a mistake in it, and is told so.
   */
  encodeAudio(): never {
    throw new TypeError('Deepgram speak hears nothing: audio was sent to a voice.');
  }

  encodeKeepAlive(): null {
    return null;
  }

  encodeFlush(): null {
    return null;
  }

  encodeGoodbye(): Frame {
    return CLOSE;
  }

  encodeOrder(order: Order): readonly Frame[] | null {
    switch (order.kind) {
      case 'say':
        this.#unconfirmed.push(order.id);
        return this.#options.isHttp
          ? [JSON.stringify({ type: 'Speak', id: order.id, text: order.text })]
          : [command({ type: 'Speak', text: order.text }), FLUSH];
      case 'interrupt':
        return this.#clear();
      default:
        return null;
    }
  }

  decode(frame: Frame): readonly ProviderEvent[] {
    if (typeof frame !== 'string') return this.#hear(frame);
    const message = objectIn(frame);
    switch (message?.['type'] as SpeakType) {
      case 'Metadata':
        return [{ kind: 'configured' }];
      case 'Flushed':
        return this.#confirm();
      case 'Cleared':
        this.#cancelled.shift();
        this.#oddByte = NO_BYTES;
        return [];
      case 'Warning':
        return [this.#warning(message)];
      case 'Error':
        return [this.#error(message)];
      default:
        return [{ kind: 'ignored', what: typeNameOf(message, this.#options.secrets()) }];
    }
  }

  /** Where all was spoken there is nothing to stop, and no `Cleared` to wait for. */
  #clear(): readonly Frame[] {
    if (this.#unconfirmed.length === 0) return [];
    this.#cancelled.push(this.#unconfirmed.length);
    this.#unconfirmed = [];
    return [CLEAR];
  }

  #hear(bytes: Uint8Array): readonly ProviderEvent[] {
    if (this.#cancelled.length > 0) return [];
    const [ref] = this.#unconfirmed;
    if (ref === undefined) return [{ kind: 'ignored', what: 'audio that nobody asked for' }];

    const samples = this.#whole(bytes);
    if (samples.length === 0) return [];
    const { sampleRateHz } = this.#options;
    return [{ kind: 'audio', ref, bytes: samples, sampleRateHz }];
  }

  /** Whole samples, in memory of their own: the frame's is only valid now. Half a sample waits for its other half. */
  #whole(bytes: Uint8Array): Uint8Array {
    const all = new Uint8Array(this.#oddByte.length + bytes.length);
    all.set(this.#oddByte);
    all.set(bytes, this.#oddByte.length);
    const end = all.length - (all.length % 2);
    this.#oddByte = all.slice(end);
    return all.subarray(0, end);
  }

  #confirm(): readonly ProviderEvent[] {
    this.#oddByte = NO_BYTES;
    const [cancelled] = this.#cancelled;
    if (cancelled !== undefined && cancelled > 0) {
      this.#cancelled[0] = cancelled - 1;
      return [];
    }
    if (cancelled !== undefined) {
      // Whose audio was dropped since is not known: all of it is said again on a new socket.
      const detail = 'Clear was never answered';
      return [{ kind: 'failed', failure: { kind: 'transient', code: 'Clear', detail } }];
    }
    const id = this.#unconfirmed.shift();
    return id === undefined
      ? [{ kind: 'ignored', what: 'Flushed that nobody asked for' }]
      : [{ kind: 'spoken', id }];
  }

  #warning(message: JsonObject | null): ProviderEvent {
    const code = textAt(message, 'code') ?? textAt(message, 'warn_code') ?? 'Warning';
    const detail = textAt(message, 'description') ?? textAt(message, 'warn_msg') ?? '';
    const failure = { code: this.#clean(code), detail: this.#clean(detail) };
    // Of a flush that is ignored no `Flushed` comes: which of the later ones is whose is not known any more.
    const kind = code === IGNORED_FLUSH ? 'transient' : 'perRequest';
    return { kind: 'failed', failure: { kind, ...failure } };
  }

  #error(message: JsonObject | null): ProviderEvent {
    const code = textAt(message, 'code') ?? textAt(message, 'err_code') ?? 'error frame';
    const detail = textAt(message, 'description') ?? textAt(message, 'err_msg') ?? '';
    const failure = { code: this.#clean(code), detail: this.#clean(detail) };
    return { kind: 'failed', failure: { kind: 'transient', ...failure } };
  }

  #clean(text: string): string {
    return detailOf(text, this.#options.secrets());
  }
}
