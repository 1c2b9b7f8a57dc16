import type { Http } from './http.ts';

/** One message on the wire: a string is a text frame, bytes are a binary frame. */
export type Frame = string | Uint8Array;

export interface DialRequest {
  readonly url: string;
  readonly protocols?: readonly string[];
  /** Browsers cannot send headers: their transport refuses a request that has any. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the dial may take until the socket opens. */
  readonly timeoutMs: number;
}

/** How a socket ended. Raw facts; a provider makes a `Failure` of them. */
export interface SocketEnd {
  /** `refused`: it never opened. `closed`: it was open. */
  readonly kind: 'refused' | 'closed';
  /** WebSocket close code; 1006 where there was no close frame. */
  readonly code: number;
  readonly reason: string;
  /** HTTP status of a refused upgrade, where the platform tells it. */
  readonly status?: number;
  /** Response headers of a refused upgrade, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Response body of a refused upgrade, at most 4 KiB. */
  readonly body?: string;
  /** The platform's error code, such as ECONNREFUSED or ECONNRESET. */
  readonly errorCode?: string;
}

export interface SocketHandlers {
  onOpen(): void;
  /** A binary frame's bytes are only valid during the call. */
  onFrame(frame: Frame): void;
  onPong(): void;
  /** What was queued has gone out: `bufferedBytes` is low again after it was high. */
  onDrain(): void;
  /** Exactly once, however it ends; nothing is called after it. */
  onEnd(end: SocketEnd): void;
}

export interface Socket {
  /** Queues one frame. The bytes may be reused as soon as it returns. Ignored unless open. */
  send(frame: Frame): void;
  /** Sends a protocol ping where the platform can; false where it cannot (browsers). */
  ping(): boolean;
  /** The subprotocol that the server chose; empty where it chose none. Absent where the platform does not tell. */
  readonly protocol?: string;
  /** The extensions in use, as the header has them. Absent where the platform does not tell. */
  readonly extensions?: string;
  /** Bytes accepted by `send` and not yet handed to the operating system. */
  readonly bufferedBytes: number;
  /** Starts the closing handshake; `onEnd` follows. 1005: the close frame has neither code nor reason. */
  close(code: number, reason: string): void;
  /** Ends at once, without a handshake. `onEnd` is not called any more. */
  terminate(): void;
}

/** One function is the whole network, and a second one for services that speak HTTP. */
export interface Transport {
  dial(request: DialRequest, handlers: SocketHandlers): Socket;
  readonly http?: Http;
}
