/** What a connection and the chart that owns it tell each other: whether it can serve, and the break that one leaves to the next. */
import type { Failure } from './failure.ts';

/** What a connection tells the chart that owns it. */
export type OwnerFact =
  /** Configured, and waiting to be chosen. */
  | { readonly type: 'candidate.ready'; readonly lane: number; readonly atMs: number }
  /** Audio flows. */
  | { readonly type: 'candidate.served'; readonly lane: number; readonly atMs: number }
  /** What had waited is out: the break is over, and was told. */
  | { readonly type: 'candidate.caughtUp'; readonly lane: number }
  /** A result let audio leave the ring. */
  | { readonly type: 'candidate.confirmed'; readonly lane: number; readonly atMs: number }
  /** A socket was lost, or a dial failed; the connection goes on by itself. */
  | {
      readonly type: 'candidate.lost';
      readonly lane: number;
      readonly atMs: number;
      readonly failure: Failure;
      readonly waitMs: number;
      /** The socket had never been configured. */
      readonly wasDial: boolean;
      readonly outage: Outage | null;
    }
  /** It has given up. */
  | {
      readonly type: 'candidate.failed';
      readonly lane: number;
      readonly atMs: number;
      readonly failure: Failure;
      readonly outage: Outage | null;
    };

export interface Outage {
  /** When the newest break began. */
  readonly sinceMs: number;
  /** Time without a link in the breaks before it: one outage can have several. */
  readonly downtimeMs: number;
  readonly cause: Failure;
  /** The dials that it took. */
  readonly attempts: number;
}
