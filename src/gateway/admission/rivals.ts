/**
 * Clients that take one session from each other: the newer wins, but not for ever (PROTOCOL.md, P12.6). They come to one gateway
 * or to several, so it stands in the session's log who had it when.
 */
import type { SessionCard } from '../card.ts';
import { RIVAL_EPOCHS_WINDOW_MS } from '../../protocol/limits.ts';

type Owned = Pick<SessionCard, 'inst' | 'takenAtMs'>;

/** 0: `inst` may take the session. Else the ms until it may. @param nowMs by the wall clock. */
export function rivalWaitMs(card: Owned, inst: string, nowMs: number, maxEpochs: number): number {
  if (card.inst === inst) return 0;
  const recent = recentOf(card, nowMs);
  const oldest = recent[recent.length - maxEpochs];
  return oldest === undefined ? 0 : oldest + RIVAL_EPOCHS_WINDOW_MS - nowMs;
}

/** When others took it lately, once `inst` has it. */
export function takenAtMsFor(card: Owned, inst: string, nowMs: number): readonly number[] {
  const recent = recentOf(card, nowMs);
  return card.inst === inst ? recent : [...recent, nowMs];
}

/** A clock that is wrong counts for nothing. */
function recentOf({ takenAtMs = [] }: Owned, nowMs: number): readonly number[] {
  return takenAtMs.filter((atMs) => Math.abs(nowMs - atMs) < RIVAL_EPOCHS_WINDOW_MS);
}
