/** What the part `keeping` is to the session that has it. */
import type { Carrier } from './carrier.ts';
import type { Claims } from './claims.ts';
import type { Demux } from './demux.ts';
import type { RaceOptions } from './dial-race.ts';
import type { SessionEmitter } from './emitter.ts';
import type { Finish } from './finish.ts';
import type { HearingWiring } from './hearing.types.ts';
import type { KeptHearing } from './kept-hearing.ts';
import type { Link } from './link.ts';
import type { ResolvedOptions } from './options.ts';
import { partOf } from './parts.ts';
import type { SessionPart } from './parts.ts';
import type { Renewal } from './renewal.ts';
import type { Failure } from '../../machines/failure.ts';
import type { Retention, RetentionOptions } from '../audio/retention.ts';
import type { Uplink } from '../audio/uplink.ts';
import type { Transport } from '../ports/socket.ts';

export interface KeepingPart extends SessionPart {
  readonly race: (transport: Transport, options: RaceOptions) => Transport;
  readonly retain: (options: RetentionOptions) => Retention;
  /** @param onMissed is told where no new credential came. */
  renew(link: Link, options: ResolvedOptions, onMissed: (failure: Failure) => void): Renewal;
  hearing(wiring: HearingWiring, demux: Demux, emitter: SessionEmitter): KeptHearing;
  claims(links: () => readonly Link[], tell: (link: Link, failure: Failure) => void): Claims<Link>;
  finish(uplink: Uplink, carrier: Carrier): Finish;
}

export function keepingOf({ parts }: Pick<ResolvedOptions, 'parts'>): KeepingPart | null {
  return partOf(parts, 'keeping') as KeepingPart | null;
}

/** What makes the retention of a session whose service keeps audio; undefined where none does. */
export function retentionOf(options: ResolvedOptions): KeepingPart['retain'] | undefined {
  const isKept = options.candidates.some(({ provider }) => provider.traits.keepsAudio === true);
  return isKept ? keepingOf(options)?.retain : undefined;
}
