/** A client's socket, whatever it is made of: a WebSocket, a data channel, one end of a simulated network. */
export interface GatewaySocket {
  /** Queues one binary message; the bytes may be used again once it returns. */
  send(bytes: Uint8Array): void;
  close(code: number, reason: string): void;
  terminate(): void;
  /** Accepted by `send` and not yet handed on. */
  readonly bufferedBytes: number;
  /** Where it comes from, for limits. */
  readonly remoteAddress: string;
}
