/**
 * A WebSocket that outlives its connections, with the interface of the WHATWG WebSockets Standard.
 *
 * To a gateway of ours it speaks `tenuto.v1`: what is sent arrives once and in order, both ways, over any number of sockets and
 * gateways, and the application sees one `open` and one `close`. To every other server it is a WebSocket that reconnects, and
 * says what may have been lost. docs/resumable-websocket.md tells what the options do.
 */
import { farewell } from './addresses.ts';
import { outgoingOf } from './data.ts';
import type { SocketBinaryType, SocketData } from './data.ts';
import type { ResumableErrorEvent, ResumableCloseEvent, ResumableEventMap } from './events.ts';
import { HandlerAttributes } from './handler-attributes.ts';
import type { Handler } from './handler-attributes.ts';
import { resolveSocketOptions } from './options.ts';
import type { ResumableWebSocketOptions } from './options.ts';
import { domException } from './platform-events.ts';
import { defineReadyStates } from './ready-states.ts';
import type { CLOSED, CLOSING, CONNECTING, OPEN, ReadyState } from './ready-states.ts';
import { SocketCore } from './socket-core.ts';
import type { ConnectionStatus } from '../../machines/connection.types.ts';
import type { Transport } from '../ports/socket.ts';

/** An address, or a function that is asked for one before each dial. */
export type UrlProvider = string | URL | (() => string | URL | Promise<string | URL>);

type Protocols = string | readonly string[] | null | undefined;
/** Subprotocols, or a function that is asked for them before each dial. */
export type ProtocolsProvider = Protocols | (() => Protocols | Promise<Protocols>);

type Listener<E extends Event> = ((event: E) => unknown) | { handleEvent(event: E): unknown };
type ListenerOptions = Parameters<EventTarget['addEventListener']>[2];

export class ResumableSocket extends EventTarget {
  declare static readonly CONNECTING: typeof CONNECTING;
  declare static readonly OPEN: typeof OPEN;
  declare static readonly CLOSING: typeof CLOSING;
  declare static readonly CLOSED: typeof CLOSED;
  declare readonly CONNECTING: typeof CONNECTING;
  declare readonly OPEN: typeof OPEN;
  declare readonly CLOSING: typeof CLOSING;
  declare readonly CLOSED: typeof CLOSED;
  readonly #core: SocketCore;
  readonly #heard: (listener: unknown) => unknown;
  readonly #handlers = new HandlerAttributes(this);

