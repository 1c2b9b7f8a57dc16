/** The types of `ResumableWebSocket`, as every entry shows them. */
export type { OptionsWithProtocols } from './arguments.ts';
export type { SocketBinaryType, SocketData } from './data.ts';
export type * from './events.ts';
export type { Handler } from './handler-attributes.ts';
export type { OpenMessageSpoolOptions } from './open-message-spool.ts';
export type { ResumableWebSocketOptions, SocketMode } from './options.ts';
export type { ScheduleOptions } from './policies.ts';
export type { Amount } from './outbox.ts';
export type { ProtocolsProvider, ResumableSocket, UrlProvider } from './resumable-socket.ts';
export type { ReadyState } from './ready-states.ts';
export type { Credential, CredentialReason } from '../providers/contract.ts';
export type { NetworkMonitor } from '../network/monitor.ts';
export type { WebSocketClass } from '../transports/websocket.browser.ts';
