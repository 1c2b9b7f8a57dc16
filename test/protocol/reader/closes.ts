/** What a close leads to, and when the next dial is due: P16. */

export type Next =
  'atOnce' | 'backoff' | 'wait' | 'newSession' | 'giveUp' | 'nothing' | 'move' | 'refresh';

/** P16.1, P16.3. */
const BY_CODE: Readonly<Record<number, Next>> = {
  1002: 'atOnce',
  1007: 'atOnce',
  1009: 'giveUp',
  4400: 'atOnce',
  4401: 'refresh',
  4403: 'newSession',
  4404: 'newSession',
  4408: 'atOnce',
  4409: 'nothing',
  4410: 'giveUp',
  4411: 'newSession',
  4412: 'nothing',
  4413: 'giveUp',
  4414: 'giveUp',
  4420: 'wait',
  4421: 'wait',
  4422: 'wait',
  4423: 'giveUp',
  4430: 'move',
};

/** P11.4: of REFUSED with 4400. */
const FINAL = ['no-app', 'bad-audio', 'app-failed'];

export function nextAfter(code: number, why?: unknown): Next {
  if (code === 4400 && FINAL.includes(String(why))) return 'giveUp';
  return BY_CODE[code] ?? 'backoff';
}

/** P16.4: what was asked for, or a minute, more or less by a random part of a fifth. */
export function waitMs(retryAfterMs: unknown, chance: number): number {
  const askedMs = typeof retryAfterMs === 'number' ? retryAfterMs : 60_000;
  return askedMs * (0.8 + 0.4 * chance);
}

/** P16.5. @param dials those of this outage, @param forMs how long it lasts. */
export function backoffMs(dials: number, forMs: number, chance: number): number {
  if (dials === 0) return 0;
  if (forMs < 15_000) return 250 + 250 * chance;
  return Math.min(30_000, 1_000 * 2 ** Math.max(0, dials - 40)) * chance;
}
