/** Sessions that did not come to be open: what their clients are told, and how often it was tried. */
import { refusalOfEnded, refusalOfGivenUp } from './judgement.ts';
import type { Claimed } from './judgement.ts';
import type { Lease } from './lease.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { appRetryMs } from '../../machines/lease.rules.ts';
import type { LeaseFault } from '../../machines/lease.types.ts';

/** Who came before so many others begins to be counted anew. */
const MAX_CLIENTS = 1_000;
const NONE: readonly LeaseFault[] = [];

/** Clients for whom a session was begun in vain: there is no log yet that could tell how often. Of this process only. */
export class FailedOpenings {
  readonly #faults = new Map<string, readonly LeaseFault[]>();

  /** @param inst the client's process, as it names itself. */
  of(inst: string): readonly LeaseFault[] {
    return this.#faults.get(inst) ?? NONE;
  }

  note(inst: string, faults: readonly LeaseFault[]): void {
    this.forget(inst);
    const [oldest] = this.#faults.keys();
    if (this.#faults.size >= MAX_CLIENTS && oldest !== undefined) this.forget(oldest);
    this.#faults.set(inst, faults);
  }

  forget(inst: string): void {
    this.#faults.delete(inst);
  }
}

/** A new one. */
export function refusalOfUnopened(lease: Lease, claimed: Claimed): Refusal {
  const isUnopened = lease.context.ending === 'unopened';
  return refusalOf(lease, claimed, 0, isUnopened ? appRetryMs(lease.context) : null);
}

/** One that was taken over. @param received of the gateway's frames, as the client says. @returns `again`: what its app failed on is set aside by now. */
export function outcomeOfVain(lease: Lease, claimed: Claimed, received: number): Refusal | 'again' {
  const isLeft = lease.is('leaving') || lease.is('left');
  const retryAfterMs = isLeft ? appRetryMs(lease.context) : null;
  return retryAfterMs === 0 ? 'again' : refusalOf(lease, claimed, received, retryAfterMs);
}

/** @param retryAfterMs null where it is not its app that failed. */
function refusalOf(
  lease: Lease,
  claimed: Claimed,
  received: number,
  retryAfterMs: number | null,
): Refusal {
  const { ending } = lease.context;
  if (ending === 'failed') return refusalOfGivenUp(claimed, received);
  if (ending === 'lost') return refusalOfEnded(claimed, received);
  return retryAfterMs === null
    ? refuse('storeUnavailable')
    : refuse('capacity', { why: 'app-failed', retryAfterMs });
}
