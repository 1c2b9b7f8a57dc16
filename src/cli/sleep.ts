/** Waiting that a signal ends. */
import type { Clock } from '../ports/clock.ts';

export function sleepUntil(dueAtMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const waitMs = dueAtMs - clock.nowMs();
  if (waitMs <= 0 || signal.aborted) return Promise.resolve();

  return new Promise((resolve) => {
    const done = (): void => {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.setTimeout(done, waitMs);
    signal.addEventListener('abort', done);
  });
}

export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
