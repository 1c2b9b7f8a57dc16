/** tenuto for browsers: sockets by the platform, and of a session only what the page asks for. */
import { Session } from './session/session.ts';
import type { SessionOptions } from './session/options.ts';
import { browserSockets, browserWebSocketTransport } from './transports/websocket.browser.ts';

/**
 * As in `tenuto`, with sockets brought along, and without the `parts` that are not given. For services that are asked over HTTP
 * give `transport: browserWebSocketTransport`.
 */
export function createSession(
  options: Omit<SessionOptions, 'transport'> & Partial<Pick<SessionOptions, 'transport'>>,
): Session {
  return new Session({ transport: browserSockets, ...options });
}

export { browserWebSocketTransport };
export type * from './public-types.ts';
export type * from './deciding-types.ts';
export { TenutoError } from './ports/errors.ts';
export { conversation } from './session/conversing.ts';
export { failover } from './session/failover.ts';
export { keeping } from './session/keeping.ts';
export { rates } from './session/counting.ts';
export { rehearsal } from './session/rehearsing.ts';
export { sessionLogic, sessionOf } from './session/session-logic.ts';
export { ManualNetwork, joinSignals } from './network/manual-signals.ts';
export { NetworkMonitor } from './network/monitor.ts';
export { browserNetworkSignals } from './network/signals.browser.ts';
export type {
  BrowserPlatform,
  BrowserSignalsOptions,
  EventSource,
} from './network/signals.browser.ts';
export { createAdmission } from './session/admission/admission.ts';
export { ResumableWebSocket } from './resumable-websocket/websocket.browser.ts';
export type * from './resumable-websocket/public-types.ts';
export { Microphone } from './capture/microphone.browser.ts';
export type { MicrophoneOptions } from './capture/microphone-options.browser.ts';
export type * from './capture/capture.types.ts';
export { Recorder } from './capture/recorder.browser.ts';
export type { RecorderOptions } from './capture/recorder.browser.ts';
export { VoiceClient } from './client/voice-client.browser.ts';
export type { BrowserVoiceClientOptions } from './client/voice-client.browser.ts';
export type { PassedSessionOptions, VoiceClientOptions } from './client/client-options.ts';
export type * from './client/client.types.ts';
export { Player } from './playback/player.browser.ts';
export type * from './playback/playback.types.ts';
export type { VoiceClientCore } from './client/voice-client.ts';
export { forgetSpools } from './spool/forget-spools.browser.ts';
export type { ForgetSpoolsOptions } from './spool/forget-spools.browser.ts';
export { openSpool } from './spool/open-spool.browser.ts';
export type { OpenBrowserSpoolOptions } from './spool/open-spool.browser.ts';
export { SpoolVanished } from './ports/spool.ts';
export { openMessageSpool } from './resumable-websocket/open-message-spool.browser.ts';
export type { OpenBrowserMessageSpoolOptions } from './resumable-websocket/open-message-spool.browser.ts';
export { openMessageSpoolIn } from './resumable-websocket/open-message-spool.ts';
export { openSpoolIn } from './spool/open-spool.ts';
export type * from './spool/public-types.ts';
