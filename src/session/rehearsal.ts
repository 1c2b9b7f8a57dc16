/** Failures on request: what an application can rehearse, without a network that fails. */
import { invalid } from './door.ts';
import type { Failure, FailureKind } from '../../machines/failure.ts';

/** A kind of failure, or `halfOpen`: the link goes silent and nobody says so. */
export type SimulatedFailure = FailureKind | 'halfOpen';

export interface SimulationOptions {
  /** How many of the dials that follow fail in the same way. Default 0. */
  readonly dials?: number;
  /** The server's hint when to come back, in milliseconds. Default none. */
  readonly retryAfterMs?: number;
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
   * Notes what the next dials come to; returns the failure itself.
   * @throws TenutoError OPTION_INVALID.
   */
  plan(kind: FailureKind, options: SimulationOptions): Failure {
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
  if (!Object.hasOwn(CODES, kind)) {
    const kinds = [...Object.keys(CODES), 'halfOpen'].join(', ');
    throw invalid(`There is no failure "${kind}".`, `Take one of ${kinds}.`);
  }
  if (!(dials >= 0) || (Number.isFinite(dials) && !Number.isInteger(dials))) {
    throw invalid(`dials is ${dials}.`, 'Give a whole number that is 0 or more.');
  }
  if (!(retryAfterMs >= 0)) {
    throw invalid(`retryAfterMs is ${retryAfterMs}.`, 'Give a number that is 0 or more.');
  }
}
