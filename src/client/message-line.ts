/**
 * A recording in a container, as messages to an app of a gateway: once and in order, over any number of sockets.
 *
 * Before each piece goes what it is, as JSON: `{ "type": "audio", "recording", "isHeader", "mimeType", "capturedAtMs",
 * "durationMs", "bytes" }`; then its bytes, in as many binary messages as they take. Those of one recording, one after the other,
 * are a file.
 */
import { closed } from './client-errors.ts';
import { scheduleOf } from './client-options.ts';
import type { ResolvedClient } from './client-options.ts';
import type { MessageSocket, VoiceClientPlatform } from './client.types.ts';
import type { Line, LineHooks } from './line.ts';
import type { PcmPlace } from './pcm-line.ts';
import { SentPieces } from './sent-pieces.ts';
import type { ConnectionStatus } from '../../machines/connection.types.ts';
import type { RecordedChunk } from '../capture/capture.types.ts';
import { TenutoError } from '../ports/errors.ts';
import type { MessageSpool } from '../ports/spool.ts';
import { RING_BYTES } from '../protocol/limits.ts';
import { aborted } from '../session/door.ts';

/** What a gateway takes in one message (docs/resumable-websocket.md). */
const MOST_BYTES = 65_512;
const MOST_MESSAGES = 16_384;

interface SocketFact {
  readonly current?: ConnectionStatus;
  readonly data?: string | ArrayBuffer;
  readonly error?: TenutoError;
  readonly attempt?: number;
  readonly delayMs?: number;
  readonly cause?: string;
  readonly isResumed?: boolean;
  readonly reason?: string;
  readonly messages?: number;
  readonly bytes?: number;
  readonly isCertain?: boolean;
}

/** After these the app at the other end lacks what came before: it may be another one, or has a hole. */
const CUTS: readonly string[] = ['sessionLost', 'storeLoss'];

export class MessageLine implements Line<RecordedChunk> {
  readonly #open: () => MessageSocket;
  readonly #hooks: LineHooks;
  readonly #maxAttempts: number;
  #socket: MessageSocket | null = null;
  #connecting: Promise<void> | null = null;
  #error: TenutoError | null = null;
  #isClosing = false;
  #pieces = new SentPieces();
  #settle: ((error: TenutoError | null) => void) | null = null;
  #closed: (() => void) | null = null;
  readonly #spool: MessageSpool | null;
  /** Recordings of other lives have lesser numbers: each took a message of its own. */
  readonly #recordingsBefore: number;

  constructor(
    platform: VoiceClientPlatform,
    { url, app, token }: PcmPlace,
    options: ResolvedClient,
    hooks: LineHooks,
  ) {
    const { openMessages } = platform;
    if (openMessages === undefined) throw noMessages();
    this.#hooks = hooks;
    this.#spool = options.spool ?? null;
    this.#recordingsBefore = options.spool?.remains?.taken ?? 0;
    this.#maxAttempts = options.maxReconnectAttempts ?? Infinity;
    this.#open = () =>
      openMessages(url, {
        mode: 'gateway',
        app,
        token,
        connectionTimeout: options.connectionTimeoutMs,
        closeTimeout: options.closeTimeoutMs,
        maxEnqueuedMessages: MOST_MESSAGES,
        insecure: options.insecure,
        ...scheduleOf(options),
        ...(options.spool === undefined ? {} : { spool: options.spool }),
        ...(options.network === undefined ? {} : { network: options.network }),
      });
  }

  get socket(): MessageSocket | null {
    return this.#socket;
  }

  get status(): ConnectionStatus {
    return this.#socket?.status ?? 'idle';
  }

  get error(): TenutoError | null {
    return this.#error;
  }

  get buffered(): { readonly chunks: number; readonly ms: number } {
    return this.#pieces.waiting(this.#socket?.bufferedAmount ?? 0);
  }

