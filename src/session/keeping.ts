/** The part of a session that its service keeps while nobody is there: it is come back to quickly, and taken from socket to socket. */
import { Claims } from './claims.ts';
import { racing } from './dial-race.ts';
import { Finish } from './finish.ts';
import { KeptHearing } from './kept-hearing.ts';
import type { KeepingPart } from './keeping-part.ts';
import type { SessionPart } from './parts.ts';
import { Renewal } from './renewal.ts';
import { KeptRetention } from '../audio/kept-retention.ts';

const part: KeepingPart = {
  name: 'keeping',
  race: racing,
  retain: (options) => new KeptRetention(options),
  hearing: (wiring, demux, emitter) => new KeptHearing(wiring, demux, emitter),
  renew: (link, { clock, inspect }, onMissed) =>
    new Renewal({
      clock,
      inspect,
      newCredential: () => link.newCredential(),
      bring: (frame) => {
        link.sendFrames([frame]); // the service answers when it ends, or ends the link
      },
      onMissed,
    }),
  claims: (links, tell) => new Claims(links, tell),
  finish: (uplink, carrier) => new Finish(uplink, carrier),
};

/** Needed with services that keep sessions, as our gateway does, which brings it. */
export const keeping: SessionPart = part;
