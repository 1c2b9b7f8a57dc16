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

/** Calls the listener from now on; returns what ends that. */
export type Subscribe = (listener: () => void) => () => void;

/** The same with a signal that is aborted when nothing came for `ms`. */
export async function withPatience<T>(
  clock: Clock,
  ms: number,
  onProgress: Subscribe,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: unknown = null;
  const wait = (): void => {
    if (timer !== null) clock.clearTimeout(timer);
    timer = clock.setTimeout(() => {
      controller.abort();
    }, ms);
  };
  wait();
  const stop = onProgress(wait);
  try {
    return await work(controller.signal);
  } finally {
    stop();
    clock.clearTimeout(timer);
  }
}
