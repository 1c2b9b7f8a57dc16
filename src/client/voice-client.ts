/**
 * A client in a few words: connect, speak, read. A microphone, a session with a gateway, and what becomes of both.
 *
 * The platform's entry brings the parts; all of what keeps the session alive is the session's, which is there as `session`.
 */
import { Audience } from './audience.ts';
import { CaptureRun } from './capture-run.ts';
import { CaptureSources } from './capture-sources.ts';
import { closed, otherAgent } from './client-errors.ts';
import { resolveClient } from './client-options.ts';
import type { ResolvedClient, VoiceClientOptions } from './client-options.ts';
import type {
  ClientToken,
  MessageSocket,
  VoiceClientEvents,
  VoiceClientPlatform,
  VoiceClientStatus,
} from './client.types.ts';
import type { LineHooks } from './line.ts';
import { MessageLine } from './message-line.ts';
import { PcmLine, providerOf } from './pcm-line.ts';
import type { PcmPlace } from './pcm-line.ts';
import type { ConnectionStatus } from '../../machines/connection.types.ts';
import type { CapturedChunk, RecordedChunk } from '../capture/capture.types.ts';
import type { TenutoError } from '../ports/errors.ts';
import { invalid } from '../ports/option-errors.ts';
import { gatewayAddress } from '../protocol/address.ts';
import type { CredentialReason } from '../providers/contract.ts';
import { checkBaseUrl } from '../providers/wire/base-url.ts';
import { signalOf } from '../session/door.ts';
import type { CloseResult } from '../session/events.ts';
import type { Session } from '../session/session.ts';

const EXAMPLE = 'wss://voice.example';
const WORDS = { name: 'url', secret: 'a bearer goes into token' };
const CALL = 'Call connect(agent, user, { signal }).';
const DEFAULT_AGENT = 'speech';
const NAME_OF_APP = { 'audio/pcm': 'speech', 'audio/webm': 'messages', 'audio/mp4': 'messages' };

type AnyLine = PcmLine | MessageLine;

export class VoiceClientCore {
  readonly #platform: VoiceClientPlatform;
  readonly #url: string;
  readonly #token: ClientToken;
  readonly #options: ResolvedClient;
  readonly #audience: Audience;
  readonly #sources: CaptureSources;
  readonly #capture: CaptureRun<CapturedChunk & Partial<RecordedChunk>>;
  #line: AnyLine | null = null;
  #who: { readonly agent: string; readonly user: string | null } | null = null;
  #attempts = 0;
  #hasOpened = false;
  #failure: TenutoError | null = null;
  #closing: Promise<CloseResult | null> | null = null;

  /**
   * @param url of the gateway: `wss://`, or `https://`, which is taken for it.
   * @param token the bearer that the gateway asks for, or who brings one; empty for one that asks for none.
   * @throws TenutoError OPTION_INVALID, AUDIO_FORMAT_UNSUPPORTED
   */
  constructor(
    platform: VoiceClientPlatform,
    url: string,
    token: ClientToken = '',
    options: VoiceClientOptions = {},
  ) {
    this.#platform = platform;
    this.#url = gatewayAddress(checkBaseUrl(url, 'socket', EXAMPLE, WORDS));
    this.#token = token;
    this.#options = resolveClient(options);
    this.#audience = new Audience(this.#options.logger);
    providerOf({ url: this.#url, app: DEFAULT_AGENT, token: '' }, this.#options); // one that is not secret is refused here
    this.#sources = new CaptureSources(platform, this.#options);
    const { clock, graceWindowMs } = this.#options;
    this.#capture = new CaptureRun(clock, graceWindowMs, (event) => {
      if (event.type === 'failed') this.#audience.tell('error', event.error);
      this.#audience.tell('capture', event);
    });
  }

  /** The session that carries the audio, for everything that this class has no word for. Null before `connect`, and with containers. */
  get session(): Session | null {
    return this.#line instanceof PcmLine ? this.#line.session : null;
  }

  /** With containers: the socket that carries them. */
  get socket(): MessageSocket | null {
    return this.#line instanceof MessageLine ? this.#line.socket : null;
  }

  get status(): ConnectionStatus {
    return this.#line?.status ?? 'idle';
  }

  /**
   * Listens until the returned function is called. What a listener throws is reported, as a session reports it (`Session.on`).
   *
   * @throws TenutoError OPTION_INVALID for an event that there is not.
   */
  on<T extends keyof VoiceClientEvents>(
    type: T,
    listener: (...told: VoiceClientEvents[T]) => void,
  ): () => void {
    return this.#audience.on(type, listener);
  }

