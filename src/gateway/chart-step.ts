/** What the gateway's charts did, told to an operator. */
import type { TagOf } from './session-tag.ts';
import type { Logger } from '../ports/logger.ts';

/** One step of a chart: what happened, and what state it led to. */
export interface ChartStep {
  /** `gateway`: the gateway's own life. `lease`: who has a session, and how long it lives. */
  readonly chart: 'gateway' | 'lease';
  /** Which session, by the tag that audit events have; null of the gateway itself. */
  readonly session: string | null;
  readonly event: string;
  /** States by the chart's names, such as `kept.detached`; they differ. */
  readonly from: string;
  readonly to: string;
}

export type OnStep = (step: ChartStep) => void;

/** A state's value as one word; no chart of the gateway's has parallel states. */
export function statePath(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, below] = ['', '']] = Object.entries(value as Record<string, unknown>);
  return `${name}.${statePath(below)}`;
}

/** What a chart tells of a step itself. */
export type StepFacts = Omit<ChartStep, 'chart' | 'session'>;

interface Told {
  readonly onStep: OnStep | null;
  readonly logger: Logger;
  readonly tagOf: TagOf;
}

/** The gateway's own steps are few, and go to its log as well. */
export function reporterTo({
  onStep,
  logger,
  tagOf,
}: Told): (sessionId: string | null, facts: StepFacts) => void {
  return (sessionId, facts) => {
    if (sessionId === null) logger.info('The gateway moved on.', { ...facts });
    if (onStep === null) return;
    const session = sessionId === null ? null : tagOf(sessionId);
    try {
      onStep({ chart: session === null ? 'gateway' : 'lease', session, ...facts });
    } catch {
      logger.error('The hook for steps threw.', { event: facts.event });
    }
  };
}
