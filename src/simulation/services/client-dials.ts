/** What becomes of the dials of one client, told to its expectations. */
import type { ClientClock, DialFact } from './client-side.ts';
import type { Expectations } from './expectations.ts';
import { dialWords, type Note } from './facts.ts';
import type { Part } from './link-checks.ts';
import { nameOf } from './places.ts';
import type { ClientPlan } from './plan.ts';
import { STANDS } from './served.ts';

/** Refusals that no wait mends. */
const FOR_GOOD: readonly (number | undefined)[] = [401, 402, 403];

export interface ClientDialsOptions {
  readonly plan: ClientPlan;
  readonly expectations: Expectations;
  readonly clock: ClientClock;
  readonly note: Note;
  readonly statusOf: (part: Part) => string | undefined;
  /** It was closed, and is. */
  readonly isOver: () => boolean;
}

export class ClientDials {
  readonly #options: ClientDialsOptions;
  #brokenAtMs = -1;

  constructor(options: ClientDialsOptions) {
    this.#options = options;
  }

  /** When it lost a connection for hearing, last. */
  get brokenAtMs(): number {
    return this.#brokenAtMs;
  }

  broke(): void {
    this.#brokenAtMs = this.#options.clock.nowMs();
  }

  take(part: Part, target: number, fact: DialFact): void {
    const { kind, end } = fact;
    const { plan, expectations, clock, note, statusOf, isOver } = this.#options;
    const dials = expectations.dialsOf(part);
    const nowMs = clock.nowMs();
    note(dialWords(fact), { to: nameOf(target) });
    if (kind === 'opened') dials.accepted(target);
    if (part === 'hearing' && end !== undefined && end.code !== 1000) this.broke();
    if (kind === 'dialled') dials.dialled(target, nowMs, isOver());
    const hintMs = Number(end?.headers?.['retry-after'] ?? 0) * 1_000;
    if (end?.status === 429 && hintMs > 0 && !plan.hasStandby) {
      dials.refusedUntil(target, nowMs + hintMs);
    }
    if (end?.kind === 'refused' && FOR_GOOD.includes(end.status) && !plan.isKeyRenewable) {
      // What a second socket beside one that stands is told, the next in its place may not be.
      const beside = Number(plan.hasStandby) + Number(STANDS.includes(statusOf(part) ?? ''));
      dials.refusedForGood(target, beside);
    }
  }
}
