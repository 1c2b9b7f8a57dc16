/**
 * tenuto: keeps a realtime voice session alive.
 *
 * This entry runs anywhere and is given its transport; `tenuto/node` and `tenuto/browser` bring theirs.
 */
import type { Session } from './session/session.ts';
import { openSession } from './session/whole-session.ts';
import type { SessionOptions } from './session/options.ts';

/** @throws TenutoError OPTION_INVALID or AUDIO_FORMAT_UNSUPPORTED. */
export function createSession(options: SessionOptions): Session {
  return openSession(options);
}

export type * from './public-types.ts';
export type * from './deciding-types.ts';
export { TenutoError } from './ports/errors.ts';
export { sessionLogic, sessionOf } from './session/session-logic.ts';
export { ManualNetwork, joinSignals } from './network/manual-signals.ts';
export { NetworkMonitor } from './network/monitor.ts';
export { createAdmission } from './session/admission/admission.ts';
export { ResumableWebSocket } from './resumable-websocket/websocket.browser.ts';
export type * from './resumable-websocket/public-types.ts';
export { KeyValueSpoolStorage } from './spool/key-value-storage.ts';
export { SpoolVanished } from './ports/spool.ts';
export { openMessageSpoolIn } from './resumable-websocket/open-message-spool.ts';
export { openSpoolIn } from './spool/open-spool.ts';
export type * from './spool/public-types.ts';
