/** What one client of a run is given. */
import type { Note } from './facts.ts';
import type { Place } from './places.ts';
import type { Report } from './told-audio.ts';
import type { Clock, WallClock } from '../../ports/clock.ts';
import type { SeededRandom } from '../../ports/random.ts';
import type { Admission } from '../../session/admission/admission.ts';

export interface ClientWorld {
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly places: readonly Place[];
  readonly admission: Admission;
  readonly random: SeededRandom;
  readonly report: Report;
  /** Everything that happens, for the hash and the trace. */
  readonly note: Note;
  readonly count: (what: string) => void;
}
