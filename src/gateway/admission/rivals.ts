/**
 * Clients that take one session from each other: the newer wins, but not for ever (PROTOCOL.md, P12.6). They come to one gateway
 * or to several, so it stands in the session's log who had it when.
 */
import type { SessionCard } from '../card.ts';
import { RIVAL_EPOCHS_WINDOW_MS } from '../../protocol/limits.ts';

type Owned = Pick<SessionCard, 'inst' | 'takenAtMs'>;

/** 0: `inst` may take the session. Else the ms until it may. @param nowMs by this gateway's wall clock: others' may be ahead. */
export function rivalWaitMs(card: Owned, inst: string, nowMs: number, maxEpochs: number): number {
  if (card.inst === inst) return 0;
  const recent = recentOf(card, nowMs);
  const oldestMs = recent[recent.length - maxEpochs];
  return oldestMs === undefined ? 0 : Math.min(oldestMs - nowMs, 0) + RIVAL_EPOCHS_WINDOW_MS;
}

/** When others took it lately, once `inst` has it. */
export function takenAtMsFor(
  card: Owned,
  inst: string,
  nowMs: number,
): readonly number[] | undefined {
  const recent = recentOf(card, nowMs);
  const taken = card.inst === inst ? recent : [...recent, nowMs];
  return taken.length > 0 ? taken : undefined;
}

/** In order, whoever's clock they are by. One that is wrong counts for nothing. */
function recentOf({ takenAtMs = [] }: Owned, nowMs: number): readonly number[] {
  return takenAtMs
    .filter((atMs) => Math.abs(nowMs - atMs) < RIVAL_EPOCHS_WINDOW_MS)
    .sort((one, other) => one - other);
}
