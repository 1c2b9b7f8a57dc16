/**
 * A TCP proxy that breaks what passes through it, as a plan says: for tests and demonstrations of a client that
 * has to get over it. It changes no byte; it cuts, silences, holds back, refuses.
 */
import { systemClock, type Clock } from '../../ports/clock.ts';
import { silentLogger, type Logger } from '../../ports/logger.ts';
import { FaultRunner, type FaultRecord } from './fault-runner.ts';
import type { FaultPlan } from './kinds.ts';
import { Listener } from './listener.ts';
import type { Carried } from './proxied-connection.ts';
import { ProxiedNetwork } from './proxied-network.ts';
import { FaultTimeline } from './timeline.ts';

export type { FaultRecord } from './fault-runner.ts';
export { FaultTimeline } from './timeline.ts';

export interface FaultProxyOptions {
  /** Default 127.0.0.1. */
  readonly targetHost?: string;
  readonly targetPort: number;
  readonly plan: FaultPlan;
  /**
   * What it is put before: WebSockets that carry audio, or only now and then a text; or plain POST requests, which break
   * while they are sent. Default `sockets`.
   */
  readonly carries?: Carried;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  readonly clock?: Clock;
  /**
   * How fast the plan's times and durations pass; 2 is twice as fast as written. Latencies, rates and Retry-After
   * stay as they are. Default 1.
   */
  readonly timeScaleRatio?: number;
  /** What several proxies share whose plans are parts of one. Default: this one's own. */
  readonly timeline?: FaultTimeline;
  readonly logger?: Logger;
  /** Called as each fault fires. */
  readonly onFault?: (record: FaultRecord) => void;
}

export interface FaultProxy {
  readonly port: number;
  /** `ws://host:port`, without a path. */
  readonly url: string;
  /** What has fired so far, in order. */
  faults(): readonly FaultRecord[];
  /** How many of the plan's faults have not fired. */
  pending(): number;
  /** Settles when every fault of the plan has fired and ended, or when the proxy is closed. */
  readonly ended: Promise<void>;
  /** Ends every connection. When it settles no socket, timer or listener is left. */
  close(): Promise<void>;
}

/** @throws TenutoError PORT_IN_USE */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { clock = systemClock, host = '127.0.0.1', targetHost = '127.0.0.1' } = options;
  const { carries = 'sockets' } = options;
  let onEnded = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    onEnded = resolve;
  });
  const network = new ProxiedNetwork({
    clock,
    carries,
    target: { host: targetHost, port: options.targetPort },
    onClientBytes: (connection, sent) => runner.clientBytesCame(connection, sent),
  });
  const listener = await Listener.open({
    host,
    port: options.port ?? 0,
    clock,
    onConnection: (client) => network.accept(client),
  });
  const runner = new FaultRunner({
    plan: options.plan,
    clock,
    carries,
    timeScaleRatio: options.timeScaleRatio ?? 1,
    timeline: options.timeline ?? new FaultTimeline(),
    network,
    listener,
    logger: options.logger ?? silentLogger,
    onFault: options.onFault ?? (() => undefined),
    onPlanEnded: () => onEnded(),
  });
  return {
    port: listener.port,
    url: `ws://${host.includes(':') ? `[${host}]` : host}:${listener.port}`,
    faults: () => runner.records(),
    pending: () => runner.pending(),
    ended,
    async close() {
      runner.stop();
      await Promise.all([listener.close(), network.close()]);
      onEnded();
    },
  };
}
