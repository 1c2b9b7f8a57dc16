/** How one open socket carries the messages: in frames of `tenuto.v1`, or as they are. */
import type { LossFacts } from './events.types.ts';
import type { Outbox } from './outbox.ts';
import type { Failure } from '../../machines/failure.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import type { Frame, SocketEnd } from '../ports/socket.ts';
import type { Standstill } from '../providers/gateway/progress.ts';

export interface Wire {
  /** The socket is open. */
  greet(): void;
  /** A binary frame's bytes are only valid during the call. */
  hear(frame: Frame): void;
  onPong(): void;
  /** Sends what may be sent just now. */
  pump(): void;
  /** On a steady beat. */
  beat(nowMs: number): void;
  /** Asks for a sign of life. */
  probe(): void;
  /** Everything has been taken; nothing follows. Once, or again on the next socket. */
  sayGoodbye(): void;
  failureOf(end: SocketEnd): Failure;
  /** The socket is gone, or let go of. @param wasAsked it ended as we had asked it to: whatever was sent has arrived. */
  ended(wasAsked: boolean): void;
  /** Bytes of messages that were handed to the socket and may still be in it. */
  readonly bytesInSocket: number;
}

export interface GatewayWireOptions {
  readonly app: string;
  /** Asks for a new bearer; null where there is nobody to ask. */
  readonly renew: (() => Promise<string>) | null;
  /** It may be none: some servers choose whatever is offered to them. */
  readonly isSure: boolean;
  readonly wallClock: WallClock;
}

/** What a wire asks of its link. */
export interface WireHost {
  /** Where its socket was dialled. */
  readonly address: string;
  readonly owner: WireOwner;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly bufferedBytes: number;
  send(frame: Frame): void;
  /** A message went, or came. */
  flowed(): void;
  /** False where the platform cannot ping. */
  ping(): boolean;
  /** The other end is ready. @param isResumed it still knew us. */
  configured(isResumed: boolean): void;
  /** It spoke: "open" alone is not success. */
  answered(): void;
  /** A round trip has been measured; null: it was not. */
  measured(rttMs: number | null): void;
  /** It lives, and has kept nothing of what it was sent for a while. */
  stalled(standstill: Standstill): void;
  /** It serves for so long yet: another socket is needed by then. */
  endsIn(inMs: number): void;
  /** Messages are settled. @param isCommitted the other end has acknowledged them. */
  settled(isCommitted: boolean): void;
  fail(failure: Failure): void;
  /** It is no gateway after all. */
  misjudged(): void;
}

/** Whom a wire tells what concerns more than its socket. */
export interface WireOwner {
  /** @param data bytes are the receiver's. */
  onMessage(data: string | Uint8Array): void;
  onLoss(loss: LossFacts): void;
  /** Something is not as it should be, and is no end. */
  onWarning(failure: Failure): void;
  /** The session is over, and everything is on both sides. */
  onFinished(): void;
  /** The other end has ended it for good. */
  onEndedThere(): void;
}
