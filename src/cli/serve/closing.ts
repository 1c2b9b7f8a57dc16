/** What was opened is closed again in reverse: the store last, for whatever is closed before it may still write. */
import type { Clock } from '../../ports/clock.ts';

/** A store whose disk says nothing, or a service that does not say goodbye, has so long: the process ends all the same. */
const CLOSE_WITHIN_MS = 5_000;

/** Never rejects: what cannot be closed keeps nothing else from it. @returns what went wrong. */
export async function closeInReverse(
  closers: readonly (() => Promise<unknown>)[],
  clock: Clock,
): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  for (const closer of Array.from(closers).reverse()) {
    await closedInTime(closer, clock).catch((error: unknown) => failures.push(error));
  }
  return failures;
}

async function closedInTime(closer: () => Promise<unknown>, clock: Clock): Promise<void> {
  let timer: unknown = null;
  const late = new Promise<void>((resolve) => {
    timer = clock.setTimeout(resolve, CLOSE_WITHIN_MS);
  });
  try {
    await Promise.race([closer(), late]);
  } finally {
    clock.clearTimeout(timer);
  }
}
