/** Time, as the only clock that tenuto reads. Everything that waits or measures asks this port. */
export interface Clock {
  /** Monotonic milliseconds; the origin is arbitrary. */
  nowMs(): number;
  /** Runs `callback` once after `delayMs`; the result goes to `clearTimeout`. */
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(handle: unknown): void;
}

/** The machine's own clock: `performance.now()`, which neither leaps nor turns back. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (handle) => {
    clearTimeout(handle as Parameters<typeof clearTimeout>[0]);
  },
};
