/** A new credential for a link that stands: asked for in time, and brought to the service on that link. */
import { textOf } from './provider-faults.ts';
import type { Failure } from '../../machines/failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Frame } from '../ports/socket.ts';

/** So long before its end a new credential is asked for, or when half of its time has passed. */
const LEAD_MS = 60_000;
/** Whoever is asked may have the old one still: not more often than this. */
const LEAST_MS = 1_000;
/** After it did not come it is asked for again, at the most this soon. */
const AGAIN_MS = 5_000;
/** A credential that takes longer counts as one that did not come, as on a dial. */
const WITHIN_MS = 10_000;

/** When to ask for the next. @param endsInMs how long the credential in use is still believed. */
export function renewalInMs(endsInMs: number): number {
  return Math.max(LEAST_MS, endsInMs - Math.min(LEAD_MS, endsInMs / 2));
}

/** The same after one that did not come. */
export const RENEWAL_AGAIN_MS = AGAIN_MS;

/** Answered once, unless it was stopped before. */
export class Renewal {
  readonly #clock: Clock;
  readonly #timer: unknown;
  #onSettled: ((settled: Frame | Failure) => void) | null;

  /** @param ask resolves with what brings it; null where there is nobody to ask. */
  constructor(
    clock: Clock,
    ask: () => Promise<Frame | null>,
    onSettled: (settled: Frame | Failure) => void,
  ) {
    this.#clock = clock;
    this.#onSettled = onSettled;
    this.#timer = clock.setTimeout(() => {
      this.#settle(failureOf('it did not come in time'));
    }, WITHIN_MS);
    ask().then(
      (frame) => {
        this.#settle(frame ?? failureOf('there is nobody to ask for another'));
      },
      (error: unknown) => {
        this.#settle(failureOf(textOf(error)));
      },
    );
  }

  stop(): void {
    this.#onSettled = null;
    this.#clock.clearTimeout(this.#timer);
  }

  #settle(settled: Frame | Failure): void {
    const tell = this.#onSettled;
    this.stop();
    tell?.(settled);
  }
}

export function isFailure(settled: Frame | Failure): settled is Failure {
  return typeof settled === 'object' && 'kind' in settled;
}

function failureOf(detail: string): Failure {
  return { kind: 'auth', code: 'credential', detail };
}
