/** Whether who asks may have the session. An unknown one, a wrong token and somebody else's are told in the same words. */
import type { AuditType } from './audit.ts';
import type { Principal } from './auth/principal.ts';
import type { SessionCard } from './card.ts';
import type { Standing } from './records.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { standingOfToken } from './tokens.ts';
import { MAX_EPOCH_LEAD, MAX_SEQ } from '../protocol/limits.ts';
import type { HelloFrame } from '../protocol/types.ts';

/** What there is to be had. */
export interface Claimed {
  readonly card: SessionCard;
  readonly standing: Standing;
}

export interface Verdict {
  readonly refusal: Refusal | null;
  /** What the operator is told beside it. */
  readonly alarm: AuditType | null;
}

export function judge(
  known: Claimed | null,
  { resume = '', inst, att, epoch }: HelloFrame,
  { subject }: Principal,
): Verdict {
  const token = standingOfToken(known?.card ?? null, resume);
  if (known === null || token !== 'good' || known.card.subject !== subject) {
    const alarm = token === 'spent' ? 'token.reused' : 'session.refused';
    return { refusal: refuse('badResumeToken'), alarm };
  }
  const { card, standing } = known;
  if (inst === card.inst && att <= card.att) return plain(refuse('staleAttempt'));
  const isLast = Math.max(epoch, standing.epoch) >= MAX_SEQ; // none can follow it
  if (isLast || epoch > standing.epoch + MAX_EPOCH_LEAD) return plain(refuse('protocolError'));
  return plain(null);
}

/** Its right holder asks for it, and it is over. @param received of the gateway's frames, as the client says. */
export function refusalOfEnded({ card, standing }: Claimed, received: number): Refusal {
  if (card.isGivenUp === true) return refusalOfGivenUp({ card, standing }, received);
  if (card.isLoggedOut === true) return refuse('unknownSession');
  const { up, down: lastSeq } = standing;
  return refuse('graceExpired', card.isConcluded === true ? { up, lastSeq } : { up }); // P17.7
}

/** Its app failed again and again: what it had not handled is lost, and the client was told of some of it. P24.5 */
export function refusalOfGivenUp(
  { card: { setAside = [] }, standing: { up, done } }: Claimed,
  received: number,
): Refusal {
  const told = setAside.filter(({ seq, down }) => seq > done && down <= received).length;
  const unhandled = Math.max(0, up - done - told);
  return refuse('protocolError', { why: 'app-failed', up, unhandled });
}

function plain(refusal: Refusal | null): Verdict {
  return { refusal, alarm: null };
}
