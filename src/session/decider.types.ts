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
  stop(): void;
}

/** Called without `this`. */
export interface DeciderHandlers {
  readonly onSignal: (signal: ConnectionSignal | OrchestratorSignal) => void;
  readonly onStatus: (status: ConnectionStatus) => void;
  /** The chart itself failed: a bug. */
  readonly onBroken: (error: unknown) => void;
}