  off<T extends keyof VoiceClientEvents>(
    type: T,
    listener: (...told: VoiceClientEvents[T]) => void,
  ): void {
    this.#audience.off(type, listener);
  }

  /**
   * Resolves when the gateway serves the client; until then it is dialled again as the options say. Called again after it was given up,
   * it tries again.
   *
   * @param agent which of the gateway's applications is to serve. Default `speech`, and `messages` with containers.
   * @param user for whom a bearer is asked (`token`). Who the user is the bearer proves: the gateway is told nothing else.
   * @throws TenutoError when it is given up, CONNECT_ABORTED, or SESSION_CLOSED after `close`.
   */
  async connect(
    agent?: string,
    user?: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    const signal = signalOf(options);
    if (this.#closing !== null) throw closed();
    for (const name of [agent, user]) {
      if (typeof (name ?? '') !== 'string') throw invalid('agent or user is no text.', CALL);
    }
    const chosen = agent ?? this.#who?.agent ?? NAME_OF_APP[this.#options.audioFormat];
    const who = { agent: chosen, user: user ?? this.#who?.user ?? null };
    if (this.#who !== null && (who.agent !== this.#who.agent || who.user !== this.#who.user)) {
      throw otherAgent(this.#who.agent);
    }
    this.#who = who;
    this.#failure = null;
    const line = (this.#line ??= this.#makeLine(who));
    const connecting = line.connect(signal); // first: messages need a socket that queues them
    this.#capture.flowTo(line);
    await connecting;
  }

  /**
   * Opens the microphone. It may be called before `connect`: what is heard is kept.
   *
   * @throws TenutoError MICROPHONE_DENIED and its like, SESSION_CLOSED
   */
  async startAudioCapture(): Promise<void> {
    if (this.#closing !== null) throw closed();
    this.#failure = null;
    await this.#capture.start(() => this.#sources.make());
  }

  /** What was heard until now goes out; the microphone is let go. Never throws. */
  stopAudioCapture(): Promise<void> {
    return this.#capture.stop(null);
  }

  getStatus(): VoiceClientStatus {
    const { status } = this;
    const { chunks, ms } = this.#line?.buffered ?? { chunks: 0, ms: 0 };
    const waiting = this.#capture.waiting;
    return {
      status,
      isConnected: status === 'connected' || status === 'active',
      isCapturing: this.#capture.isRunning,
      reconnectAttempts: this.#attempts,
      bufferedAudioChunks: chunks + waiting.chunks,
      bufferedAudioMs: ms + waiting.ms,
      agent: this.#who?.agent ?? null,
      user: this.#who?.user ?? null,
      ledger: this.session?.ledger ?? null,
      error: this.#line?.error ?? this.#failure,
    };
  }

  /** Ends it: the microphone is let go, what is left is delivered within `closeTimeoutMs`. Never throws. */
  close(): Promise<CloseResult | null> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<CloseResult | null> {
    await this.#capture.stop(null);
    await this.#sources.close();
    const result = (await this.#line?.close()) ?? null;
    await this.#options.spool?.close();
    this.#audience.tell('close', result);
    return result;
  }

  #makeLine(who: { readonly agent: string; readonly user: string | null }): AnyLine {
    const token = this.#token;
    const bearer =
      typeof token === 'function'
        ? ({ reason }: { readonly reason: CredentialReason }) => token({ reason, ...who })
        : token;
    const place: PcmPlace = { url: this.#url, app: who.agent, token: bearer };
    if (this.#options.audioFormat !== 'audio/pcm') {
      return new MessageLine(this.#platform, place, this.#options, this.#hooks);
    }
    return new PcmLine(this.#platform, place, this.#sources.format, this.#options, this.#hooks);
  }

  get #hooks(): LineHooks {
    const audience = this.#audience;
    return {
      onStatus: (current, previous) => {
        if (current === 'active' || current === 'connected') this.#attempts = 0;
        audience.tell('statusChanged', current, previous);
        const isOpen = current === 'active' || current === 'connected';
        if (!isOpen || this.#hasOpened) return;
        this.#hasOpened = true;
        audience.tell('open');
      },
      onReconnecting: (details) => {
        this.#attempts = details.attempt;
        audience.tell('reconnecting', details.attempt, details);
      },
      onReconnected: (details) => audience.tell('reconnected', details),
      onMessage: (message) => audience.tell('message', message),
      onCut: (cut) => this.#capture.cut(cut),
      onFailed: (error) => {
        this.#failure = error;
        audience.tell('error', error);
        audience.tell('connectionFailed', error);
        void this.#capture.stop(error);
      },
    };
  }
}
