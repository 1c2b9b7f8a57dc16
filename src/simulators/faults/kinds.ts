/** The ways in which the fault proxy can break a connection, and what a plan of them is. */
export const FAULT_KINDS = [
  { kind: 'reset', description: 'resets the connection (RST)' },
  {
    kind: 'midframe',
    description: 'cuts a client frame in its middle, then resets the connection',
  },
  {
    kind: 'half-open',
    description:
      'both ways silent for good, though TCP stays up; new links too, for the time given',
  },
  { kind: 'half-open-up', description: 'the same from client to server only' },
  { kind: 'half-open-down', description: 'the same from server to client only' },
  { kind: 'stall', description: 'nothing passes for a while, then everything flows on' },
  { kind: 'refuse', description: 'resets, and refuses new connections for a while' },
  { kind: 'delay', description: 'adds latency each way for a while' },
  { kind: 'throttle', description: 'limits client to server bytes a second for a while' },
  { kind: 'http-401', description: 'resets, and answers the next upgrades with 401' },
  {
    kind: 'http-429',
    description: 'resets, and answers the next upgrades with 429 and Retry-After',
  },
  { kind: 'http-503', description: 'resets, and answers the next upgrades with 503' },
  {
    kind: 'down',
    description: 'the whole service is gone, for good or for a while, whether it is used or not',
  },
] as const satisfies readonly { readonly kind: string; readonly description: string }[];

export type FaultKind = (typeof FAULT_KINDS)[number]['kind'];

/** What a kind takes after its colon, in the order in which it is written. */
export type FaultArgument = 'durationMs' | 'latencyMs' | 'bytesPerSecond' | 'count' | 'retryAfterS';

export interface Fault {
  readonly kind: FaultKind;
  /** Which of a session's candidates it hits; absent: the first. */
  readonly target?: string;
  /** Plan time at which it falls due; it fires then, or as soon after as there is something to break. */
  readonly atMs: number;
  /** Plan time. For the half-open kinds: how long new connections stay silent too. For `down` absent: for good. */
  readonly durationMs?: number;
  /** How many upgrades are refused. */
  readonly count?: number;
  /** Whole seconds of real time, as the header has them. */
  readonly retryAfterS?: number;
  /** Added each way, in real time. */
  readonly latencyMs?: number;
  /** Of real time, for each connection. */
  readonly bytesPerSecond?: number;
}

export interface FaultPlan {
  /** What the plan's chances were drawn from; null where there was nothing to draw from. */
  readonly seed: number | null;
  /** In order of time. */
  readonly faults: readonly Fault[];
}

const ARGUMENTS: Readonly<Record<FaultKind, readonly FaultArgument[]>> = {
  reset: [],
  midframe: [],
  'half-open': ['durationMs'],
  'half-open-up': ['durationMs'],
  'half-open-down': ['durationMs'],
  stall: ['durationMs'],
  refuse: ['durationMs'],
  delay: ['durationMs', 'latencyMs'],
  throttle: ['durationMs', 'bytesPerSecond'],
  'http-401': ['count'],
  'http-429': ['count', 'retryAfterS'],
  'http-503': ['count'],
  down: ['durationMs'],
};

export function argumentsOf(kind: FaultKind): readonly FaultArgument[] {
  return ARGUMENTS[kind];
}

export function isFaultKind(text: string): text is FaultKind {
  return Object.hasOwn(ARGUMENTS, text);
}

/** Whether what was left out has a meaning of its own, and is not for chance to fill in. */
export function isComplete(kind: FaultKind): boolean {
  return kind === 'down';
}

export function isForGood({ kind, durationMs }: Fault): boolean {
  return kind === 'down' && durationMs === undefined;
}

export function isHalfOpenKind(kind: FaultKind): boolean {
  return kind.startsWith('half-open');
}
