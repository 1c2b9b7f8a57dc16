/** What the part `rates` is to the session that has it. */
import type { GuardedStream, StreamOptions } from './guarded-stream.ts';
import type { ResolvedOptions } from './options.ts';
import { partOf } from './parts.ts';
import type { SessionPart } from './parts.ts';
import type { Filled, SilenceFill } from './silence-fill.ts';
import type { Failure } from '../../machines/failure.ts';

export interface RatesPart extends SessionPart {
  streamFor(options: StreamOptions, onFaulty: (failure: Failure) => void): GuardedStream;
  readonly fillFor: (link: Filled) => SilenceFill | null;
}

export function ratesOf({ parts }: Pick<ResolvedOptions, 'parts'>): RatesPart | null {
  return partOf(parts, 'rates') as RatesPart | null;
}
