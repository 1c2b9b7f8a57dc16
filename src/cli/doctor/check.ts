/** One thing that the doctor looked at. */
export interface Check {
  readonly name: string;
  /** `missing`: something works less, and nothing is broken. `unknown`: nobody was asked. */
  readonly state: 'ok' | 'missing' | 'failed' | 'unknown';
  readonly detail: string;
  /** What to do about it; absent where nothing has to be done. */
  readonly remedy?: string;
}

/** Milliseconds that a service has to answer in. */
export const ASK_WITHIN_MS = 5_000;
