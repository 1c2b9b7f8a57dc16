/** Time, as the only clock that tenuto reads. Everything that waits or measures asks this port. */
export interface Clock {
  /** Monotonic milliseconds; the origin is arbitrary. */
  nowMs(): number;
  /** Runs `callback` once after `delayMs`; the result goes to `clearTimeout`. */
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(handle: unknown): void;
}

/** A platform's timer that is set for longer fires at once (2^31 ms, 24.8 days). */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** The machine's own clock: `performance.now()`, which neither leaps nor turns back. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, Math.min(delayMs, LONGEST_TIMEOUT_MS)),
  clearTimeout: (handle) => {
    clearTimeout(handle as Parameters<typeof clearTimeout>[0]);
  },
};

/** Milliseconds since 1970, as this machine has them: people set it, so it may be wrong and may leap. Never for waiting. */
export type WallClock = () => number;

/** The moment of a date, in milliseconds since 1970. It reads no clock. */
export const utcMs = Date.UTC;

export const systemWallClock: WallClock = () => Date.now();
