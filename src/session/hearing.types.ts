import type { Carrier } from './carrier.ts';
import type { IgnoredFrames } from './ignored-frames.ts';
import type { Reporter } from './reporter.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';

/** What of a session's wiring hears. */
export interface HearingWiring {
  readonly clock: Clock;
  readonly random: Random;
  readonly reporter: Reporter;
  readonly carrier: Carrier;
  readonly ignored: IgnoredFrames;
}
