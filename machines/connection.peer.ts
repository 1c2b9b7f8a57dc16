/** Who the other end is, where that is found out only when it answers. */
import type { LinkPolicy } from './backoff.ts';
import type { LivenessLimits } from './liveness.types.ts';

/** What goes for one kind of other end and not for another. */
export interface FoundPeer {
  readonly policy: LinkPolicy;
  readonly limits: LivenessLimits;
}

/** The other end is ready. */
export interface SocketConfigured {
  readonly type: 'socket.configured';
  readonly id: number;
  readonly atMs: number;
  /** It goes from now on. Absent where it was known before. */
  readonly found?: FoundPeer;
}
