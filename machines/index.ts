/** The decisions, as pure statecharts: embed them, draw them, generate tests from them. */
export {
  backoffDelayMs,
  envelopeMs,
  gatewayLinkPolicy,
  presets,
  providerLinkPolicy,
} from './backoff.ts';
export type { PresetName, ReconnectPolicy } from './backoff.ts';
export { connectionMachine } from './connection.machine.ts';
export { HEALTHY_AFTER_MS, RATE_LIMIT_DEFAULT_MS, routeAfterLoss } from './connection.rules.ts';
export type {
  ConnectionComponent,
  ConnectionContext,
  ConnectionEvent,
  ConnectionInput,
  ConnectionSignal,
  ConnectionStatus,
  ReplayResult,
  RestoreResult,
} from './connection.types.ts';
export { remedyFor } from './failure.ts';
export type { Failure, FailureKind, Remedy } from './failure.ts';
export { livenessMachine } from './liveness.machine.ts';
export type { LinkMeasured, LivenessInput } from './liveness.types.ts';
