/** What an engine is given by the one before it, and what it tells. */
import type { LossFacts } from './events.types.ts';
import type { PeerKind } from './link.types.ts';
import type { MessageSession } from './message-session.ts';
import type { ResolvedSocketOptions } from './options.ts';
import type { Outbox } from './outbox.ts';
import type {
  ConnectionEvent,
  ConnectionStatus,
  ReplayResult,
  RestoreResult,
  SocketCommand,
  SocketInput,
} from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';
import type { Looks } from '../session/looks.ts';

/** What the chart's actors ask of their engine. */
export interface Charted {
  readonly options: ResolvedSocketOptions;
  runSocket(
    input: SocketInput,
    tell: (event: ConnectionEvent) => void,
    receive: (listener: (command: SocketCommand) => void) => void,
    looks: Looks,
  ): () => void;
  restore(input: SocketInput): Promise<RestoreResult>;
  replay(): Promise<ReplayResult>;
}

export interface EngineLegacy {
  readonly outbox: Outbox;
  /** Null: there is none to be taken up. */
  readonly session: MessageSession | null;
  readonly kind: PeerKind;
}

/** As a close event has it. */
export interface Ended {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  /** For a person. */
  readonly cause: string;
  /** What it was given up for. */
  readonly failure?: Failure;
}

export interface Downed extends Ended {
  /** A connection broke; else a dial failed. */
  readonly wasUp: boolean;
  readonly attempt: number;
  readonly delayMs: number;
}

export interface Upped {
  /** Another socket took over from one that had not been given up. */
  readonly wasUp: boolean;
  /** The session is the one before. */
  readonly isResumed: boolean;
  readonly protocol: string;
  readonly extensions: string;
}

export interface EngineHandlers {
  /** What the connection is about, as its chart says. */
  onStatus(status: ConnectionStatus): void;
  onUp(upped: Upped): void;
  onMessage(data: string | Uint8Array): void;
  onDown(downed: Downed): void;
  onLoss(loss: LossFacts): void;
  /** Something is not as it should be, and is no end. */
  onWarning(failure: Failure): void;
  /** For good. @param wasAsked it was closed. */
  onOver(ended: Ended, wasAsked: boolean): void;
  /** Asked of plain connections: whether another is to follow. */
  mayReconnect(ended: Ended): boolean;
}
