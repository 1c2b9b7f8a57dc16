/** How every stand-in is asked for faults, and tells of them. */

/**
 * Whom a fault befalls. `sockets`: those that stand when it is asked for, or the next ones, so long after each was opened.
 * `next`: the next so many requests, upgrades, replies or what else its line says. `lasting`: all, from now on. `once`: the
 * server, now.
 */
export type FaultScope = 'sockets' | 'next' | 'lasting' | 'once';

/** What can be asked for, in words and plain data. */
export interface FaultDescription {
  readonly fault: string;
  readonly what: string;
  readonly befalls: FaultScope;
  readonly parameters: readonly FaultParameterDescription[];
}

export interface FaultParameterDescription {
  readonly name: string;
  readonly what: string;
  readonly takes: string;
  readonly default: unknown;
}

/** A fault by its name, and its parameters: `{ fault: 'close', as: 1011, atMs: 5_000 }`. */
export interface FaultRequest {
  readonly fault: string;
  readonly [parameter: string]: unknown;
}

/** What was asked for, with its defaults, and how many sockets it befell at once. */
export interface FaultReceipt {
  readonly asked: FaultRequest;
  readonly struck: number;
  /** Whether it waits for the next socket, request or moment. */
  readonly isWaiting: boolean;
}

/** Something that befell a client because it was asked for. */
export interface FaultHappening {
  /** The fault's name in the table. */
  readonly fault: string;
  /** Such as `closed with 1011`. */
  readonly text: string;
}

/** How every stand-in is asked for faults. */
export interface FaultsOnDemand {
  /** What can be asked for. */
  readonly faults: readonly FaultDescription[];
  /** @throws TenutoError OPTION_INVALID: there is no such fault, a parameter is wrong, or no socket stands that it could befall. */
  ask(request: FaultRequest): FaultReceipt;
}

/** Who can be told that all is to be well. */
export interface FaultsCalledOff {
  /** What was asked for, in whatever way, and still waits for its moment or for the next one, does not come any more. */
  callOff(): void;
}

export interface FaultListener {
  /** Hears of every fault that was asked for by name (`ask`, the endpoint, a list), as it happens. */
  readonly onFault?: (happening: FaultHappening) => void;
}
