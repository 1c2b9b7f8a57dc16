/** Failures on request: what an application can rehearse, without a network that fails. */
import type { Failure, FailureKind } from '../../machines/failure.ts';
import type { TenutoError } from '../ports/errors.ts';
import { failureOf } from '../ports/fault-names.ts';
import { checkNumber, checkOptions, invalid } from '../ports/option-errors.ts';

/** A kind of failure, or `halfOpen`: the link goes silent and nobody says so. */
export type SimulatedFailure = FailureKind | 'halfOpen';

export interface SimulationOptions {
  /** How many of the dials that follow fail in the same way. Default 0. */
  readonly dials?: number;
  /** The server's hint when to come back, in milliseconds. Default none. */
  readonly retryAfterMs?: number;
}

/** What of a link is made to fail. */
interface RehearsedLink {
  deafen(): void;
  fail(failure: Failure): void;
}

const CODES: Readonly<Record<FailureKind, string>> = {
  planned: '1001',
  transient: '1006',
  staleHandle: '1008',
  rateLimited: 'http 429',
  quota: 'http 402',
  auth: 'http 401',
  config: 'http 400',
  perRequest: 'request',
};

export class Rehearsal {
  #failure: Failure | null = null;
  #dials = 0;

  /**
   * Lets the link that carries fail, where there is one, and the next dials.
   *
   * @param tell is told of a request that fails alone.
   * @throws TenutoError OPTION_INVALID.
   */
  fail(
    link: RehearsedLink | null,
    kind: SimulatedFailure,
    options: SimulationOptions,
    tell: (failure: Failure) => void,
  ): void {
    checkOptions('simulateFailure', options, { dials: 0, retryAfterMs: 0 });
    if (kind === 'halfOpen') {
      if ((options.dials ?? 0) !== 0) throw noDials();
      link?.deafen();
    } else if (kind === 'perRequest') tell(this.#plan(kind, options));
    else {
      const failure = this.#plan(kind, options);
      link?.fail(failure);
    }
  }

  /** Notes what the next dials come to; returns the failure itself. */
  #plan(kind: FailureKind, options: SimulationOptions): Failure {
    const { dials = 0, retryAfterMs } = options;
    check(kind, options);
    const failure: Failure = {
      kind,
      code: CODES[kind],
      detail: 'simulated',
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
    this.#failure = failure;
    this.#dials = dials;
    return failure;
  }

  /** What the dial that is made now comes to; null where it is a real one. */
  take(): Failure | null {
    if (this.#dials === 0) return null;
    this.#dials -= 1;
    return this.#failure;
  }
}

function check(kind: string, { dials = 0, retryAfterMs = 0 }: SimulationOptions): void {
  if (!Object.hasOwn(CODES, kind)) throw invalid(`There is no failure "${kind}".`, nameFor(kind));
  const isWhole = dials === Infinity || Number.isInteger(dials);
  checkNumber('dials', dials, isWhole && dials >= 0, 'that is whole, and 0 or more');
  checkNumber('retryAfterMs', retryAfterMs, retryAfterMs >= 0, 'that is 0 or more');
}

function noDials(): TenutoError {
  return invalid(
    'No dial fails by halfOpen: dials cannot be given.',
    'Leave dials out, or take another failure.',
  );
}

function nameFor(kind: string): string {
  const name = failureOf(kind);
  return name === null
    ? `Take one of ${Object.keys(CODES).join(', ')}, halfOpen.`
    : `What comes of the fault ${kind} is called '${name}' here.`;
}
