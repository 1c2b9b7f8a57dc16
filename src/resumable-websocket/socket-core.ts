/** The life of a resumable WebSocket: its state, its engines one after the other, and the events in their order. */
import type { Farewell } from './addresses.ts';
import { incomingOf, type SocketBinaryType } from './data.ts';
import { Engine } from './engine.ts';
import type { Downed, Ended, EngineHandlers, EngineLegacy, Upped } from './engine.types.ts';
import { eventsOfBreak, eventsOfEnd, eventsOfLoss } from './event-series.ts';
import {
  ReconnectedEvent,
  ReconnectingEvent,
  ResumableCloseEvent,
  ResumableWarningEvent,
  StatusChangeEvent,
} from './events.ts';
import type { LossFacts, LossReason } from './events.types.ts';
import { MAX_MESSAGE_BYTES } from './message-frames.ts';
import { warningError } from './loss-errors.ts';
import { MAX_MESSAGES, type ResolvedSocketOptions } from './options.ts';
import type { Outgoing } from './outbox.ts';
import { messageEvent } from './platform-events.ts';
import { CLOSED, CLOSING, CONNECTING, OPEN } from './ready-states.ts';
import type { ReadyState } from './ready-states.ts';
import type { SocketCoreOptions } from './socket-core.types.ts';
import { SocketPlace } from './socket-place.ts';
import { checkGoesOn, legacyFor } from './socket-spool.ts';
import { TaskQueue } from './task-queue.ts';
import type { ConnectionStatus } from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';
import type { TenutoError } from '../ports/errors.ts';

export class SocketCore implements EngineHandlers {
  readonly #given: SocketCoreOptions;
  readonly #options: ResolvedSocketOptions;
  readonly #place: SocketPlace;
  readyState: ReadyState = CONNECTING;
  status: ConnectionStatus = 'idle';
  binaryType: SocketBinaryType = 'blob';
  shouldReconnect = true;
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
    this.#place = new SocketPlace(given);
    this.#legacy = legacyFor(given.options, kind, this);
    if (startsClosed) {
      this.readyState = CLOSED;
      this.shouldReconnect = false;
    } else this.#start();
  }

  get resolvedUrl(): string {
    return this.#place.resolvedUrl;
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
    this.#legacy.session?.changed();
    this.#engine?.pump();
    return true;
  }

  /** A Blob's bytes are here; null: they cannot be had. */
  onRead(message: Outgoing, bytes: Uint8Array | null): void {
    message.data = bytes;
    this.#legacy.session?.changed();
    if (bytes === null) {
      this.#legacy.outbox.remove(message);
      this.onLoss({ reason: 'unreadable', messages: 1, bytes: message.bytes, isCertain: true });
    }
    this.#engine?.pump();
  }

  close(farewell: Farewell): void {
    this.shouldReconnect = false;
    if (this.readyState === CLOSED) this.#closed(false);
    if (this.readyState >= CLOSING) return;
    this.readyState = CLOSING;
    this.#engine?.close(farewell);
  }

  reconnect(farewell: Farewell): void {
    checkGoesOn(this.#options);
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
        this.#tell(...eventsOfBreak(ended, wasUp));
      }
      this.#tell(new ReconnectingEvent({ attempt, delayMs, cause: ended.cause }));
    });
  }

  onLoss(loss: LossFacts): void {
    if (loss.reason === 'closed') this.#bytesNeverSent += loss.bytes;
    this.#events.post(() => this.#tell(...eventsOfLoss(loss)));
  }

  onWarning(failure: Failure): void {
    this.onTrouble(warningError(failure));
  }

  onTrouble(error: TenutoError): void {
    this.#events.post(() => this.#tell(new ResumableWarningEvent(error)));
  }

  onOver(ended: Ended, wasAsked: boolean): void {
    this.#legacy = this.#engine?.legacy ?? this.#legacy;
    this.#engine = null;
    this.shouldReconnect = false;
    if (wasAsked) this.#closed(this.#legacy.session === null);
    else
      this.onStatus(ended.wasClean && this.#legacy.kind !== 'gateway' ? 'disconnected' : 'error');
    this.#events.post(() => {
      this.readyState = CLOSED;
      this.#tell(...eventsOfEnd(ended, wasAsked, this.#hasBeenOpen));
    });
  }

  mayReconnect(ended: Ended): boolean {
    const event = new ResumableCloseEvent({ ...ended, willReconnect: true });
    return this.#options.shouldReconnect(event);
  }

  /** As the application asked for. */
  #closed(isFinished: boolean): void {
    this.onStatus('disconnected');
    void this.#options.spool?.end(isFinished);
  }

  /** Breaks are bridged without the application's seeing them by `close` and `open`. */
  get #isHidden(): boolean {
    const kind = this.#engine?.kind ?? this.#legacy.kind;
    return kind === 'gateway' || this.#options.isTransparent;
  }

  #start(): void {
    this.#engine = new Engine(this.#options, this.#place, this, this.#legacy);
    this.#engine.start();
  }

  #reasonAgainst({ bytes }: Outgoing): LossReason | null {
    const isGateway = (this.#engine?.kind ?? this.#legacy.kind) === 'gateway';
    if (isGateway && bytes > MAX_MESSAGE_BYTES) return 'tooLarge';
    return this.hasRoomFor(1, bytes) ? null : 'queueFull';
  }

  #tell(...events: readonly Event[]): void {
    for (const event of events) this.#given.dispatch(event);
  }
}
