/** What a stand-in for Whisper is given, and what it can be made to do while it runs. */
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { SecretsOption } from '../control/names.ts';
import type { FaultListener, FaultsCalledOff, FaultsOnDemand } from '../control/on-demand.ts';
import type { Recogniser } from '../recogniser/recogniser.ts';
import type { ServerAddress } from '../server/address.ts';
import type { WhisperFault } from './faults.ts';

export interface WhisperSimulatorOptions extends ServerAddress, FaultListener, SecretsOption {
  readonly recogniser: Recogniser;
  /** Keys that may transcribe at OpenAI's path. Default `local`. */
  readonly apiKeys?: readonly string[];
  /** Asked of each transcription, counted from 1: what becomes of it. What `failNext` planned comes first. */
  readonly faults?: (request: number) => WhisperFault | null;
  /** So long after its start it still loads its model: 503. Default 0. */
  readonly loadingMs?: number;
  /** Where nothing was said it writes what Whisper writes then. Default false. */
  readonly hallucinatesOnSilence?: boolean;
  /** The share of JSON answers with fields that nobody knows, 0 to 1. Default 0. */
  readonly oddityRatio?: number;
  /** For what is sent at random. */
  readonly random?: Random;
  readonly clock?: Clock;
}

/** One transcription that was asked for. */
export interface WhisperRequestLog {
  readonly path: string;
  readonly status: number;
  readonly idempotencyKey: string | null;
  readonly durationMs: number;
  readonly text: string;
}

export interface WhisperSimulator extends FaultsOnDemand, FaultsCalledOff {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly port: number;
  /** The last of them, oldest first; what was never answered is in it with status 0. A copy on every reading. */
  readonly requests: readonly WhisperRequestLog[];
  /** The next transcriptions end so, in this order. */
  failNext(...faults: readonly WhisperFault[]): void;
  /** Cuts everything and frees the port. The recogniser stays: who made it closes it. */
  close(): Promise<void>;
}
