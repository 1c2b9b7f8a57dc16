/** Where a stand-in listens. */
import type { ServerNetwork } from './handlers.ts';

export interface ServerAddress {
  /** Default 0: a free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** With a certificate that nobody has signed but itself. Default false. */
  readonly tls?: boolean;
  /** How long a pong takes. Default 0. */
  readonly pongDelayMs?: number;
  /**
   * Where to listen. Default: on this machine. Elsewhere port, host and TLS mean nothing.
   * @internal
   */
  readonly network?: ServerNetwork;
}