  connect(signal?: AbortSignal): Promise<void> {
    if (this.#connecting === null && this.#isOpen) return Promise.resolve();
    this.#connecting ??= this.#connect(signal).finally(() => {
      this.#connecting = null;
    });
    return this.#connecting;
  }

  async #connect(signal?: AbortSignal): Promise<void> {
    const isAborted = (): boolean => signal?.aborted === true;
    if (isAborted()) throw aborted();
    if (this.#isClosing) throw closed();
    this.#error = null;
    const socket = this.#dialled();
    const stop = (): void => {
      this.#isClosing = this.#spool !== null; // it is closed with its socket
      socket.close();
    };
    signal?.addEventListener('abort', stop);
    try {
      const error = await new Promise<TenutoError | null>((resolve) => {
        this.#settle = resolve;
      });
      if (error !== null) throw isAborted() ? aborted() : error;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** One with a spool is the same again: another would find it taken. */
  #dialled(): MessageSocket {
    if (this.#spool !== null && this.#socket !== null) {
      this.#socket.reconnect();
      return this.#socket;
    }
    const previous = this.status;
    const socket = this.#open();
    this.#pieces = new SentPieces();
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#listen(socket, previous);
    return socket;
  }

  get hasRoom(): boolean {
    if (this.#isClosing || !this.#isOpen) return false;
    return this.#socket?.hasRoomFor(MOST_MESSAGES / 2, RING_BYTES / 2) === true;
  }

  /** All of a piece, or nothing: of one that is cut not even the end could be found. */
  write(piece: RecordedChunk): boolean {
    const { bytes, ...rest } = piece;
    const facts = { ...rest, recording: rest.recording + this.#recordingsBefore };
    const socket = this.#socket;
    if (socket === null || this.#isClosing || !this.#isOpen) return false;
    const head = JSON.stringify({ type: 'audio', ...facts, bytes: bytes.length });
    const messages = 1 + Math.ceil(bytes.length / MOST_BYTES);
    const length = head.length + bytes.length; // all of the head is ASCII
    if (!socket.hasRoomFor(messages, length)) {
      this.#hooks.onMessage({ type: 'loss', reason: 'queueFull', messages, isCertain: true });
      return false;
    }
    socket.send(head);
    for (let at = 0; at < bytes.length; at += MOST_BYTES) {
      socket.send(bytes.slice(at, at + MOST_BYTES));
    }
    this.#pieces.add(length, piece);
    return true;
  }

  async close(): Promise<null> {
    this.#isClosing = true;
    const isOver = !this.#isOpen; // it was given up
    const closed = new Promise<void>((resolve) => (this.#closed = resolve));
    this.#socket?.close();
    if (!isOver) await closed;
    return null;
  }

  get #isOpen(): boolean {
    return !['idle', 'disconnected', 'error'].includes(this.status);
  }

  #listen(socket: MessageSocket, before: ConnectionStatus): void {
    let previous = before;
    const on = (type: string, listener: (fact: SocketFact) => void): void => {
      socket.addEventListener(type, (fact) => {
        if (socket === this.#socket) listener(fact);
      });
    };
    const tellStatus = (current: ConnectionStatus): void => {
      this.#hooks.onStatus(current, previous);
      previous = current;
    };
    on('statuschange', ({ current = previous }) => {
      if (current !== 'error') tellStatus(current); // of its reason that is told first
    });
    on('open', () => this.#settle?.(null));
    on('reconnecting', ({ attempt = 1, delayMs = 0, cause = '' }) => {
      const { chunks: bufferedAudioChunks } = this.buffered;
      const maxAttempts = this.#maxAttempts;
      this.#hooks.onReconnecting({ attempt, maxAttempts, delayMs, bufferedAudioChunks, cause });
    });
    on('reconnected', ({ isResumed = false }) => {
      this.#hooks.onReconnected({ isResumed, details: null });
    });
    on('message', ({ data = '' }) => this.#hooks.onMessage({ type: 'data', data }));
    on('loss', ({ reason = '', messages = 0, bytes = 0, isCertain = true }) => {
      this.#hooks.onMessage({ type: 'loss', reason, messages, isCertain });
      const waits = this.#socket?.bufferedAmount ?? 0;
      if (CUTS.includes(reason)) this.#hooks.onCut(this.#pieces.cut(waits, bytes));
    });
    on('warning', ({ error }) => {
      if (error !== undefined) this.#hooks.onMessage({ type: 'warning', error });
    });
    on('error', ({ error }) => (this.#error = error ?? this.#error));
    on('close', () => {
      this.#ended();
      if (this.status === 'error') tellStatus('error');
    });
  }

  #ended(): void {
    const error = this.#error ?? noConnection();
    const wasAsked = this.status === 'disconnected';
    this.#error = wasAsked ? null : error;
    this.#settle?.(this.#isClosing ? closed() : error);
    this.#closed?.();
    if (!wasAsked) this.#hooks.onFailed(error);
  }
}

function noConnection(): TenutoError {
  return new TenutoError({
    code: 'CONNECTION_FAILED',
    message: 'The connection to the gateway ended.',
    remediation: 'Look whether it runs, and call connect again.',
    retryable: true,
  });
}

function noMessages(): TenutoError {
  return new TenutoError({
    code: 'AUDIO_FORMAT_UNSUPPORTED',
    message: 'This platform records no containers.',
    remediation: "Take audioFormat 'audio/pcm'.",
  });
}
