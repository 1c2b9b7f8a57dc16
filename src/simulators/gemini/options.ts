/** What a stand-in for Gemini is given, and what it can be made to do while it runs. */
import type { Clock } from '../../ports/clock.ts';
import type { SecretsOption } from '../control/names.ts';
import type { FaultListener, FaultsCalledOff, FaultsOnDemand } from '../control/on-demand.ts';
import type { Mind } from '../persona/mind.ts';
import type { Recogniser } from '../recogniser/recogniser.ts';
import type { ServerAddress } from '../server/address.ts';
import type { HttpAnswer } from '../server/http-answer.ts';
import type { CloseLike, GeminiFaults } from './faults.ts';

export interface GeminiSimulatorOptions extends ServerAddress, FaultListener, SecretsOption {
  /** What hears. Default: nothing but how loud it is; what is said is then up to `hears`. */
  readonly recogniser?: Recogniser;
  /** Without a recogniser: what the n-th turn of a socket says. Default "hello". */
  readonly hears?: (turn: number) => string;
  /** What answers. Default: it repeats what it heard, and calls the tool that was named. */
  readonly mind?: Mind;
  /** Default `local`. */
  readonly apiKeys?: readonly string[];
  /** How many times faster than it sounds an answer is sent. Default 4. */
  readonly speaksAtRatio?: number;
  readonly faults?: GeminiFaults;
  readonly clock?: Clock;
}

export interface GeminiSimulatorStats {
  readonly connectionsOpened: number;
  readonly connectionsOpen: number;
  readonly refusedByStatus: Readonly<Record<number, number>>;
  readonly closesByCode: Readonly<Record<number, number>>;
  readonly audioSamples: number;
}

export interface GeminiSimulator extends FaultsOnDemand, FaultsCalledOff {
  /** For sockets, such as `ws://127.0.0.1:40123`. */
  readonly url: string;
  /** Of the same port, such as `http://127.0.0.1:40123`. */
  readonly httpUrl: string;
  readonly port: number;
  readonly stats: GeminiSimulatorStats;
  /** An ephemeral token, for as long as the server runs. */
  grantToken(): string;
  /** Every socket is told to go, and ends with 1008. */
  goAway(timeLeft: string | null, endsInMs: number): void;
  closeAll(close: CloseLike): void;
  /** Without a close frame: 1006. */
  cutAll(): void;
  /** No handle is known any more. */
  forgetHandles(): void;
  /** Sessions are opened all the same, and closed 0.8 s later; running ones after their next frame. */
  spendQuota(isSpent: boolean): void;
  /** The next upgrades are refused so, one after the other. */
  refuseUpgrade(...answers: readonly HttpAnswer[]): void;
  /** The next setups are answered so, one after the other. */
  closeSetup(...closes: readonly CloseLike[]): void;
  /** The next requests over HTTP are answered so, one after the other. */
  answerHttp(...answers: readonly HttpAnswer[]): void;
  /** Cuts every socket and frees the port. The recogniser stays: who made it closes it. */
  close(): Promise<void>;
}
