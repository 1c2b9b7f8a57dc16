/** tenuto for Node: sockets by `ws`. */
import { createLiveResampler } from './audio/resample.node.ts';
import type { Session } from './session/session.ts';
import { openSession } from './session/whole-session.ts';
import type { SessionOptions } from './session/options.ts';
import { nodeWebSocketTransport } from './transports/websocket.node.ts';
import type { VoiceAgentOptions } from './voice/options.ts';
import { VoiceAgent } from './voice/voice-agent.ts';

/** As in `tenuto`, with the transport brought along. */
export function createSession(
  options: Omit<SessionOptions, 'transport'> & Partial<Pick<SessionOptions, 'transport'>>,
): Session {
  return openSession({
    transport: nodeWebSocketTransport,
    createResampler: createLiveResampler,
    ...options,
  });
}

/** As in `tenuto/voice`, with the transport brought along. */
export function createVoiceAgent(
  options: Omit<VoiceAgentOptions, 'transport'> & Partial<Pick<VoiceAgentOptions, 'transport'>>,
): VoiceAgent {
  return new VoiceAgent({
    transport: nodeWebSocketTransport,
    createResampler: createLiveResampler,
    ...options,
  });
}

export { nodeWebSocketTransport };
export type * from './public-types.ts';
export type * from './deciding-types.ts';
export type { VoiceAgent, VoiceAgentOptions };
export { TenutoError } from './ports/errors.ts';
export { sessionLogic, sessionOf } from './session/session-logic.ts';
export { ManualNetwork, joinSignals } from './network/manual-signals.ts';
export { NetworkMonitor } from './network/monitor.ts';
export { createAdmission } from './session/admission/admission.ts';
export { InterfaceSignals } from './network/interfaces.node.ts';
export type { InterfaceSignalsOptions } from './network/interfaces.node.ts';
export { ResumableWebSocket } from './resumable-websocket/websocket.node.ts';
export type * from './resumable-websocket/public-types.ts';
export { openSpool } from './spool/open-spool.node.ts';
export type { OpenFileSpoolOptions } from './spool/open-spool.node.ts';
export { SpoolVanished } from './ports/spool.ts';
export { openMessageSpool } from './resumable-websocket/open-message-spool.node.ts';
export type { OpenFileMessageSpoolOptions } from './resumable-websocket/open-message-spool.node.ts';
export { openMessageSpoolIn } from './resumable-websocket/open-message-spool.ts';
export { openSpoolIn } from './spool/open-spool.ts';
export type * from './spool/public-types.ts';
