/**
 * One socket's life in the data plane: dialled, fed, listened to, let go. It decides nothing: what happens to it is
 * told to whoever dialled it, once.
 */
import type { Failure } from '../../machines/failure.ts';
import type { AudioFormat } from '../ports/audio-format.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  DialRequest,
  Frame,
  Socket,
  SocketEnd,
  SocketHandlers,
  Transport,
} from '../ports/socket.ts';
import type {
  CredentialReason,
  Provider,
  ProviderEvent,
  ProviderStream,
} from '../providers/contract.ts';

export interface LinkHandlers {
  onOpen(link: Link): void;
  onEvents(link: Link, events: readonly ProviderEvent[]): void;
  onDrain(link: Link): void;
  /** Once, unless it was released before. */
  onLost(link: Link, failure: Failure): void;
}

export interface LinkOptions {
  readonly id: number;
  readonly provider: Provider;
  readonly format: AudioFormat;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly handlers: LinkHandlers;
}

const NORMAL_CLOSURE = 1_000;

/** A credential that takes longer counts as a failed dial. */
const CREDENTIAL_TIMEOUT_MS = 10_000;
const MAX_OPEN_FLUSHES = 16;
const NO_POSITIONS: readonly number[] = [];

export class Link implements SocketHandlers {
  readonly id: number;
  readonly stream: ProviderStream;
  readonly #options: LinkOptions;
  #socket: Socket | null = null;
  #isReleased = false;
  #pingedAtMs: number | null = null;
  #onEnded: (() => void) | null = null;

  lastInboundAtMs: number;
  lastOutboundAtMs: number;
  openedAtMs: number | null = null;
  rttMs: number | null = null;
  hasAnswered = false;
  hasCommitted = false;
  audioFlowedAtMs: number | null = null;
  /** When the newest flush was asked for that is not answered yet. */
  flushAskedAtMs: number | null = null;
  /** Where the stream stood at each flush that is not answered yet, oldest first: one answer settles one of them. */
  #flushes = NO_POSITIONS;
  #credentialTimer: unknown = null;

  constructor(options: LinkOptions) {
    this.id = options.id;
    this.#options = options;
    this.stream = options.provider.openStream(options.format);
    this.lastInboundAtMs = options.clock.nowMs();
    this.lastOutboundAtMs = this.lastInboundAtMs;
  }

  get bufferedBytes(): number {
    return this.#socket?.bufferedBytes ?? 0;
  }

  async dial(reason: CredentialReason): Promise<void> {
    const { provider, format, clock } = this.#options;
    this.#credentialTimer = clock.setTimeout(() => {
      this.#lose({ kind: 'transient', code: 'credential', detail: 'it did not come in time' });
    }, CREDENTIAL_TIMEOUT_MS);
    try {
      const request = await provider.dial(format, reason);
      this.#stopCredentialTimer();
      if (!this.#isReleased) this.#open(request);
    } catch (error) {
      this.#lose({ kind: 'transient', code: 'credential', detail: textOf(error) });
    }
  }

  #open(request: DialRequest): void {
    try {
      this.#socket = this.#options.transport.dial(request, this);
    } catch (error) {
      this.#lose({ kind: 'config', code: 'dial', detail: textOf(error) }); // the same request fails again
    }
  }

  /** Asks for the final of all that was sent; false where the service has no such question. */
  askFlush(position: number): boolean {
    if (!this.sendControl(this.stream.encodeFlush())) return false;
    this.flushAskedAtMs = this.#options.clock.nowMs();
    this.#flushes = [...this.#flushes, position].slice(-MAX_OPEN_FLUSHES);
    return true;
  }

  /** A flush was answered: the position up to which that settles, at the least. */
  flushAnswered(): number | null {
    const [position = null, ...others] = this.#flushes;
    this.#flushes = others;
    if (others.length === 0) this.flushAskedAtMs = null;
    return position;
  }

  sendAudio(bytes: Uint8Array): void {
    this.audioFlowedAtMs = this.#options.clock.nowMs();
    this.#send(this.stream.encodeAudio(bytes));
  }

  sendControl(frame: Frame | null): boolean {
    if (frame === null) return false;
    this.#send(frame);
    return true;
  }

  /** Asks for a sign of life. */
  probe(): void {
    this.#pingedAtMs ??= this.#options.clock.nowMs();
    if (this.#socket?.ping() !== true) this.#pingedAtMs = null;
  }

  /** Ends the link because of what the provider said on it. */
  fail(failure: Failure): void {
    this.#lose(failure);
  }

  /** Says goodbye and resolves when the service has closed, or at `giveUp`. */
  async goodbye(giveUp: Promise<void>): Promise<void> {
    const ended = new Promise<void>((resolve) => (this.#onEnded = resolve));
    if (!this.sendControl(this.stream.encodeGoodbye())) this.#socket?.close(NORMAL_CLOSURE, '');
    await Promise.race([ended, giveUp]);
  }

  /** Lets the socket go at once; nothing is told any more. */
  release(): void {
    this.#isReleased = true;
    this.#stopCredentialTimer();
    this.#onEnded?.();
    this.#socket?.terminate();
    this.#socket = null;
  }

  #send(frame: Frame): void {
    this.lastOutboundAtMs = this.#options.clock.nowMs();
    this.#socket?.send(frame);
  }

  onOpen(): void {
    if (this.#isReleased) return;
    this.openedAtMs = this.#options.clock.nowMs();
    this.lastInboundAtMs = this.openedAtMs;
    this.lastOutboundAtMs = this.openedAtMs;
    this.#options.handlers.onOpen(this);
  }

  onFrame(frame: Frame): void {
    if (this.#isReleased) return;
    this.lastInboundAtMs = this.#options.clock.nowMs();
    this.#options.handlers.onEvents(this, this.stream.decode(frame));
  }

  onDrain(): void {
    this.#options.handlers.onDrain(this);
  }

  onPong(): void {
    this.lastInboundAtMs = this.#options.clock.nowMs();
    if (this.#pingedAtMs !== null) this.rttMs = this.lastInboundAtMs - this.#pingedAtMs;
    this.#pingedAtMs = null;
  }

  onEnd(end: SocketEnd): void {
    this.#socket = null;
    if (this.#onEnded !== null) {
      this.#onEnded();
      return;
    }
    this.#lose(this.#options.provider.classifyEnd(end));
  }

  #stopCredentialTimer(): void {
    this.#options.clock.clearTimeout(this.#credentialTimer);
    this.#credentialTimer = null;
  }

  #lose(failure: Failure): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#stopCredentialTimer();
    this.#socket?.terminate();
    this.#socket = null;
    this.#options.handlers.onLost(this, failure);
  }
}

function textOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}
