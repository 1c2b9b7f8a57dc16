/** tenuto for React Native: sockets by the platform, the network by NetInfo and AppState. */
import './react-native.needs.ts';
import type { SessionOptions } from './session/options.ts';
import type { Session } from './session/session.ts';
import { openSession } from './session/whole-session.ts';
import { reactNativeWebSocketTransport } from './transports/websocket.react-native.ts';

/** As in `tenuto`, with the transport brought along. */
export function createSession(
  options: Omit<SessionOptions, 'transport'> & Partial<Pick<SessionOptions, 'transport'>>,
): Session {
  return openSession({ transport: reactNativeWebSocketTransport, ...options });
}

export { reactNativeWebSocketTransport };
export type * from './public-types.ts';
export type * from './deciding-types.ts';
export { TenutoError } from './ports/errors.ts';
export { sessionLogic, sessionOf } from './session/session-logic.ts';
export { ManualNetwork, joinSignals } from './network/manual-signals.ts';
export { NetworkMonitor } from './network/monitor.ts';
export { reactNativeNetworkSignals } from './network/signals.react-native.ts';
export type {
  AppStateSource,
  NetInfoReport,
  NetInfoSource,
  ReactNativeSignalsOptions,
} from './network/signals.react-native.ts';
export { createAdmission } from './session/admission/admission.ts';
export { ResumableWebSocket } from './resumable-websocket/websocket.react-native.ts';
export type * from './resumable-websocket/native.types.ts';
export type { ResumableWebSocketOptions } from './resumable-websocket/options.ts';
export { VoiceClient } from './client/voice-client.react-native.ts';
export type { PassedSessionOptions, VoiceClientOptions } from './client/client-options.ts';
export type * from './client/client.types.ts';
export type { VoiceClientCore } from './client/voice-client.ts';
export type * from './capture/capture.types.ts';
export { KeyValueSpoolStorage } from './spool/key-value-storage.ts';
export { SpoolVanished } from './ports/spool.ts';
export { openMessageSpoolIn } from './resumable-websocket/open-message-spool.ts';
export type { OpenMessageSpoolOptions } from './resumable-websocket/open-message-spool.ts';
export { openSpoolIn } from './spool/open-spool.ts';
export type * from './spool/public-types.ts';
