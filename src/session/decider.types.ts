/** What decides for a session, and what it tells. */
import type { ConnectionActor, OrchestratorActor } from './wired-machine.ts';
import type {
  ConnectionSignal,
  ConnectionStatus,
  NetworkEvent,
} from '../../machines/connection.types.ts';
import type { OrchestratorSignal } from '../../machines/orchestrator.types.ts';

export interface Decider {
  readonly actor: ConnectionActor | OrchestratorActor;
  order(type: 'session.connect' | 'session.close'): void;
  tellNetwork(event: NetworkEvent): void;
  /** A chunk was captured. */
  heard(chunk: Uint8Array): void;
  /** An answer is made or played until then, as far as that is known now. */
  answering(untilMs: number): void;
  /** The session closes: what is left is delivered by who serves now. */
  closing(): void;
  stop(): void;
}

export interface DeciderHandlers {
  onSignal(signal: ConnectionSignal | OrchestratorSignal): void;
  onStatus(status: ConnectionStatus): void;
  /** The chart itself failed: a bug. */
  onBroken(error: unknown): void;
}
