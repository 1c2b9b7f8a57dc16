/** The types of what decides for a session, which every entry shows: what charts tell, and what sessions share. */
export type { BreakerSnapshot } from '../machines/breaker.machine.ts';
export type { BreakerEvent, BreakerSignal, BreakerState } from '../machines/breaker.types.ts';
export type { ConnectionComponent, ConnectionSignal } from '../machines/connection.types.ts';
export type { NetworkJudgement } from '../machines/network.types.ts';
export type { OrchestratorSignal } from '../machines/orchestrator.types.ts';
export type { TenutoErrorOptions } from './ports/errors.ts';
export type {
  BreakerChange,
  BreakerListener,
  Breakers,
  BreakersOptions,
  BreakerStatus,
} from './session/admission/breakers.ts';
export type { DialCounts, DialPermit, DialSlots } from './session/admission/dial-slots.ts';
export type { SessionLogic } from './session/session-logic.ts';
