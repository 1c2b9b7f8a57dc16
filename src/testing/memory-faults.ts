/** Fault plans as data: what breaks on a network in memory, and when. The same seed draws the same plan. */
import type { Clock } from '../ports/clock.ts';
import { TenutoError } from '../ports/errors.ts';
import { seededRandom } from '../ports/random.ts';

/**
 * `reset`: every socket breaks. `stall`: nothing moves, dials neither, and then everything comes at once. `halfOpen`:
 * the sockets of that moment are up here and dead there; new ones are not. `refuse`: dials are refused. `slow`: what is
 * sent goes out no faster than `bytesPerSecond`.
 */
export type MemoryFaultKind = 'reset' | 'stall' | 'halfOpen' | 'refuse' | 'slow';

export interface MemoryFault {
  readonly kind: MemoryFaultKind;
  /** Counted from the moment at which the plan is given. */
  readonly atMs: number;
  /** How long it lasts; nothing for a `reset`. Default: `halfOpen` for good, the others 3,000 ms. */
  readonly forMs?: number;
  /** Of `slow`. Default 16,000: half of what speech at 16,000 Hz needs. */
  readonly bytesPerSecond?: number;
}

/** What can be broken: a network. */
export interface FaultTarget {
  reset(): void;
  stall(forMs: number): void;
  halfOpen(forMs: number): void;
  refuse(forMs: number): void;
  slow(forMs: number, bytesPerSecond: number): void;
}

export interface DrawnFaults {
  /** Moments are drawn from this long, and every fault but a `halfOpen` is over by then. */
  readonly lengthMs: number;
  /** Default 5. */
  readonly count?: number;
  /** Default: all. */
  readonly kinds?: readonly MemoryFaultKind[];
}

const ALL_KINDS: readonly MemoryFaultKind[] = ['reset', 'stall', 'halfOpen', 'refuse', 'slow'];
const DEFAULT_FOR_MS = 3_000;
const DEFAULT_COUNT = 5;
const SLOW_BYTES_PER_SECOND = 16_000;

/** Draws a plan from a seed. @throws TenutoError FAULT_PLAN_INVALID for no length, no kind or no count. */
export function drawFaults(seed: number, options: DrawnFaults): readonly MemoryFault[] {
  const { lengthMs, count = DEFAULT_COUNT, kinds = ALL_KINDS } = options;
  const random = seededRandom(seed);
  const upTo = (most: number): number => Math.floor(random.unit() * most);
  if (!(lengthMs > 0) || !(count >= 0) || kinds.length === 0) {
    throw invalid(`A plan of ${count} faults of ${kinds.length} kinds in ${lengthMs} ms`);
  }
  const faults = Array.from({ length: count }, (): MemoryFault => {
    const kind = kinds[upTo(kinds.length)] ?? 'reset';
    const atMs = upTo(lengthMs);
    if (kind === 'reset') return { kind, atMs };
    return { kind, atMs, forMs: Math.min(1 + upTo(2 * DEFAULT_FOR_MS), lengthMs - atMs) };
  });

  return faults.sort((one, other) => one.atMs - other.atMs);
}

/** Has the clock carry a plan out; returns the function that calls off what has not happened yet. */
export function runFaults(
  target: FaultTarget,
  clock: Clock,
  plan: readonly MemoryFault[],
): () => void {
  plan.forEach(check);
  const timers = plan.map((fault) =>
    clock.setTimeout(() => {
      carryOut(target, fault);
    }, fault.atMs),
  );

  return () => {
    for (const timer of timers) clock.clearTimeout(timer);
  };
}

function carryOut(target: FaultTarget, fault: MemoryFault): void {
  const { kind, forMs = DEFAULT_FOR_MS, bytesPerSecond = SLOW_BYTES_PER_SECOND } = fault;
  if (kind === 'reset') target.reset();
  else if (kind === 'halfOpen') target.halfOpen(fault.forMs ?? Infinity);
  else if (kind === 'slow') target.slow(forMs, bytesPerSecond);
  else target[kind](forMs);
}

function check(fault: MemoryFault): void {
  const { kind, atMs, forMs = 0, bytesPerSecond = 1 } = fault;
  const isFine =
    ALL_KINDS.includes(kind) &&
    Number.isFinite(atMs) &&
    atMs >= 0 &&
    forMs >= 0 &&
    bytesPerSecond > 0;
  if (!isFine) throw invalid(`The fault ${JSON.stringify(fault)}`);
}

function invalid(what: string): TenutoError {
  return new TenutoError({
    code: 'FAULT_PLAN_INVALID',
    message: `${what} cannot be carried out.`,
    remediation: `Give a kind (${ALL_KINDS.join(', ')}), and times in milliseconds that are 0 or more.`,
  });
}
