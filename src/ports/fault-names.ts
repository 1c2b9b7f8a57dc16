/**
 * Two words for one thing: what a proxy does to a wire (`--faults`), and what a session makes of it (`simulateFailure`). Who gives
 * one where the other is taken is told the right one.
 */
const FAILURE_OF_FAULT: Readonly<Record<string, string>> = {
  reset: 'transient',
  midframe: 'transient',
  refuse: 'transient',
  'http-503': 'transient',
  down: 'transient',
  'half-open': 'halfOpen',
  'half-open-up': 'halfOpen',
  'half-open-down': 'halfOpen',
  stall: 'halfOpen',
  'http-401': 'auth',
  'http-429': 'rateLimited',
};

/** What a session calls that which comes of a fault; null where it has no word for it. */
export function failureOf(fault: string): string | null {
  return Object.hasOwn(FAILURE_OF_FAULT, fault) ? (FAILURE_OF_FAULT[fault] ?? null) : null;
}

/** The faults of which comes what a session calls by that name, in whatever letters; the plainest first. */
export function faultsOf(failure: string): readonly string[] {
  return Object.keys(FAILURE_OF_FAULT).filter(
    (fault) => FAILURE_OF_FAULT[fault]?.toLowerCase() === failure.toLowerCase(),
  );
}
