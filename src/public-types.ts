/** The types that every entry shows. */
export type { ReconnectPolicy, PresetName } from '../machines/backoff.ts';
export type { ConnectionStatus } from '../machines/connection.types.ts';
export type { DegradedMode, Faculty, MoveReason } from '../machines/orchestrator.types.ts';
export type { Failure, FailureKind } from '../machines/failure.ts';
export type { WriteOutcome } from './audio/uplink.types.ts';
export type { Abortion } from './ports/abort.ts';
export type { AudioFormat } from './ports/audio-format.ts';
export type { Clock, WallClock } from './ports/clock.ts';
export type {
  ConversationItem,
  ConversationRecord,
  MessageItem,
  Role,
  Tool,
  ToolCallItem,
  ToolResultItem,
} from './ports/conversation.ts';
export type { TenutoErrorCode } from './ports/errors.ts';
export type { Http, HttpEnd, HttpExchange, HttpHandlers, HttpRequest } from './ports/http.ts';
export type { LogField, Logger } from './ports/logger.ts';
export type { NetworkMonitorOptions } from './network/monitor.ts';
export type { NetworkSignal, NetworkSignals } from './ports/network.ts';
export type { CreateVoiceActivityDetector, VoiceActivityDetector } from './ports/voice-activity.ts';
export type { CreateResampler, Resampler } from './ports/resampler.ts';
export type { Random } from './ports/random.ts';
export type { MessageRemains, MessageSpool, Spool, SpoolRemains } from './ports/spool.ts';
export type {
  DialRequest,
  Frame,
  Socket,
  SocketEnd,
  SocketHandlers,
  Transport,
} from './ports/socket.ts';
export type {
  AudioFlowingEvent,
  CloseOptions,
  CloseResult,
  DroppedEvent,
  GapEvent,
  SessionEvent,
  SessionEventOf,
  SessionEventType,
  SessionLedger,
  SpoolOutcome,
  StateChangeEvent,
  TalkEvent,
  TranscriptEvent,
  TranscriptWord,
} from './session/events.ts';
export type { Admission } from './session/admission/admission.ts';
export type { Conversation, SayOptions, SpokenAudio } from './session/conversation.ts';
export type { CandidateOptions } from './session/candidates.ts';
export type { Inspector, SessionOptions } from './session/options.ts';
export type { Part, PartName } from './ports/part.ts';
export type { SessionPart } from './session/parts.ts';
export type { SimulatedFailure, SimulationOptions } from './session/rehearsal.ts';
export type { SessionFact, SessionLogicInput, SessionOrder } from './session/session-logic.ts';
export type { Session } from './session/session.ts';
export type { ConnectionActor, OrchestratorActor } from './session/wired-machine.ts';
