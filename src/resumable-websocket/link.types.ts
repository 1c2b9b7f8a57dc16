/** What a link is given, and whom it tells. */
import type { MessageSession } from './message-session.ts';
import type { ResolvedSocketOptions } from './options.ts';
import type { Outbox } from './outbox.ts';
import type { WireOwner } from './wire.ts';
import type { Failure } from '../../machines/failure.ts';
import type { SocketEnd } from '../ports/socket.ts';

/** What is at the other end: found out at the first connection that opens, and remembered. */
export type PeerKind = 'unknown' | 'gateway' | 'plain';

/** Asked before every dial. Either may reject: then the dial has failed. */
export interface SocketTarget {
  url(): Promise<URL>;
  protocols(): Promise<readonly string[]>;
}

export interface LinkOwner<Link> extends WireOwner {
  readonly options: ResolvedSocketOptions;
  readonly target: SocketTarget;
  readonly outbox: Outbox;
  readonly session: MessageSession;
  kind: PeerKind;
  /** Some of what was sent is settled. */
  onSettled(link: Link): void;
  /** It is lost, or was never there; the chart is told what of it concerns it. @param end null where no socket has ended. */
  onLost(link: Link, end: SocketEnd | null, failure: Failure): void;
  /** Another has asked for its session. */
  isContested(link: Link): boolean;
  /** It was dialled beside a silent one, whose session it would take. */
  isSpare(link: Link): boolean;
  /** False where that one has spoken meanwhile. */
  isNeeded(link: Link): boolean;
}
