/** The decisions, as pure statecharts: embed them, draw them, generate tests from them. */
export {
  backoffDelayMs,
  envelopeMs,
  gatewayLinkPolicy,
  presets,
  providerLinkPolicy,
} from './backoff.ts';
export type { PresetName, ReconnectPolicy } from './backoff.ts';
export { breakerMachine } from './breaker.machine.ts';
export type { BreakerEvent, BreakerSignal, BreakerState } from './breaker.types.ts';
export { connectionMachine } from './connection.machine.ts';
export { RATE_LIMIT_DEFAULT_MS, routeAfterLoss } from './connection.loss.ts';
export { HEALTHY_AFTER_MS } from './connection.rules.ts';
export type {
  ConnectionComponent,
  ConnectionContext,
  ConnectionEvent,
  ConnectionInput,
  ConnectionSignal,
  ConnectionStatus,
  NetworkEvent,
  Outage,
  OwnerFact,
  ReplayResult,
  RestoreResult,
} from './connection.types.ts';
export { remedyFor } from './failure.ts';
export type { Failure, FailureKind, Remedy } from './failure.ts';
export { livenessMachine } from './liveness.machine.ts';
export type {
  LinkChallenged,
  LinkMeasured,
  LivenessInput,
  LivenessLimits,
} from './liveness.types.ts';
export { networkMachine } from './network.machine.ts';
export type { NetworkFact, NetworkJudgement } from './network.types.ts';
export { laneName } from './orchestrator.names.ts';
export { orchestratorMachine } from './orchestrator.machine.ts';
export { owned } from './orchestrator.setup.ts';
export type {
  Candidate,
  DegradedMode,
  Faculty,
  HandoverInput,
  HandoverResult,
  MoveReason,
  OrchestratorContext,
  OrchestratorEvent,
  OrchestratorInput,
  OrchestratorSignal,
} from './orchestrator.types.ts';
