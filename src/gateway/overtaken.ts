/** Whoever has had nothing to write since another took a session over has not learnt of it: what it knows of tokens is old. */
import type { Principal } from './auth/principal.ts';
import { judge } from './judgement.ts';
import type { Claimed } from './judgement.ts';
import type { GatewaySession } from './session.ts';
import { lookInLog } from './takeover.ts';
import type { Logs } from './takeover.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import type { HelloFrame } from '../protocol/types.ts';

/** `unknown`: the store does not say. */
export type Whereabouts = 'here' | 'elsewhere' | 'unknown';

/**
 * Whether a session that lives here has gone elsewhere, by a token that only its log knows. That is as much work, and the same
 * answer, as for a session that is not here: by a store that is slow, or away, the two could be told apart (P12.1).
 */
export async function whereaboutsOf(
  logs: Logs,
  live: GatewaySession,
  hello: HelloFrame,
  principal: Principal,
): Promise<Whereabouts> {
  try {
    const known = await lookInLog(logs, live.id);
    if (known === null || isOurs(known, live)) return 'here';
    return isNotHis(known, hello, principal) ? 'here' : 'elsewhere';
  } catch {
    return 'unknown';
  }
}

/** Also what was written just now, and of which we have not heard: a token may be dead here, and live in the log. */
function isOurs({ standing, card }: Claimed, { state }: GatewaySession): boolean {
  return standing.epoch <= state.committed.epoch || card.token === state.card.token;
}

export function isNotHis(known: Claimed, hello: HelloFrame, principal: Principal): boolean {
  return judge(known, hello, principal).refusal?.code === CLOSE.badResumeToken;
}
