/** A path through a chart: what happens, and what is so before and after each step. */
import type { Situation } from './steps.ts';

export interface ModelStep {
  readonly event: { readonly type: string };
  /** The event in a reader's words: `socket.lost (transient)`. */
  readonly label: string;
  readonly descriptor: string;
  /** Time that passes before the event, or until the timer. */
  readonly passMs: number;
  readonly from: Situation;
  readonly to: Situation;
}

export interface ModelPath {
  /** One sentence, such as `After session.connect, socket.lost (transient) leads to error.` Unique in its set. */
  readonly name: string;
  readonly start: Situation;
  readonly steps: readonly ModelStep[];
}
