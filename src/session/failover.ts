/** The part of a session that has several connections: who carries it, who stands by, and who may be dialled. */
import { sharedAdmission } from './admission/admission.ts';
import { Dealings } from './dealings.ts';
import type { FailoverPart } from './failover-part.ts';
import { Ladder } from './ladder.ts';
import type { SessionPart } from './parts.ts';

const part: FailoverPart = {
  name: 'failover',
  admission: sharedAdmission,
  deals: (options, owner) =>
    options.admission && new Dealings(options, options.admission.breakers, owner),
  startDecider: (options, wiring, handlers) => new Ladder(options, wiring, handlers),
};

/** Needed with several candidates, with a standby, and with services whose sessions have a known end. */
export const failover: SessionPart = part;
