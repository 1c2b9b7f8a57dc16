/** What was opened is closed again, and all of it has one deadline: a disk that says nothing keeps nobody past it. */
import type { Clock } from '../../ports/clock.ts';

/** May reject, throw, or never be done. */
export type Closer = () => Promise<unknown>;

/**
 * Never rejects: what cannot be closed keeps nothing else from it.
 *
 * @param steps the first is closed first, each beside the others of its step. A step that hangs has an equal part of what is
 *   left, so that those after it have some.
 * @param withinMs for all of them.
 * @returns what went wrong.
 */
export async function closeInSteps(
  steps: readonly (readonly Closer[])[],
  clock: Clock,
  withinMs: number,
): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  const endsAtMs = clock.nowMs() + withinMs;
  for (const [at, closers] of steps.entries()) {
    const leftMs = Math.max(0, endsAtMs - clock.nowMs());
    const closed = closers.map(async (close) => {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    });
    await inTime(Promise.all(closed), clock, leftMs / (steps.length - at));
  }
  return failures;
}

async function inTime(work: Promise<unknown>, clock: Clock, ms: number): Promise<void> {
  let timer: unknown = null;
  const late = new Promise<void>((resolve) => {
    timer = clock.setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clock.clearTimeout(timer);
}
