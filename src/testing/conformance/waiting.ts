/** Waiting for facts: whoever waits is asked again each time that something happened. */
import { systemClock } from '../../ports/clock.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TenutoError } from '../../ports/errors.ts';
import { modelMismatch } from '../model-error.ts';
import { VirtualClock } from '../virtual-clock.ts';

/** Real sockets answer within milliseconds; whoever waits longer than this waits for ever. */
const GUARD_MS = 5_000;

const MEND_EITHER = 'Mend the provider or the script of its service, whichever is wrong.';

export class Facts {
  readonly #waiters = new Set<() => void>();
  #broken: Error | null = null;

  /** Something happened. */
  readonly changed = (): void => {
    for (const look of this.#waiters) look();
  };

  /** Nothing will come of it any more: whoever waits is rejected with this at once, and so is who waits later. */
  readonly breakOff = (error: Error): void => {
    this.#broken ??= error;
    this.changed();
  };

  /**
   * Resolves as soon as it is so; rejects with what the question throws, or with a TenutoError `MODEL_MISMATCH` after
   * 5 s of real time.
   *
   * @param what what is waited for, as in "there came no …".
   * @param remedy what to do where it does not come. Default: the provider or the script is wrong.
   */
  until(isSo: () => boolean, what: () => string, remedy?: () => string | null): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiters.delete(look);
        systemClock.clearTimeout(guard);
      };
      const look = (): void => {
        try {
          if (this.#broken !== null) throw this.#broken;
          if (!isSo()) return;
          leave();
          resolve();
        } catch (error) {
          leave();
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as it was thrown
          reject(error);
        }
      };
      const guard = systemClock.setTimeout(() => {
        leave();
        reject(mismatch(`there came no ${what()}`, remedy?.() ?? MEND_EITHER));
      }, GUARD_MS);
      this.#waiters.add(look);
      look();
    });
  }
}

export function mismatch(message: string, remediation = MEND_EITHER): TenutoError {
  return modelMismatch(message, remediation);
}

/** Virtual time that can fail, as a platform's timers do when it has run out of something. */
export class FaultyClock extends VirtualClock {
  /** The same time, for whom the faults are not meant. */
  readonly sound: Clock = {
    nowMs: () => super.nowMs(),
    setTimeout: (callback, delayMs) => super.setTimeout(callback, delayMs),
    clearTimeout: (handle) => super.clearTimeout(handle),
  };
  #fault: 'setTimeout' | 'nowMs' | null = null;

  /** The next such call throws. */
  failNext(fault: 'setTimeout' | 'nowMs'): void {
    this.#fault = fault;
  }

  override nowMs(): number {
    this.#failWhereAsked('nowMs');
    return super.nowMs();
  }

  override setTimeout(callback: () => void, delayMs: number): number {
    this.#failWhereAsked('setTimeout');
    return super.setTimeout(callback, delayMs);
  }

  #failWhereAsked(call: 'setTimeout' | 'nowMs'): void {
    if (this.#fault !== call) return;
    this.#fault = null;
    throw new Error(`the clock throws in ${call}, as it was told to`);
  }
}
