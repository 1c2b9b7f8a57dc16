/** What the part `rates` is to the session that has it. */
import type { ResolvedOptions } from './options.ts';
import { partOf } from './parts.ts';
import type { SessionPart } from './parts.ts';
import type { Rates } from './rates.ts';
import type { Arrived, SilenceFacts } from './silence.ts';
import type { ProviderTraits } from '../providers/contract.ts';

export interface RatesPart extends SessionPart {
  ratesFor(traits: ProviderTraits, sampleRateHz: number): Rates | null;
  arrivedThrough(facts: SilenceFacts): Arrived;
}

export function ratesOf({ parts }: Pick<ResolvedOptions, 'parts'>): RatesPart | null {
  return partOf(parts, 'rates') as RatesPart | null;
}
