/** How the stand-in is started, and what can be done with it. */
import type { Clock, WallClock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import type { SecretsOption } from '../control/names.ts';
import type { FaultListener, FaultsCalledOff, FaultsOnDemand } from '../control/on-demand.ts';
import type { Mind } from '../persona/mind.ts';
import type { Recogniser } from '../recogniser/recogniser.ts';
import type { ServerAddress } from '../server/address.ts';
import type { LastingFaults, OpenAiFault } from './faults.ts';
import type { Item } from './items.ts';
import type { Hint } from './transcriber.ts';

export interface OpenAiSimulatorOptions
  extends ServerAddress, LastingFaults, FaultListener, SecretsOption {
  /** Without one the user is taken to say what `hint` says. Who made it closes it. */
  readonly recogniser?: Recogniser;
  /** The text of a turn, where no recogniser hears it. Default: none. */
  readonly hint?: Hint;
  /** Default: one that repeats what it heard, and calls a tool whose name it hears. */
  readonly mind?: Mind;
  /** Keys that may connect, and make ephemeral ones. Default `local`. */
  readonly apiKeys?: readonly string[];
  /** Beginnings of the names of models. Default `gpt-realtime`, `gpt-4o-realtime`, `gpt-4o-mini-realtime`. */
  readonly models?: readonly string[];
  /** How long a session lives. Default 3,600,000. */
  readonly sessionMs?: number;
  /** How it ends then: both forms are reported of the service. Default `both`: the event, and the close with it. */
  readonly expiresBy?: 'event' | 'close' | 'both';
  /** Answers come this much faster than they sound. Default 8. */
  readonly replySpeedRatio?: number;
  readonly clock?: Clock;
  readonly wallClock?: WallClock;
  /** For what is sent at random (`oddities`). */
  readonly random?: Random;
}

export interface OpenAiSimulatorStats {
  readonly connectionsOpened: number;
  readonly connectionsOpen: number;
  readonly refusedByStatus: Readonly<Record<number, number>>;
  readonly closesByCode: Readonly<Record<number, number>>;
  readonly audioSamples: number;
  readonly repliesAsked: number;
}

/** A session that stands: what the service would know of it. */
export interface SimulatedSession {
  readonly session: JsonObject;
  readonly items: readonly Item[];
}

export interface OpenAiSimulator extends FaultsOnDemand, FaultsCalledOff {
  /** For `openaiRealtime({ baseUrl })`: such as `ws://127.0.0.1:40123/v1`. */
  readonly baseUrl: string;
  /** For the service's own client, and for HTTP: such as `https://127.0.0.1:40123/v1`. */
  readonly httpUrl: string;
  readonly port: number;
  /** Counted since the start; a copy on every reading. */
  readonly stats: OpenAiSimulatorStats;
  /** In the order in which they were opened. */
  readonly sessions: readonly SimulatedSession[];
  inject(fault: OpenAiFault): void;
  /** Cuts every socket and frees the port. */
  close(): Promise<void>;
}
