/** What the part `connection` is to every session. */
import type { Decider, DeciderHandlers } from './decider.types.ts';
import type { ResolvedOptions } from './options.ts';
import { watchOf } from './watch-part.ts';
import type { WatchPart } from './watch-part.ts';
import type { Wiring } from './wiring.ts';

export interface ConnectionPart extends WatchPart {
  startDecider(options: ResolvedOptions, wiring: Wiring, handlers: DeciderHandlers): Decider;
}

export function connectionOf(options: ResolvedOptions): ConnectionPart {
  return watchOf(options) as ConnectionPart;
}
