/** The life of a resumable WebSocket: its state, its engines one after the other, and the events in their order. */
import { gatewayAddress } from '../protocol/address.ts';
import { type Farewell, socketUrl, subprotocols } from './addresses.ts';
import { incomingOf, type SocketBinaryType } from './data.ts';
import { Engine } from './engine.ts';
import type { Downed, Ended, EngineHandlers, EngineLegacy, Upped } from './engine.types.ts';
import {
  LossEvent,
  ReconnectedEvent,
  ReconnectingEvent,
  ResumableCloseEvent,
  ResumableErrorEvent,
  ResumableWarningEvent,
  StatusChangeEvent,
} from './events.ts';
import type { LossFacts, LossReason } from './events.ts';
import { MAX_MESSAGE_BYTES } from './message-frames.ts';
import type { SocketTarget } from './link.types.ts';
import { lossError, overError, dialError, warningError } from './loss-errors.ts';
import { MAX_MESSAGES, type ResolvedSocketOptions } from './options.ts';
import { Outbox, type Outgoing } from './outbox.ts';
import { messageEvent } from './platform-events.ts';
import { CLOSED, CLOSING, CONNECTING, OPEN } from './ready-states.ts';
import type { ReadyState } from './ready-states.ts';
import { checkAddress } from './requests.ts';
import type { SocketCoreOptions } from './socket-core.types.ts';
import { TaskQueue } from './task-queue.ts';
import type { ConnectionStatus } from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';

export class SocketCore implements EngineHandlers, SocketTarget {
  readonly #given: SocketCoreOptions;
  readonly #options: ResolvedSocketOptions;
  readyState: ReadyState = CONNECTING;
  status: ConnectionStatus = 'idle';
  binaryType: SocketBinaryType = 'blob';
  shouldReconnect = true;
  resolvedUrl = '';
  protocol = '';
  extensions = '';
  #engine: Engine | null = null;
  #legacy: EngineLegacy;
  #hasBeenOpen = false;
  /** Of messages that were given up, or sent when it was too late: the standard never forgets them. */
  #bytesNeverSent = 0;
  readonly #events = new TaskQueue();

  constructor(given: SocketCoreOptions) {
    this.#given = given;
    this.#options = given.options;
    const { mode, startsClosed } = given.options;
    const kind = mode === 'auto' ? 'unknown' : mode;
    if (typeof given.protocols !== 'function') subprotocols(given.protocols);
    if (typeof given.url !== 'function') this.#note(this.#address(given.url));
    this.#legacy = { outbox: new Outbox(), session: null, kind };
    if (startsClosed) {
      this.readyState = CLOSED;
      this.shouldReconnect = false;
    } else this.#start();
  }

  get bufferedBytes(): number {
    return (this.#engine?.bufferedBytes ?? this.#legacy.outbox.bytes) + this.#bytesNeverSent;
  }

  get retries(): number {
    return this.#engine?.retries ?? 0;
  }

  /** Whether `send` is to throw, as the standard has it. */
  get isTooEarly(): boolean {
    const { queuesBeforeOpen } = this.#options;
    return this.readyState === CONNECTING && !this.#hasBeenOpen && !queuesBeforeOpen;
  }

  hasRoomFor(messages: number, bytes: number): boolean {
    const { outbox } = this.#legacy;
    const { maxBufferedBytes, maxEnqueuedMessages } = this.#options;
    const maxMessages = this.#engine?.isUp === true ? MAX_MESSAGES : maxEnqueuedMessages;
    return outbox.messages + messages <= maxMessages && outbox.bytes + bytes <= maxBufferedBytes;
  }

  /** False where it was not taken. */
  take(message: Outgoing): boolean {
    const waitsForStart = this.#engine === null && this.#options.startsClosed && !this.#hasBeenOpen;
    if (this.readyState >= CLOSING && !waitsForStart) {
      this.#bytesNeverSent += message.bytes;
      return false;
    }
    const reason = this.#reasonAgainst(message);
    if (reason !== null) {
      this.onLoss({ reason, messages: 1, bytes: message.bytes, isCertain: true });
      return false;
    }
    this.#legacy.outbox.push(message);
    this.#engine?.pump();
    return true;
  }

  /** A Blob's bytes are here; null: they cannot be had. */
  onRead(message: Outgoing, bytes: Uint8Array | null): void {
    message.data = bytes;
    if (bytes === null) {
      this.#legacy.outbox.remove(message);
      this.onLoss({ reason: 'unreadable', messages: 1, bytes: message.bytes, isCertain: true });
    }
    this.#engine?.pump();
  }

  close(farewell: Farewell): void {
    this.shouldReconnect = false;
    if (this.readyState === CLOSED) this.onStatus('disconnected');
    if (this.readyState >= CLOSING) return;
    this.readyState = CLOSING;
    this.#engine?.close(farewell);
  }

  reconnect(farewell: Farewell): void {
    const wasUp = this.#engine?.isUp === true;
    const staysOpen = wasUp && this.#isHidden && this.readyState === OPEN;
    this.#legacy = this.#engine?.abandon(farewell) ?? this.#legacy;
    this.shouldReconnect = true;
    if (!staysOpen) this.readyState = CONNECTING;
    if (wasUp && !staysOpen) {
      const code = farewell.code ?? 1_000;
      const facts = { code, reason: farewell.reason, wasClean: true, willReconnect: true };
      this.#events.post(() =>
        this.#tell(new ResumableCloseEvent({ ...facts, cause: 'reconnect()' })),
      );
    }
    this.#start();
  }

