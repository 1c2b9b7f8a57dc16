import type { Clock } from '../ports/clock.ts';

/** Runs `work` with a signal that is aborted after `ms`; the timer goes with the work. */
export async function withTimeout<T>(
  clock: Clock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timer = clock.setTimeout(() => {
    controller.abort();
  }, ms);
  try {
    return await work(controller.signal);
  } finally {
    clock.clearTimeout(timer);
  }
}
