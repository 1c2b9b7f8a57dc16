/** A spool as a resumable WebSocket sees it: it brings along what another life left, and keeps it from then on. */
import type { LossFacts } from './events.types.ts';
import type { MessageSession } from './message-session.ts';
import type { Outbox } from './outbox.ts';
import type { Clock } from '../ports/clock.ts';
import type { TenutoError } from '../ports/errors.ts';
import type { Random } from '../ports/random.ts';
import type { MessageSpool } from '../ports/spool.ts';
import type { SpoolOutcome } from '../session/events.ts';

/** A socket's. */
export interface SocketParts {
  readonly clock: Clock;
  readonly random: Random;
  /** It cannot be stored; it is tried again. */
  readonly onTrouble: (error: TenutoError) => void;
}

export interface JoinedSocket {
  readonly outbox: Outbox;
  readonly session: MessageSession;
  /** Of what another life left. */
  readonly losses: readonly LossFacts[];
}

/** What every spool for messages is, and applications need not know. */
export interface SocketSpool extends MessageSpool {
  /** It is closed. */
  readonly isOver: boolean;
  /** Once. @throws TenutoError SPOOL_IN_USE */
  join(parts: SocketParts): JoinedSocket;
  /** The socket is closed. @param isFinished everything is on both sides, and the session is over. */
  end(isFinished: boolean): Promise<SpoolOutcome>;
}
