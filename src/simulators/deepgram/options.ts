/** How the stand-in is started, and what can be done with it. */
import type { Clock, WallClock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Random } from '../../ports/random.ts';
import type { SecretsOption } from '../control/names.ts';
import type { FaultListener, FaultsCalledOff, FaultsOnDemand } from '../control/on-demand.ts';
import type { Recogniser } from '../recogniser/recogniser.ts';
import type { ServerAddress } from '../server/address.ts';
import type { FluxBehaviour, SpeakBehaviour } from './behaviour.ts';
import type { DeepgramFault, DeepgramServiceName, DocumentedRefusal } from './faults.ts';
import type { Oddities } from './oddities.ts';
import type { Refusal } from './refusal.ts';
import type { DeepgramSimulatorStats } from './tally.ts';

export interface DeepgramSimulatorOptions extends ServerAddress, FaultListener, SecretsOption {
  readonly recogniser: Recogniser;
  /** Keys that may connect and grant tokens. Default `local`. */
  readonly apiKeys?: readonly string[];
  /** Audio may come this much faster than it sounds, beyond 2 s of slack. Default 1.25, as the real service has it. */
  readonly maxRateRatio?: number;
  /** A socket that hears is closed after this long without audio or text, and unless audio comes this soon. Default 10,000. */
  readonly idleTimeoutMs?: number;
  /** How long after a `Finalize` the server begins to answer it. Default 0. */
  readonly finalizeDelayMs?: number;
  /** Of all interims, how many shrink or begin differently than the one before, 0 to 1. Default 0. */
  readonly waveringRatio?: number;
  /** Sockets open at once; one more is refused with 429. Default 100. */
  readonly maxConcurrent?: number;
  readonly flux?: FluxBehaviour;
  readonly speak?: SpeakBehaviour;
  /** Unknown fields and messages, at random. Default none. */
  readonly oddities?: Oddities;
  /** For interims that waver. */
  readonly random?: Random;
  readonly clock?: Clock;
  /** For the dates that it tells. */
  readonly wallClock?: WallClock;
  readonly logger?: Logger;
}

export interface DeepgramSimulator extends FaultsOnDemand, FaultsCalledOff {
  /** The server's root, such as `ws://127.0.0.1:40123`. */
  readonly url: string;
  /** The same for plain requests, such as `http://127.0.0.1:40123`. */
  readonly httpUrl: string;
  readonly port: number;
  /** Counted since the start; a copy on every reading. */
  readonly stats: DeepgramSimulatorStats;
  /** A temporary token, good for connecting within 30 s. */
  grantToken(): string;
  /**
   * Lets this befall every socket that stands, or those of one service.
   * @returns how many it were.
   */
  provoke(fault: DeepgramFault, on?: DeepgramServiceName): number;
  /** The next sockets, or texts over HTTP, are refused, though their credential is right. `times`: default 1. */
  refuseNext(refusal: DocumentedRefusal | Refusal, times?: number): void;
  /** Cuts every socket and frees the port. The recogniser stays: who made it closes it. */
  close(): Promise<void>;
}
