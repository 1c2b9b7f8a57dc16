/** Waiting that has an end. */
import type { Clock } from '../ports/clock.ts';

/** Resolves when `work` has, or after that time. @param work never rejects. */
export async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  let timer: unknown = null;
  const late = new Promise<void>((resolve) => {
    timer = clock.setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clock.clearTimeout(timer);
}
