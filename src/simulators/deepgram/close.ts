/** How a socket is closed. */
export interface Close {
  readonly code: number;
  /** At most 123 bytes, which is all that a close frame holds. */
  readonly reason: string;
}
