/** When a resumable WebSocket is dialled again. */
import { gatewayLinkPolicy } from '../../machines/backoff.ts';
import type { LinkPolicy } from '../../machines/backoff.ts';

export interface ScheduleOptions {
  /** The longest wait before a redial. Default 30,000 ms; 10,000 where one of its two companions is given. */
  readonly maxReconnectionDelay?: number;
  /** The first wait. With one of the three given, waits are exact: no chance is in them. Default: see docs. */
  readonly minReconnectionDelay?: number;
  /** Each wait is so many times the last. Default 2; 1.3 where one of its two companions is given. */
  readonly reconnectionDelayGrowFactor?: number;
  /** A connection that stood for so long was a success: the retries count anew. Default 5,000 ms. */
  readonly minUptime?: number;
  /** Redials in a row before it is given up; 0: none. Default Infinity. */
  readonly maxRetries?: number;
}

export interface Policies {
  readonly gateway: LinkPolicy;
  /** Also as long as it is not known who the other end is. */
  readonly plain: LinkPolicy;
}

/** Those of reconnecting-websocket 4.4.0 and partysocket 1.3.0, for those who ask for their schedule. */
const PEERS = { minMs: 1_000, maxMs: 10_000, growthRatio: 1.3 };
const MIN_UPTIME_MS = 5_000;

/**
 * The peers' three numbers make the peers' schedule: the first wait, times the factor each time, up to the longest. Without
 * them it is ours: after a healthy spell within 250 ms, then spread over 1, 2, 4 … 30 s, so that a crowd does not come back in
 * step. A gateway, which keeps the session and says itself when to come back, is dialled at once, and every half second for 15 s.
 */
export function policiesOf(options: ScheduleOptions): Policies {
  const { maxReconnectionDelay: maxMs, minReconnectionDelay: minMs } = options;
  const { reconnectionDelayGrowFactor: growthRatio, maxRetries = Infinity } = options;
  const gateway: LinkPolicy = {
    ...gatewayLinkPolicy,
    maxAttempts: maxRetries,
    persistMs: 0,
    retryInitialConnect: true,
    healthyAfterMs: options.minUptime ?? MIN_UPTIME_MS,
  };
  const plain: LinkPolicy = { ...gateway, firstDelayMs: null, pressForMs: 0 };
  if (maxMs === undefined && minMs === undefined && growthRatio === undefined) {
    return { gateway, plain };
  }
  const asked: LinkPolicy = {
    ...plain,
    jitter: 'none',
    baseMs: minMs ?? PEERS.minMs,
    capMs: maxMs ?? PEERS.maxMs,
    growthRatio: growthRatio ?? PEERS.growthRatio,
  };
  return { gateway: asked, plain: asked };
}
