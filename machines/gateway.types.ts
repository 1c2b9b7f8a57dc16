/** What the gateway's chart is told, what it remembers, and what it orders. */

export interface GatewayInput {
  /** Of its clients a gateway asks no more than this to go within a second. */
  readonly askRatioPerS: number;
}

export interface GatewayContext {
  readonly askRatioPerS: number;
  /** How long the drain may take, and when it ends; 0 before one. */
  readonly drainMs: number;
  readonly endsAtMs: number;
  /** How long sessions have to leave when it stops. */
  readonly stopMs: number;
  /** Clients that are still to be asked to go, and how many of them within a second. */
  readonly unasked: number;
  readonly perSecond: number;
}

/** SIGTERM, or an operator: clients are asked to go elsewhere. */
export interface GatewayDrain {
  readonly type: 'gateway.drain';
  readonly atMs: number;
  /** Whoever is there then is let go of. */
  readonly deadlineMs: number;
  /** Sessions have as long after that to leave, and no longer than `STOP_MS`. */
  readonly stopMs: number;
  /** Nobody can have the sessions before this gateway has let go of them: clients have nowhere to go meanwhile. */
  readonly isHandover: boolean;
  /** Sockets that are there, whoever they are. */
  readonly sockets: number;
  /** Those of them that have a session. */
  readonly clients: number;
}

export interface GatewayFact {
  readonly type:
    /** At once, with whoever is there. */
    | 'gateway.stop'
    /** In a drain: somebody whose welcome was on its way has a session now. */
    | 'client.welcomed'
    /** No socket is left. */
    | 'sockets.gone'
    /** What sessions had accepted when that was ordered is in the log; they are still there. */
    | 'sessions.settled'
    /** What sessions have accepted is in the log, and they are let go of. */
    | 'sessions.left'
    /** It took no record, or did not say. */
    | 'store.failed'
    | 'store.answered';
}

export type GatewayEvent = GatewayDrain | GatewayFact;

export type GatewayOrder =
  /** So many more are told to go elsewhere, until then. */
  | { readonly type: 'clients.ask'; readonly count: number; readonly endsAtMs: number }
  /** Sessions get what they have accepted into the log, and stay. */
  | { readonly type: 'sessions.settle' }
  /** Every socket is closed, and was told what is committed. */
  | { readonly type: 'sockets.close' }
  /** Sessions get what they have accepted into the log, and are let go of. */
  | { readonly type: 'sessions.leave' }
  /** Nothing more is waited for. */
  | { readonly type: 'sessions.release' }
  /** A record of no consequence is written. */
  | { readonly type: 'store.try' };
