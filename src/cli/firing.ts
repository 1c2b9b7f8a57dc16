/** Which faults of a plan did not fire when it says, and why. */
import { clockText } from './io.ts';
import { formatFaultPlan } from '../simulators/faults/plan.ts';
import type { FaultPlan } from '../simulators/faults/plan.ts';
import type { FaultRecord } from '../simulators/faults/proxy.ts';

/** What a plan was run with. */
export interface Run {
  readonly plan: FaultPlan;
  readonly fired: readonly FaultRecord[];
  /** Whom a fault hits that names no service. */
  readonly first: string;
  /** On the clock on which the faults are told. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly speedRatio: number;
}

/** A dial, and a busy machine, take less. */
const LATE_AFTER_MS = 2_000;

/** For a person; empty where each fault fired when it was due. */
export function firingLines(run: Run): readonly string[] {
  const { plan, fired, first, durationMs } = run;
  const { faults } = notReached(plan, fired, first);
  const after = faults.filter(({ atMs }) => atMs >= durationMs);
  const during = faults.filter(({ atMs }) => atMs < durationMs);
  const length = clockText(durationMs);
  return [
    ...lateLines(run),
    ...(during.length === 0
      ? []
      : [
          `not fired, since nothing was in use there in time: ${formatFaultPlan({ ...plan, faults: during })}`,
        ]),
    ...(after.length === 0
      ? []
      : [
          `not fired, since the recording ends at ${length}: ${formatFaultPlan({ ...plan, faults: after })}`,
        ]),
  ];
}

/**
 * The faults of a plan that found nothing to break: what each service has fired are the first of its own.
 *
 * @param first whom a fault hits that names no service.
 */
export function notReached(
  plan: FaultPlan,
  fired: readonly FaultRecord[],
  first: string,
): FaultPlan {
  const left = new Map<string, number>();
  for (const { fault } of fired) {
    const target = fault.target ?? first;
    left.set(target, (left.get(target) ?? 0) + 1);
  }
  const faults = plan.faults.filter((fault) => {
    const target = fault.target ?? first;
    const count = left.get(target) ?? 0;
    left.set(target, count - 1);
    return count <= 0;
  });
  return { ...plan, faults };
}

/** One that is due waits until there is something to break. */
function lateLines({ plan, fired, startedAtMs, speedRatio }: Run): readonly string[] {
  return fired.flatMap(({ fault, firedAtMs }) => {
    const afterMs = firedAtMs - startedAtMs;
    if (afterMs - fault.atMs / speedRatio <= LATE_AFTER_MS) return [];
    const when = `fired at ${clockText(afterMs)}, when its service was next in use`;
    return [`${formatFaultPlan({ ...plan, faults: [fault] })} ${when}`];
  });
}