  /**
   * @param heard what is listened with for a listener: the same for the same one.
   * @throws TypeError without an address
   * @throws DOMException SyntaxError for an address or a subprotocol that is none
   * @throws TenutoError OPTION_INVALID
   */
  constructor(
    platform: Transport,
    url: UrlProvider,
    protocols: ProtocolsProvider,
    options: ResumableWebSocketOptions,
    heard = (listener: unknown): unknown => listener,
  ) {
    super();
    this.#heard = heard;
    const given: unknown = url;
    if (given === undefined) throw new TypeError('A WebSocket takes an address.');
    this.#core = new SocketCore({
      options: resolveSocketOptions(options, platform),
      url,
      protocols,
      dispatch: (event) => this.dispatchEvent(event),
    });
  }

  /** Libraries know a WebSocket by `[object WebSocket]` as well. */
  get [Symbol.toStringTag](): string {
    return 'WebSocket';
  }

  /** The address as it was resolved: of a function's, the newest; empty before it was asked. */
  get url(): string {
    return this.#core.resolvedUrl;
  }

  get readyState(): ReadyState {
    return this.#core.readyState;
  }

  /** As a session's: what the connection is about, when no break shows in `readyState` too. */
  get status(): ConnectionStatus {
    return this.#core.status;
  }

  /** Bytes of messages that are not acknowledged by a gateway, or not given on by a plain socket. */
  get bufferedAmount(): number {
    return this.#core.bufferedBytes;
  }

  /** The subprotocol in use: `tenuto.v1` where the other end is a gateway of ours. */
  get protocol(): string {
    return this.#core.protocol;
  }

  get extensions(): string {
    return this.#core.extensions;
  }

  get binaryType(): SocketBinaryType {
    return this.#core.binaryType;
  }

  set binaryType(type: SocketBinaryType) {
    const given: string = type;
    if (given === 'blob' || given === 'arraybuffer') this.#core.binaryType = given; // else, as the standard says, nothing
  }

  /** Redials in a row; 0 again when a connection has stood for `minUptime`. */
  get retryCount(): number {
    return this.#core.retries;
  }

  /** Whether a connection that breaks is followed by another: not before `reconnect()` where it starts closed, and not after `close()`. */
  get shouldReconnect(): boolean {
    return this.#core.shouldReconnect;
  }

  /** Whether so many messages of so many bytes together would find room in the queue, all of them. */
  hasRoomFor(messages: number, bytes: number): boolean {
    return this.#core.hasRoomFor(messages, bytes);
  }

  /**
   * Takes a message, to be sent in its turn. Binary data is copied.
   *
   * @returns false where it was not taken, which `loss` and `error` tell as well: there was no room, or it is too long for a
   * gateway; or it is closed.
   * @throws DOMException InvalidStateError before the first connection is open, unless `maxEnqueuedMessages` is given.
   */
  send(...given: [data: SocketData]): boolean {
    if ((given as readonly unknown[]).length === 0) throw new TypeError('send takes a message.');
    if (this.#core.isTooEarly) {
      throw domException('The connection is not open yet.', 'InvalidStateError');
    }
    const core = this.#core;
    return core.take(outgoingOf(given[0], (message, bytes) => core.onRead(message, bytes)));
  }

  /**
   * Sends what was taken, then closes. A gateway acknowledges it first, over as many connections as that takes.
   *
   * @throws DOMException InvalidAccessError for another code than 1000 and 3000 to 4999; SyntaxError for a reason of more
   * than 123 bytes of UTF-8.
   */
  close(code?: number, reason?: string): void {
    this.#core.close(farewell(code, reason));
  }

  /**
   * Lets the connection go, if there is one, and makes another at once: the retries count anew. Also after the end.
   *
   * @throws DOMException as `close`
   */
  reconnect(code?: number, reason?: string): void {
    this.#core.reconnect(farewell(code ?? 1_000, reason));
  }

  override addEventListener<T extends keyof ResumableEventMap>(
    type: T,
    listener: Listener<ResumableEventMap[T]> | null,
    options?: ListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: Listener<Event> | null,
    options?: ListenerOptions,
  ): void;
  override addEventListener(type: string, listener: unknown, options?: ListenerOptions): void {
    super.addEventListener(type, this.#heard(listener) as Listener<Event>, options);
  }

  override removeEventListener<T extends keyof ResumableEventMap>(
    type: T,
    listener: Listener<ResumableEventMap[T]> | null,
    options?: ListenerOptions,
  ): void;
  override removeEventListener(
    type: string,
    listener: Listener<Event> | null,
    options?: ListenerOptions,
  ): void;
  override removeEventListener(type: string, listener: unknown, options?: ListenerOptions): void {
    super.removeEventListener(type, this.#heard(listener) as Listener<Event>, options);
  }

  get onopen(): Handler<Event> {
    return this.#handlers.get('open');
  }

  set onopen(handler: Handler<Event>) {
    this.#handlers.set('open', handler);
  }

  get onmessage(): Handler<MessageEvent> {
    return this.#handlers.get('message');
  }

  set onmessage(handler: Handler<MessageEvent>) {
    this.#handlers.set('message', handler);
  }

  get onerror(): Handler<ResumableErrorEvent> {
    return this.#handlers.get('error');
  }

  set onerror(handler: Handler<ResumableErrorEvent>) {
    this.#handlers.set('error', handler);
  }

  get onclose(): Handler<ResumableCloseEvent> {
    return this.#handlers.get('close');
  }

  set onclose(handler: Handler<ResumableCloseEvent>) {
    this.#handlers.set('close', handler);
  }
}

defineReadyStates(ResumableSocket); // after the class: phones' bundlers know no static blocks
