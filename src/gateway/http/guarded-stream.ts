/**
 * What a socket sends before it makes a message. `ws` bounds a message; this bounds how long one may take, and how much may
 * come from who has not said who it is.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

import type { Clock } from '../../ports/clock.ts';

export interface GuardOptions {
  readonly clock: Clock;
  /** Whether it has said who it is. */
  readonly isKnown: () => boolean;
}

/** One HELLO is 8 KiB: twice that, and nothing said, is somebody else. PROTOCOL.md, P2.5 */
const MAX_UNKNOWN_BYTES = 16_384;
/** From the first bytes of a frame to its last: 64 KiB at 45 kbit/s. */
const FRAME_TIMEOUT_MS = 12_000;

/** @param stream what the socket reads from. */
export function guard(socket: WebSocket, stream: Duplex, { clock, isKnown }: GuardOptions): void {
  let unknownBytes = 0;
  let hasMessage = false;
  let hasSign = false;
  let timer: unknown = null;
  const onMessage = (): void => {
    hasMessage = true;
  };
  const onSign = (): void => {
    hasSign = true;
  };
  const settle = (): void => {
    if (timer !== null) clock.clearTimeout(timer);
    timer = null;
  };
  const onData = (bytes: Buffer): void => {
    if (!isKnown()) {
      unknownBytes += bytes.length;
      if (unknownBytes > MAX_UNKNOWN_BYTES) {
        socket.terminate();
        return;
      }
    }
    // `ws` has read these bytes already: if they completed nothing, they belong to a frame that is not whole.
    if (hasMessage) settle();
    else if (!hasSign) timer ??= clock.setTimeout(() => socket.terminate(), FRAME_TIMEOUT_MS);
    hasMessage = false;
    hasSign = false;
  };
  socket.on('message', onMessage);
  socket.on('ping', onSign);
  socket.on('pong', onSign);
  stream.on('data', onData);
  socket.on('close', () => {
    settle();
    stream.off('data', onData);
  });
}
