/** PCM to a gateway's speech, by a session. */
import { policyOf } from './client-options.ts';
import type { ResolvedClient } from './client-options.ts';
import type { ServerMessage, VoiceClientPlatform } from './client.types.ts';
import type { Line, LineHooks } from './line.ts';
import type { ConnectionStatus } from '../../machines/connection.types.ts';
import type { CapturedChunk } from '../capture/capture.types.ts';
import type { AudioFormat } from '../ports/audio-format.ts';
import type { TenutoError } from '../ports/errors.ts';
import { gateway } from '../providers/gateway/gateway.ts';
import type { Credential, Provider } from '../providers/contract.ts';
import type { CloseResult, SessionEvent } from '../session/events.ts';
import type { Session } from '../session/session.ts';

export interface PcmPlace {
  readonly url: string;
  readonly app: string;
  readonly token: Credential;
}

export function providerOf(place: PcmPlace, options: ResolvedClient): Provider {
  const provider = gateway({
    ...place,
    dialTimeoutMs: options.connectionTimeoutMs,
    insecure: options.insecure,
  });
  const { traits } = provider;
  const keepAliveIntervalMs = options.heartbeatIntervalMs;
  return { ...provider, traits: { ...traits, keepAliveIntervalMs } };
}

export class PcmLine implements Line<CapturedChunk> {
  readonly session: Session;
  readonly hasRoom = true;
  readonly #hooks: LineHooks;
  readonly #closeMs: number;

  constructor(
    platform: VoiceClientPlatform,
    place: PcmPlace,
    format: AudioFormat,
    options: ResolvedClient,
    hooks: LineHooks,
  ) {
    const { graceWindowMs, isGraceGiven, network, clock, logger, closeTimeoutMs, session } =
      options;
    this.#hooks = hooks;
    this.#closeMs = closeTimeoutMs;
    this.session = platform.createSession({
      // A spool keeps what it has room for, unless a time is given.
      ...(session.spool === undefined || isGraceGiven ? { retentionMs: graceWindowMs } : {}),
      ...session,
      candidates: [providerOf(place, options)],
      format,
      reconnect: policyOf(options),
      ...(network === undefined ? {} : { network }),
      clock,
      logger,
    });
    this.session.on('*', (event) => this.#hear(event));
  }

  get status(): ConnectionStatus {
    return this.session.status;
  }

  get error(): TenutoError | null {
    return this.session.error;
  }

  get buffered(): { readonly chunks: number; readonly ms: number } {
    const { buffered: chunks, bufferedMs: ms } = this.session.ledger;
    return { chunks, ms };
  }

  connect(signal?: AbortSignal): Promise<void> {
    return this.session.connect(signal === undefined ? {} : { signal });
  }

  /** What finds no room the session tells as a gap. */
  write({ bytes, capturedAtMs }: CapturedChunk): true {
    this.session.write(bytes, capturedAtMs);
    return true;
  }

  close(): Promise<CloseResult> {
    return this.session.close({ drainTimeoutMs: this.#closeMs });
  }

  #hear(event: SessionEvent): void {
    const hooks = this.#hooks;
    switch (event.type) {
      case 'stateChange':
        hooks.onStatus(event.current, event.previous);
        return;
      case 'connection.reconnecting': {
        const { attempt, maxAttempts, backoffDelayMs: delayMs, bufferedAudioChunks } = event;
        const { code, detail } = event.cause;
        const cause = detail === '' ? code : detail;
        hooks.onReconnecting({ attempt, maxAttempts, delayMs, bufferedAudioChunks, cause });
        return;
      }
      case 'connection.reconnected':
        hooks.onReconnected({ isResumed: event.outcome === 'resumed', details: event });
        return;
      case 'error':
        hooks.onFailed(event.error);
        return;
      default:
        if (isMessage(event)) hooks.onMessage(event);
    }
  }
}

type Told = Exclude<ServerMessage, { type: 'data' | 'loss' }>;

const MESSAGES: Readonly<Record<Told['type'], true>> = {
  transcript: true,
  'transcript.dropped': true,
  gap: true,
  speechStarted: true,
  utteranceEnded: true,
  'gateway.serving': true,
  'gateway.sessionLost': true,
  item: true,
  'item.removed': true,
  'reply.started': true,
  'reply.text': true,
  'reply.ended': true,
  interrupted: true,
  toolCall: true,
  'toolCall.cancelled': true,
  spoken: true,
  warning: true,
};

function isMessage(event: SessionEvent): event is Told {
  return Object.hasOwn(MESSAGES, event.type);
}
