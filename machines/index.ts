/** The decisions, as pure statecharts: embed them, draw them, generate tests from them. */
export {
  backoffDelayMs,
  envelopeMs,
  gatewayLinkPolicy,
  gatewayPresets,
  presets,
  providerLinkPolicy,
} from './backoff.ts';
export type { LinkPolicy, PresetName, ReconnectPolicy } from './backoff.ts';
export { breakerMachine } from './breaker.machine.ts';
export type { BreakerSnapshot } from './breaker.machine.ts';
export type {
  BreakerContext,
  BreakerEvent,
  BreakerReason,
  BreakerSignal,
  BreakerState,
  DialAsked,
  DialFailed,
  DialSucceeded,
  OutcomeSecond,
  ProbeAbandoned,
  StreamStalled,
} from './breaker.types.ts';
export { captureMachine } from './capture.machine.ts';
export type {
  CaptureContext,
  CaptureEnd,
  CaptureFact,
  CaptureInput,
  CaptureNews,
  CaptureSignal,
  CaptureSilence,
  ListedInput,
  TakeInput,
  TakenDevice,
  TakeResult,
} from './capture.types.ts';
export { connectionMachine } from './connection.machine.ts';
export { RATE_LIMIT_DEFAULT_MS, routeAfterLoss } from './connection.loss.ts';
export type { Loss, Route } from './connection.loss.ts';
export type { MoveTimerInput } from './connection.moving.ts';
export type { Outage, OwnerFact } from './connection.owner.ts';
export type {
  FoundPeer,
  LinkEnding,
  LinkStalled,
  PeerFact,
  SocketConfigured,
  SocketUnanswered,
} from './connection.peer.ts';
export type { SocketFault } from './connection.patience.ts';
export { HEALTHY_AFTER_MS } from './connection.rules.ts';
export type { LossMoment } from './connection.rules.ts';
export type {
  ConnectionComponent,
  ConnectionContext,
  ConnectionEvent,
  ConnectionInput,
  ConnectionSignal,
  ConnectionStatus,
  HedgePause,
  NetworkEvent,
  ReplayResult,
  RestoreResult,
  SocketCommand,
  SocketInput,
  WaitInput,
} from './connection.types.ts';
export { remedyFor } from './failure.ts';
export type { Failure, FailureKind, Remedy } from './failure.ts';
export { gatewayMachine } from './gateway.machine.ts';
export type {
  GatewayContext,
  GatewayDrain,
  GatewayEvent,
  GatewayFact,
  GatewayInput,
  GatewayOrder,
} from './gateway.types.ts';
export { leaseMachine } from './lease.machine.ts';
export type {
  AppFailed,
  ClientAttached,
  ClientClaimed,
  LeaseContext,
  LeaseDismissal,
  LeaseEnding,
  LeaseEvent,
  LeaseFact,
  LeaseFault,
  LeaseInput,
  LeaseLog,
  LeaseOrder,
  LeaseRelease,
  SessionLoggedOut,
} from './lease.types.ts';
export { livenessMachine } from './liveness.machine.ts';
export type {
  LinkChallenged,
  LinkMeasured,
  LivenessContext,
  LivenessEvent,
  LivenessInput,
  LivenessLimits,
  RttEstimate,
} from './liveness.types.ts';
export { networkMachine } from './network.machine.ts';
export type {
  NetworkContext,
  NetworkFact,
  NetworkJudgement,
  NetworkSignalled,
} from './network.types.ts';
export { laneName } from './orchestrator.names.ts';
export { orchestratorMachine } from './orchestrator.machine.ts';
export { owned } from './orchestrator.owned.ts';
export type {
  Beside,
  BreakSignal,
  Candidate,
  DegradedMode,
  Faculty,
  HandoverInput,
  HandoverResult,
  Lane,
  Move,
  MoveReason,
  OrchestratorContext,
  OrchestratorEvent,
  OrchestratorInput,
  OrchestratorSignal,
  OrchestratorStatus,
  Purpose,
  Standing,
  TimerName,
} from './orchestrator.types.ts';
export { renewalMachine } from './renewal.machine.ts';
export type {
  CredentialAnswer,
  CredentialMiss,
  CredentialTerm,
  RenewalContext,
  RenewalEvent,
  RenewalOrder,
} from './renewal.types.ts';
export { replyMachine } from './reply.machine.ts';
export type { ReplyContext, ReplyEvent, ReplyMoment, ReplyOrder } from './reply.types.ts';
export { requestMachine } from './request.machine.ts';
export type { RequestRoute } from './request.rules.ts';
export type {
  AnswerFailed,
  ExchangeInput,
  RequestCandidate,
  RequestContext,
  RequestEvent,
  RequestInput,
  RequestMemory,
  RequestOutage,
  RequestOutcome,
  RequestOutput,
  RequestSignal,
  RequestStanding,
} from './request.types.ts';
export { turnMachine } from './turn.machine.ts';
export type { TurnContext, TurnEvent, TurnSignal } from './turn.types.ts';
