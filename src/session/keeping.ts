/** The part of a session that its service keeps while nobody is there: it is come back to quickly, and taken from socket to socket. */
import { Claims } from './claims.ts';
import { racing } from './dial-race.ts';
import { Finish } from './finish.ts';
import type { KeepingPart } from './keeping-part.ts';
import type { SessionPart } from './parts.ts';
import { Renewal } from './renewal.ts';

const part: KeepingPart = {
  name: 'keeping',
  race: racing,
  renew: (host) => new Renewal(host),
  claims: (links, tell) => new Claims(links, tell),
  finish: (uplink, carrier) => new Finish(uplink, carrier),
};

/** Needed with services that keep sessions, as our gateway does, which brings it. */
export const keeping: SessionPart = part;
