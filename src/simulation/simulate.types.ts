/** What an application is given in a simulated world, and what it says of itself. */
import type { Fault } from './simulation.types.ts';
import type { App } from '../gateway/app.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import type { SeededRandom } from '../ports/random.ts';
import type { Transport } from '../ports/socket.ts';
import type { NetworkMonitor } from '../network/monitor.ts';
import type { ResumableSocket } from '../resumable-websocket/resumable-socket.ts';
import type { Admission } from '../session/admission/admission.ts';
import type { Session } from '../session/session.ts';

export interface SimulateOptions {
  /** Decides everything: the faults, when what arrives, and every draw of the parts. 0 to 4,294,967,295. */
  readonly seed: number;
  /**
   * Your clients, from client 1 on: each function is called once, in the client's own process, and makes it. Two to four find
   * most; what a fault hits by number goes to one of them.
   */
  readonly clients: readonly ClientFactory[];
  /**
   * The applications of the gateways, by the names that clients ask for: `speech` where a session says nothing else, `messages`
   * of a ResumableWebSocket. Called for each life of each gateway. Default: `messages`, which says everything back. What an app
   * throws by itself is a violation (I19).
   */
  readonly apps?: (process: AppProcess) => Readonly<Record<string, App>> | ReadonlyMap<string, App>;
  /** What goes wrong, instead of what the seed draws, up to `lengthMs`. Empty: nothing does. `docs/simulation.md` has the kinds. */
  readonly faults?: readonly Fault[];
  /** How long faults strike, before all is well again: up to 3,600,000 ms. Default 180,000 ms. */
  readonly lengthMs?: number;
  /** How many gateways there are behind the balancer: 1 to 16. Default 3. */
  readonly gateways?: number;
  /** Keeps a line for each thing that happens, in `trace`. Default false. */
  readonly isTraced?: boolean;
}

/** One life of a gateway. What an application does by another clock goes on after that gateway is dead. */
export interface AppProcess {
  /** Such as `gateway 2/1`: its first life. */
  readonly name: string;
  /** Stands still where the gateway does, and rings no more when it is dead. */
  readonly clock: Clock;
  readonly random: SeededRandom;
}

export type ClientFactory = (place: SimulatedPlace) => SimulatedClient;

export interface SimulatedClient {
  /**
   * The faults are over: deliver what is left and end, within 90 s of simulated time (I10). Give
   * `session.close({ drainTimeoutMs: 90_000 })` that much, or `closeTimeout` of a socket.
   */
  finish(): unknown;
  /** The fault `pause`: the microphone is off for a while. Left out, that fault hits nothing. */
  pause?(isPaused: boolean): void;
}

/** Where a client runs: what it would take from its platform. */
export interface SimulatedPlace {
  /** From 0. */
  readonly index: number;
  /** As traces and messages speak of it: `client 1`. */
  readonly name: string;
  /** May be throttled, skewed or stand still, as a tab's is. Take every timer of yours from it. */
  readonly clock: Clock;
  /** Of this client's own. Take every draw of yours from it. */
  readonly random: SeededRandom;
  /** For `gateway(…)` of tenuto/providers: where the gateways are, and who this client is to them. */
  readonly gateway: {
    readonly url: string;
    readonly token: () => string;
    readonly mayMoveTo: readonly string[];
    readonly wallClock: WallClock;
  };
  /** For `createSession({ candidates, ...place.session })`. */
  readonly session: {
    readonly transport: Transport;
    readonly network: NetworkMonitor;
    readonly admission: Admission;
    readonly clock: Clock;
    readonly random: SeededRandom;
  };
  /** For `new ResumableWebSocket(place.gateway.url, [], place.socket)`. */
  readonly socket: {
    readonly mode: 'gateway';
    readonly transport: Transport;
    readonly network: NetworkMonitor;
    readonly clock: Clock;
    readonly random: SeededRandom;
    readonly wallClock: WallClock;
    readonly token: () => string;
    readonly mayMoveTo: readonly string[];
  };
  /** Does it again and again, first after so long, until the client finishes. */
  every(ms: number, work: () => void): void;
  /** From now on that session or socket is held to what tenuto promises. Returns it. */
  watch<T extends Session | ResumableSocket>(what: T): T;
  /**
   * Something of yours that has to hold after every step. What it returns is what is wrong, in a line, as I20 with the client's
   * name; null: nothing. The first time counts. What it throws is wrong as well.
   */
  expect(look: () => string | null): void;
}