  async url(): Promise<URL> {
    const { url } = this.#given;
    const resolved = this.#address(typeof url === 'function' ? await url() : url);
    this.#note(resolved);
    return resolved;
  }

  #address(given: string | URL): URL {
    const url = socketUrl(given);
    return this.#options.mode === 'gateway' ? new URL(gatewayAddress(url.href)) : url;
  }

  async protocols(): Promise<readonly string[]> {
    const { protocols } = this.#given;
    return subprotocols(typeof protocols === 'function' ? await protocols() : protocols);
  }

  onStatus(current: ConnectionStatus): void {
    const previous = this.status;
    if (previous === current) return;
    this.status = current;
    this.#events.post(() => this.#tell(new StatusChangeEvent(current, previous)));
  }

  onUp({ wasUp, isResumed, protocol, extensions }: Upped): void {
    this.#events.post(() => {
      if (this.readyState >= CLOSING) return;
      this.protocol = protocol;
      this.extensions = extensions;
      const isAgain = this.#hasBeenOpen;
      this.#hasBeenOpen = true;
      if (this.readyState === CONNECTING) {
        this.readyState = OPEN;
        this.#tell(new Event('open'));
      }
      if (isAgain && !(wasUp && isResumed)) this.#tell(new ReconnectedEvent(isResumed));
    });
  }

  onMessage(data: string | Uint8Array): void {
    const { origin } = new URL(this.resolvedUrl);
    this.#events.post(() => {
      if (this.readyState !== OPEN) return;
      this.#tell(messageEvent(incomingOf(data, this.binaryType), origin));
    });
  }

  onDown({ wasUp, attempt, delayMs, ...ended }: Downed): void {
    const isHidden = this.#isHidden;
    this.#events.post(() => {
      if (this.readyState >= CLOSING) return;
      if (!isHidden) {
        this.readyState = CONNECTING;
        if (!wasUp) this.#tell(new ResumableErrorEvent(dialError(ended)));
        this.#tell(new ResumableCloseEvent({ ...ended, willReconnect: true }));
      }
      this.#tell(new ReconnectingEvent({ attempt, delayMs, cause: ended.cause }));
    });
  }

  onLoss(loss: LossFacts): void {
    if (loss.reason === 'closed') this.#bytesNeverSent += loss.bytes;
    const error = lossError(loss);
    this.#events.post(() => {
      if (error !== null) this.#tell(new ResumableErrorEvent(error));
      this.#tell(new LossEvent(loss));
    });
  }

  onWarning(failure: Failure): void {
    this.#events.post(() => this.#tell(new ResumableWarningEvent(warningError(failure))));
  }

  onOver(ended: Ended, wasAsked: boolean): void {
    this.#legacy = this.#engine?.legacy ?? this.#legacy;
    this.#engine = null;
    this.shouldReconnect = false;
    this.onStatus(wasAsked || ended.wasClean ? 'disconnected' : 'error');
    this.#events.post(() => {
      this.readyState = CLOSED;
      if (!wasAsked && !ended.wasClean) this.#tell(new ResumableErrorEvent(overError(ended)));
      else if (!this.#hasBeenOpen) this.#tell(new ResumableErrorEvent(dialError(ended)));
      this.#tell(new ResumableCloseEvent({ ...ended, willReconnect: false }));
    });
  }

  mayReconnect(ended: Ended): boolean {
    const event = new ResumableCloseEvent({ ...ended, willReconnect: true });
    return this.#options.shouldReconnect(event);
  }

  /** Breaks are bridged without the application's seeing them by `close` and `open`. */
  get #isHidden(): boolean {
    const kind = this.#engine?.kind ?? this.#legacy.kind;
    return kind === 'gateway' || this.#options.isTransparent;
  }

  #start(): void {
    this.#engine = new Engine(this.#options, this, this, this.#legacy);
    this.#engine.start();
  }

  #note(url: URL): void {
    checkAddress(url, this.#options);
    this.resolvedUrl = url.href;
  }

  #reasonAgainst({ bytes }: Outgoing): LossReason | null {
    const isGateway = (this.#engine?.kind ?? this.#legacy.kind) === 'gateway';
    if (isGateway && bytes > MAX_MESSAGE_BYTES) return 'tooLarge';
    return this.hasRoomFor(1, bytes) ? null : 'queueFull';
  }

  #tell(event: Event): void {
    this.#given.dispatch(event);
  }
}
