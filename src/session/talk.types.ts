/** What a conversation needs of the session that it belongs to, and of whoever carries it. */
import type { SessionEmitter } from './emitter.ts';
import type { ResolvedOptions } from './options.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Order, Provider, ProviderTraits } from '../providers/contract.ts';

/** The link that carries the conversation. */
export interface Speaker {
  readonly traits: ProviderTraits;
  /** False where the service has no such order. */
  ask(order: Order): boolean;
  /** Where a sample of this link lies in captured audio, in milliseconds. */
  msOf(sample: number): number;
}

export interface TalkOptions {
  /** Who may carry it. */
  readonly candidates: readonly { readonly provider: Provider }[];
  readonly clock: Clock;
  readonly emitter: SessionEmitter;
  readonly logger: Logger;
  /** Sees the charts at work. Default: nobody does. */
  readonly inspect?: ResolvedOptions['inspect'];
  /** Until when an answer is being made or played, as far as that is known now. Default: nobody asks. */
  readonly onAnswering?: (untilMs: number) => void;
}
