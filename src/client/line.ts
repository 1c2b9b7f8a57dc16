/** What carries a client's audio, and tells of it: a session for PCM, a resumable socket for containers. */
import type { ConnectionStatus } from '../../machines/connection.types.ts';
import type { CutRecording } from './sent-pieces.ts';
import type { Reconnected, Reconnecting, ServerMessage } from './client.types.ts';
import type { TenutoError } from '../ports/errors.ts';
import type { CloseResult } from '../session/events.ts';

export interface LineHooks {
  onStatus(current: ConnectionStatus, previous: ConnectionStatus): void;
  onReconnecting(details: Reconnecting): void;
  onReconnected(details: Reconnected): void;
  onMessage(message: ServerMessage): void;
  /** Of recordings: who takes them lost what came before. */
  onCut(cut: CutRecording): void;
  /** It was given up. */
  onFailed(error: TenutoError): void;
}

export interface Line<Chunk> {
  readonly status: ConnectionStatus;
  readonly error: TenutoError | null;
  readonly buffered: { readonly chunks: number; readonly ms: number };
  /** @throws TenutoError when it is given up, or aborted. */
  connect(signal?: AbortSignal): Promise<void>;
  /** False where it was not taken: then nothing of it went out. */
  write(chunk: Chunk): boolean;
  /** For a while of audio, not for one chunk only. */
  readonly hasRoom: boolean;
  close(): Promise<CloseResult | null>;
}
