/** What the part `keeping` is to the session that has it. */
import type { Carrier } from './carrier.ts';
import type { Claims } from './claims.ts';
import type { RaceOptions } from './dial-race.ts';
import type { Finish } from './finish.ts';
import type { Link } from './link.ts';
import type { ResolvedOptions } from './options.ts';
import { partOf } from './parts.ts';
import type { SessionPart } from './parts.ts';
import type { Renewal, RenewalHost } from './renewal.ts';
import type { Failure } from '../../machines/failure.ts';
import type { Uplink } from '../audio/uplink.ts';
import type { Transport } from '../ports/socket.ts';

export interface KeepingPart extends SessionPart {
  readonly race: (transport: Transport, options: RaceOptions) => Transport;
  renew(host: RenewalHost): Renewal;
  claims(links: () => readonly Link[], tell: (link: Link, failure: Failure) => void): Claims<Link>;
  finish(uplink: Uplink, carrier: Carrier): Finish;
}

export function keepingOf({ parts }: Pick<ResolvedOptions, 'parts'>): KeepingPart | null {
  return partOf(parts, 'keeping') as KeepingPart | null;
}
