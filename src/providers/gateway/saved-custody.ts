/** What a client wrote down of its session, looked through before another process of it goes on with that. */
import type { Claimed } from './claim.ts';
import { MAX_REMEMBERED } from './numbers.ts';
import type { SavedNumbers } from './numbers.ts';
import { TenutoError } from '../../ports/errors.ts';

/** Holds secrets: the token opens the session, together with a bearer. */
export interface SavedCustody extends Claimed {
  readonly numbers: SavedNumbers;
  readonly fin: number;
  readonly startedAtMs: number | null;
  readonly address: string;
}

type Unknown<T> = { readonly [Key in keyof T]?: unknown };

/** @throws TenutoError SPOOL_CORRUPT. */
export function checkedCustody(saved: unknown): SavedCustody {
  if (isCustody(saved)) return saved;
  throw new TenutoError({
    code: 'SPOOL_CORRUPT',
    message: 'What a spool holds of its session at the gateway is not what was written there.',
    remediation:
      'Open the spool with fresh: true, which throws away what is in it, or put it back from a backup.',
  });
}

function isCustody(value: unknown): value is SavedCustody {
  if (typeof value !== 'object' || value === null) return false;
  const saved = value as Unknown<SavedCustody>;
  const { att, epoch, acked, received, fin, startedAtMs, sid, token, lineage } = saved;
  return (
    [saved.inst, saved.address].every((each) => typeof each === 'string') &&
    [sid, token, lineage].every((each) => each === null || typeof each === 'string') &&
    [att, epoch, acked, received, fin].every(isCount) &&
    (startedAtMs === null || Number.isFinite(startedAtMs)) &&
    areNumbers(saved.numbers)
  );
}

/** Of no more chunks than anybody remembers: they are counted one by one. */
function areNumbers(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { start, firstSeq, runs } = value as Unknown<SavedCustody['numbers']>;
  if (!isCount(start) || !isCount(firstSeq) || !Array.isArray(runs)) return false;
  const counts = runs.map((run: unknown) => {
    const [count, samples] = Array.isArray(run) ? (run as readonly unknown[]) : [];
    return isCount(count) && Number.isFinite(samples) ? count : Infinity;
  });
  return counts.reduce((sum, count) => sum + count, 0) <= MAX_REMEMBERED;
}

function isCount(value: unknown): value is number {
  return Number.isFinite(value) && (value as number) >= 0;
}
